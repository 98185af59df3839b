from __future__ import annotations

import gzip
import logging
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import dns.resolver
import pytest

from campaigns.feeds import connecting
from campaigns.feeds.addressing import is_public
from campaigns.feeds.connecting import Deadline, Network, ask_dns, dial
from campaigns.feeds.fetching import Document, Marks, fetch
from campaigns.feeds.troubles import FeedError
from tests.integration.feeds.conftest import NOW
from tests.peers import certificates
from tests.peers.web import PUBLIC_IP, Page, Request, Web

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://feeds.example.org/news"
BODY = b"<rss>words</rss>"


def get(web: Web, url: str = URL, **options: Any) -> Document:
    network = options.pop("network", None) or web.network()
    return fetch(url, now=NOW, network=network, **options)


def error(web: Web, url: str = URL, **options: Any) -> FeedError:
    with pytest.raises(FeedError) as caught:
        get(web, url, **options)
    assert caught.value.sentence.endswith(".")
    assert "%(" not in caught.value.sentence
    return caught.value


def trouble(web: Web, url: str = URL, **options: Any) -> str:
    return error(web, url, **options).trouble


def redirect(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


def test_a_document_comes_over_tls_from_the_very_address_that_was_looked_up(internet: Web) -> None:
    headers = {"Content-Type": "application/rss+xml; charset=UTF-8", "ETag": '"1"', "Last-Modified": "Mon"}
    internet.pages["/news"] = Page(BODY, headers=headers)
    document = get(internet)
    assert (document.body, document.kind, document.charset) == (BODY, "application/rss+xml", "utf-8")
    assert (document.marks, document.moved_to, document.url) == (Marks('"1"', "Mon"), "", URL)
    assert internet.dialled == [(PUBLIC_IP, 443)]
    asked = internet.requests[0].headers
    assert (asked["host"], asked["accept-encoding"]) == ("feeds.example.org", "gzip, deflate")
    assert {"cookie", "authorization", "referer", "if-none-match"}.isdisjoint(asked)


def test_marks_are_sent_back_and_an_unchanged_document_is_not_sent_again(internet: Web) -> None:
    internet.pages["/news"] = Page(status=304)
    document = get(internet, marks=Marks('"1"', "Mon, 23 Nov 2026 09:00:00 GMT"))
    assert document.unchanged
    assert document.marks == Marks('"1"', "Mon, 23 Nov 2026 09:00:00 GMT")
    assert internet.requests[0].headers["if-none-match"] == '"1"'
    assert internet.requests[0].headers["if-modified-since"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert trouble(internet) == "status"  # a 304 that nobody asked for


def test_marks_with_odd_characters_or_without_end_are_forgotten(internet: Web) -> None:
    internet.pages["/news"] = Page(BODY, headers={"ETag": "é", "Last-Modified": "x" * 301})
    assert get(internet).marks == Marks()


def test_the_default_network_refuses_loopback_and_whatever_else_is_not_public(internet: Web) -> None:
    for ip in (
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
        "100.64.0.1",
    ):
        internet.names["feeds.example.org"] = [ip]
        assert trouble(internet) == "private"
        internet.names["feeds.example.org"] = [PUBLIC_IP, ip]
        assert trouble(internet) == "private", "one bad address among good ones is enough"
    assert internet.dialled == []
    with pytest.raises(FeedError, match="private"):
        fetch("http://127.0.0.1/", now=NOW, network=Network())


def test_loopback_is_reached_only_where_the_network_that_is_handed_in_says_so(internet: Web) -> None:
    internet.pages["/news"] = Page(BODY)
    port = internet.ports[80]
    here = Network(allowed=lambda ip: ip == "127.0.0.1", ports=frozenset({port}))
    assert fetch(f"http://127.0.0.1:{port}/news", now=NOW, network=here).body == BODY


def test_a_name_that_changes_its_address_is_looked_up_once_and_never_again(internet: Web) -> None:
    answers = [[PUBLIC_IP], ["127.0.0.1"], ["127.0.0.1"]]
    internet.pages["/news"] = Page(BODY)
    rebinding = internet.network(resolve=lambda _host, _seconds: answers.pop(0))
    assert get(internet, network=rebinding).body == BODY
    assert internet.dialled == [(PUBLIC_IP, 443)]
    assert len(answers) == 2


def test_a_redirect_to_a_name_that_has_changed_is_checked_again(internet: Web) -> None:
    answers = [[PUBLIC_IP], ["127.0.0.1"]]
    internet.pages["/news"] = redirect("/other")
    rebinding = internet.network(resolve=lambda _host, _seconds: answers.pop(0))
    assert trouble(internet, network=rebinding) == "private"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://127.0.0.1/", "private"),
        ("http://127.0.0.1/", "downgrade"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://0x7f.1/", "malformed"),
        ("https://me:secret@feeds.example.org/", "userinfo"),
        ("https://feeds.example.org:8443/", "port"),
        ("file:///etc/passwd", "scheme"),
        ("http://feeds.example.org/news", "downgrade"),
        ("", "nowhere"),
    ],
)
def test_every_redirect_is_checked_like_an_address_that_was_typed(internet: Web, target: str, expected: str) -> None:
    internet.pages["/news"] = redirect(target)
    assert trouble(internet) == expected
    assert len(internet.requests) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(internet: Web) -> None:
    internet.pages |= {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate([301, 302, 303, 307, 308])}
    internet.pages["/3"] = Page(BODY)
    assert get(internet, "https://feeds.example.org/0").body == BODY
    internet.pages["/3"] = redirect("/4", 307)
    assert trouble(internet, "https://feeds.example.org/0") == "too_many_redirects"


def test_where_it_moved_for_good_is_told_as_far_as_every_step_was_for_good(internet: Web) -> None:
    internet.pages |= {
        "/a": redirect("/b", 301),
        "/b": redirect("/c", 308),
        "/c": Page(BODY),
        "/d": redirect("/a", 302),
    }
    assert get(internet, "https://feeds.example.org/a").moved_to == "https://feeds.example.org/c"
    internet.pages["/b"] = redirect("/c", 302)
    assert get(internet, "https://feeds.example.org/a").moved_to == "https://feeds.example.org/b"
    assert get(internet, "https://feeds.example.org/d").moved_to == ""


def test_from_http_to_https_is_followed(internet: Web) -> None:
    internet.pages["/old"] = redirect("https://feeds.example.org/news", 301)
    internet.pages["/news"] = Page(BODY)
    assert get(internet, "http://feeds.example.org/old").moved_to == URL
    assert internet.dialled == [(PUBLIC_IP, 80), (PUBLIC_IP, 443)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "login"), (403, "forbidden"), (451, "forbidden"), (404, "not_found"), (410, "gone"), (429, "too_often"),
        (500, "server_fault"), (503, "server_fault"), (204, "status"), (206, "status"), (300, "status"), (418, "status"),
    ],
)  # fmt: skip
def test_every_other_answer_has_its_sentence(internet: Web, status: int, expected: str) -> None:
    internet.pages["/news"] = Page(status=status)
    assert trouble(internet) == expected


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120.0), ("Mon, 23 Nov 2026 09:10:00 GMT", 600.0), ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0), ("soon", None), ("-5", None), ("Mon, 23 Nov 2026 09:10:00", None)],
)  # fmt: skip
def test_when_to_come_back_is_told_in_seconds(internet: Web, said: str, seconds: float | None) -> None:
    internet.pages["/news"] = Page(status=503, headers={"Retry-After": said})
    assert error(internet).retry_after == seconds


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/zip", "video/mp4", "application/x-gzip"])
def test_what_cannot_be_a_feed_is_not_even_read(internet: Web, kind: str) -> None:
    internet.pages["/news"] = Page(BODY, headers={"Content-Type": kind})
    assert trouble(internet) == "kind"


