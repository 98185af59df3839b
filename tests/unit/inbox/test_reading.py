"""inbox.reading: a mail is shown, whatever it says."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.inbox import reading
from newsletter.inbox.keeping import Kept

ORDINARY = (
    b"Subject: =?utf-8?q?=C5=BB=C3=B3=C5=82w?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Cze=C5=9B=C4=87\r\n"
    b"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><html><head></head><body>hi</body></html>\r\n"
    b"--x--\r\n"
)


def kept(source: bytes) -> Kept:
    return Kept("00000000000000000001-000000", "bounce@example.org", "anna@example.org", source)


def test_headers_are_decoded_in_their_order() -> None:
    assert reading.headers(kept(ORDINARY))[:2] == [("Subject", "Żółw"), ("MIME-Version", "1.0")]


def test_text_of_reads_quoted_printable() -> None:
    assert reading.text_of(kept(ORDINARY)).strip() == "Cześć"


def test_html_of_makes_links_open_outside_the_frame() -> None:
    assert reading.html_of(kept(ORDINARY)).startswith('<!doctype html><html><head><base target="_blank"></head>')


def test_html_of_keeps_the_doctype_first_where_there_is_no_head() -> None:
    source = b"Content-Type: text/html\r\n\r\n<!DOCTYPE html><p>hi"
    assert reading.html_of(kept(source)) == '<!DOCTYPE html><base target="_blank"><p>hi'


def test_an_attached_page_is_not_taken_for_the_mail() -> None:
    source = b"Content-Type: text/html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n<p>hi"
    assert reading.html_of(kept(source)) == ""


HOSTILE = {
    "nothing at all": b"",
    "no header, no line end": b"hello",
    "octets that are no text": bytes(range(256)) * 4,
    "an unknown charset": b"Subject: =?x-none?q?a?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\ncaf\xe9",
    "a charset that is no name": b'Content-Type: text/html; charset="a\x00b"\r\n\r\nhi',
    "broken encoded words": b"Subject: =?utf-8?b?!!!?= =?utf-8?q?=FF=FE?=\r\n\r\n",
    "broken base64": b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%a",
    "a boundary that never comes": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--y\r\n',
    "boxes in boxes": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(60)
    ),
    "bare line ends": b"Subject: a\rb\nContent-Type: text/html\n\n<p>",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_broken_mail_is_shown_all_the_same(source: bytes) -> None:
    mail = kept(source)
    for view in (reading.headers, reading.text_of, reading.html_of, reading.source_of):
        assert view(mail) is not None


def test_a_line_holds_words_in_any_order_and_case() -> None:
    line = reading.Line(
        "1",
        "Wici <wici@example.org>",
        "anna@example.org",
        "Bezpieczniej w sieci",
        dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    )
    assert line.holds("SIECI anna")
    assert not line.holds("anna jan")
