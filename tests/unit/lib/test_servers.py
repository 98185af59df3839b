"""lib.servers: which server an SMTP_URL names, and what it may not ask for."""

from __future__ import annotations

import ssl

import pytest

from newsletter.lib.servers import Server, ServerUrlError, first_readable, parse


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
    ],
)
def test_parse_refuses_in_a_sentence_that_keeps_the_password_to_itself(url: str) -> None:
    with pytest.raises(ServerUrlError) as refused:
        parse(url)
    assert str(refused.value).startswith("SMTP_URL")
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