@pytest.mark.parametrize(
    "kind",
    ["text/html", "text/plain", "application/octet-stream", "application/x-rss+xml", "application/json", "", "?"],
)
def test_servers_name_feeds_in_many_ways(internet: Web, kind: str) -> None:
    internet.pages["/news"] = Page(BODY, headers={"Content-Type": kind})
    if kind == "?":
        internet.pages["/news"] = Page(raw=b"HTTP/1.0 200 OK\r\n\r\n" + BODY)
    assert get(internet).body == BODY


def test_a_packed_body_is_unpacked_and_a_bomb_is_not(internet: Web) -> None:
    internet.pages["/news"] = Page(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    assert get(internet).body == BODY
    internet.pages["/news"] = Page(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    assert trouble(internet) == "too_large"
    internet.pages["/news"] = Page(BODY, headers={"Content-Encoding": "br"})
    assert trouble(internet) == "packing"


def test_more_than_five_megabytes_are_refused_announced_or_not(internet: Web) -> None:
    internet.pages["/news"] = Page(b"x", headers={"Content-Length": "5000001"})
    assert trouble(internet) == "too_large"
    internet.pages["/news"] = Page(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000_001)
    assert trouble(internet) == "too_large"
    internet.pages["/news"] = Page(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000_000)
    assert len(get(internet).body) == 5_000_000


def test_a_server_that_drips_is_left_at_the_deadline(internet: Web) -> None:
    internet.pages["/news"] = Page(b"x" * 1000, drip=0.05)
    began = time.monotonic()
    assert trouble(internet, seconds=0.6) == "too_slow"
    assert time.monotonic() - began < 3


def test_a_server_that_drips_its_headers_is_left_too(internet: Web) -> None:
    def slowly(_request: Request) -> Page:
        time.sleep(0.4)
        return redirect("/news")

    internet.pages["/news"] = slowly
    assert trouble(internet, seconds=0.6) == "too_slow"


def test_a_deadline_that_is_over_leaves_no_time() -> None:
    assert Deadline(10).left(most=5) == 5
    with pytest.raises(FeedError, match="too_slow"):
        Deadline(0).left()


def test_a_server_that_says_nothing_is_left(internet: Web) -> None:
    internet.pages["/news"] = Page(keeps_silent=True)
    assert trouble(internet, seconds=0.5) == "too_slow"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "broken_off"),
        (b"SSH-2.0-OpenSSH\r\n", "gibberish"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "gibberish"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nshort", "broken_off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nshort", "broken_off"),
    ],
)  # fmt: skip
def test_half_an_answer_is_none(internet: Web, raw: bytes, expected: str) -> None:
    internet.pages["/news"] = Page(raw=raw)
    assert trouble(internet) == expected


