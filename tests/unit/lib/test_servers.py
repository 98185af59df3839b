"""lib.servers: which server an SMTP_URL names, and what it may not ask for."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from newsletter.lib.servers import Server, ServerUrlError, first_backend, first_readable, parse, parse_all
from tests.peers import certificates

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 25)),
        ("smtp://127.0.0.1:1025?tls=none", Server("127.0.0.1", 1025, tls="none")),
        ("smtp://[::1]:2525", Server("::1", 2525)),
        ("smtp://ula:secret@mail.example.org", Server("mail.example.org", 587, "ula", "secret", "starttls")),
        ("smtp://ula:se%40%2Cret@mail.example.org:25", Server("mail.example.org", 25, "ula", "se@,ret", "starttls")),
        (
            "smtps://ula%40example.org:x@mail.example.org",
            Server("mail.example.org", 465, "ula@example.org", "x", "implicit"),
        ),
        ("smtp://ula:x@127.0.0.1:1025?tls=none", Server("127.0.0.1", 1025, "ula", "x", "none")),
        ("smtp://mail.example.org?tls=starttls", Server("mail.example.org", 25, tls="starttls")),
        (
            "smtps://ula:x@mail.example.org?name=main&weight=3&connections=5&per_second=20&per_hour=9000&per_day=100000",
            Server(
                *("mail.example.org", 465, "ula", "x", "implicit", "main"),
                weight=3,
                connections=5,
                per_second=20,
                per_hour=9000,
                per_day=100000,
            ),
        ),
        (
            "smtp://ula:x@mail.example.org?auth=login&mails=50&helo=news.example.org&source=192.0.2.7&ca_file=/etc/ca.pem",
            Server(
                *("mail.example.org", 587, "ula", "x", "starttls"),
                auth="LOGIN",
                mails=50,
                helo="news.example.org",
                source="192.0.2.7",
                ca_file="/etc/ca.pem",
            ),
        ),
        (
            "smtp://ula@mail.example.org?auth=XOAUTH2&token_file=/run/token&weight=0",
            Server(
                *("mail.example.org", 587, "ula", "", "starttls"), auth="XOAUTH2", token_file="/run/token", weight=0
            ),
        ),
        (
            "backend://anymail.backends.mailgun.EmailBackend?name=Mailgun&per_second=5",
            Server("", 0, kind="backend", path="anymail.backends.mailgun.EmailBackend", name="Mailgun", per_second=5),
        ),
        ("backend://mail.Backend/", Server("", 0, kind="backend", path="mail.Backend", name="mail.Backend")),
    ],
)
def test_parse_reads_what_the_readme_promises(url: str, server: Server) -> None:
    assert parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org/path",
        "smtp://mail.example.org?tls=maybe",
        "smtp://mail.example.org?timeout=3",
        "smtps://mail.example.org?tls=none",
        "smtp://ula:hunter2@mail.example.org?tls=none",
        "smtp://ula:hunter2@mail.example.org?tls=opportunistic",
        "smtp://ula:hunter2#@mail.example.org",
        "smtp://ula:25?hunter2@mail.example.org",
        "smtp://ula:25?name=hunter2&x@mail.example.org",
        "smtp://ula:25?name=hunter2@mail.example.org",
        "smtp://mail.example.org?name=",
        "smtp://mail.example.org?name=two%20words",
        "smtp://mail.example.org?name=" + "x" * 61,
        "smtp://mail.example.org?weight=101",
        "smtp://mail.example.org?weight=-1",
        "smtp://mail.example.org?weight=1&weight=2",
        "smtp://mail.example.org?connections=0",
        "smtp://mail.example.org?per_second=1.5",
        "smtp://mail.example.org?per_day=" + "9" * 5000,
        "smtp://mail.example.org?mails=²",
        "smtp://mail.example.org?" + "&".join("weight=1" for _ in range(40)),
        "smtp://mail.example.org?auth=PLAIN",
        "smtp://mail.example.org?token_file=/run/token",
        "smtp://ula:hunter2@mail.example.org?auth=DIGEST-MD5",
        "smtp://ula:hunter2@mail.example.org?token_file=/run/token",
        "smtp://ula@mail.example.org?auth=PLAIN&token_file=/run/token",
        "smtp://ula@mail.example.org?token_file=token",
        "smtp://mail.example.org?source=mail.example.org",
        "smtp://mail.example.org?helo=a..b",
        "smtp://mail.example.org?ca_file=ca.pem",
        "backend://",
        "backend://Backend",
        "backend://ula:hunter2@mail.Backend",
        "backend://mail.Backend?tls=none",
        "backend://mail.Backend?mails=5",
    ],
)
def test_parse_refuses_in_a_sentence_that_keeps_the_password_to_itself(url: str) -> None:
    with pytest.raises(ServerUrlError) as refused:
        parse(url)
    assert str(refused.value).startswith("SMTP_URL: ")
    assert str(refused.value).endswith(".")
    assert "hunter2" not in str(refused.value)


def test_a_server_never_shows_its_password() -> None:
    assert "hunter2" not in repr(parse("smtps://ula:hunter2@mail.example.org"))


def test_tls_checks_certificates_wherever_it_was_demanded_s6() -> None:
    demanded = parse("smtp://mail.example.org?tls=starttls").tls_context()
    welcome = parse("smtp://mail.example.org").tls_context()
    assert demanded is not None
    assert welcome is not None
    assert (demanded.verify_mode, demanded.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert demanded.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert welcome.verify_mode == ssl.CERT_NONE
    assert parse("smtp://mail.example.org?tls=none").tls_context() is None


def test_the_first_server_that_can_be_read_carries_the_letters() -> None:
    assert first_readable(["nonsense", "smtp://mail.example.org"]) == Server("mail.example.org", 25)
    assert first_readable([]) is None
    assert first_readable(["backend://mail.Backend", "smtp://mail.example.org"]) == Server("mail.example.org", 25)


def test_letters_go_by_a_backend_where_it_is_the_first_way_out() -> None:
    assert first_backend(["nonsense", "backend://mail.Backend", "smtp://mail.example.org"]) == "mail.Backend"
    assert first_backend(["smtp://mail.example.org", "backend://mail.Backend"]) == ""
    assert first_backend([]) == ""


def test_a_server_is_called_by_its_address_where_it_has_no_name() -> None:
    urls = ["smtp://mail.example.org", "smtp://[::1]:2525", "smtp://mail.example.org:26?name=other"]
    assert [server.name for server in parse_all(urls)] == ["mail.example.org:25", "[::1]:2525", "other"]
    assert len(parse(f"smtp://{'mail.' * 20}example.org").name) == 60


@pytest.mark.parametrize(
    "urls",
    [
        ["smtp://mail.example.org", "smtp://mail.example.org:25"],
        ["smtp://a.example.org?name=b", "backend://m.B?name=b"],
    ],
)
def test_two_servers_never_share_a_name(urls: list[str]) -> None:
    with pytest.raises(ServerUrlError, match="two servers are called"):
        parse_all(urls)


def test_tls_trusts_the_authority_that_was_named(tmp_path: Path) -> None:
    made = certificates.make(tmp_path, name="mail.example.org")
    context = parse(f"smtps://mail.example.org?ca_file={made.authority}").tls_context()
    assert context is not None
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(OSError, match="No such file"):
        parse("smtps://mail.example.org?ca_file=/nowhere/ca.pem").tls_context()