def test_a_chunked_body_is_put_together(internet: Web) -> None:
    internet.pages["/news"] = Page(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nword\r\n0\r\n\r\n")
    assert get(internet).body == b"word"


def test_a_certificate_for_another_name_or_of_an_unknown_authority_is_refused(internet: Web, tmp_path: Path) -> None:
    internet.pages["/news"] = Page(BODY)
    assert trouble(internet, "https://other.example.org/news") == "certificate"
    assert trouble(internet, f"https://{PUBLIC_IP}/news") == "certificate"
    assert trouble(internet, network=internet.network(trust=ssl.create_default_context)) == "certificate"
    internet.authority = str(certificates.make(tmp_path, name="stranger").authority)
    assert trouble(internet) == "certificate"
    assert internet.requests == []


def test_who_does_not_speak_tls_gets_no_request(internet: Web) -> None:
    internet.ports[443] = internet.ports[80]
    assert trouble(internet) == "no_encryption"
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        internet.ports[443] = deaf.getsockname()[1]
        assert trouble(internet, seconds=0.5) == "no_answer"


def test_each_address_of_a_name_is_tried_until_one_answers(internet: Web) -> None:
    internet.names["feeds.example.org"] = ["2606:2800:220:1::1", PUBLIC_IP]
    internet.pages["/news"] = Page(BODY)

    def only_ipv4(ip: str, port: int, seconds: float) -> socket.socket:
        if ":" in ip:
            raise OSError
        return internet.dial(ip, port, seconds)

    assert get(internet, network=internet.network(dial=only_ipv4)).body == BODY


def test_a_server_that_is_not_there_has_its_sentence(internet: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        internet.ports[443] = closed.getsockname()[1]
    assert trouble(internet) == "refused"

    def away(_ip: str, _port: int, _seconds: float) -> socket.socket:
        raise TimeoutError

    assert trouble(internet, network=internet.network(dial=away)) == "no_answer"
    internet.names["feeds.example.org"] = []
    assert trouble(internet) == "no_name"


def test_dialling_takes_ip_addresses(internet: Web) -> None:
    with dial("127.0.0.1", internet.ports[80], 1.0) as connection:
        assert connection.getpeername()[1] == internet.ports[80]


def test_names_are_asked_of_the_dns_and_of_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(found: Any) -> None:
        def resolve_name(_self: object, _host: str, **_options: float) -> Any:
            if isinstance(found, type):
                raise found
            return found

        monkeypatch.setattr(dns.resolver.Resolver, "resolve_name", resolve_name)

    class Found:
        def addresses(self) -> list[str]:
            return ["2606:2800:220:1::1", PUBLIC_IP]

    answer(Found())
    assert ask_dns("example.org", 1.0) == [PUBLIC_IP, "2606:2800:220:1::1"]
    for failure, expected in [(dns.resolver.NXDOMAIN, "no_name"), (dns.resolver.NoNameservers, "not_looked_up"), (OSError, "not_looked_up")]:  # fmt: skip
        answer(failure)
        with pytest.raises(FeedError, match=expected):
            ask_dns("example.org", 1.0)


def test_nothing_of_an_address_is_logged(internet: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    internet.pages["/news?key=secret"] = redirect("https://me:secret@feeds.example.org/")
    assert trouble(internet, f"{URL}?key=secret") == "userinfo"
    assert "secret" not in caplog.text


def test_the_default_network_is_the_public_internet_on_two_ports() -> None:
    assert Network() == Network(resolve=ask_dns, dial=dial, allowed=is_public, ports=frozenset({80, 443}))
    assert Network() == connecting.PUBLIC
