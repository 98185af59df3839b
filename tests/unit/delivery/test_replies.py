"""delivery.replies: what a server says, however the network cuts it."""

from __future__ import annotations

import pytest

from newsletter.delivery.replies import Reply, ReplyMalformedError, ReplyReader, without_address

MANY_LINES = b"250-2.1.5 first\r\n250-2.1.5 second\r\n250 2.1.5 last\r\n"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (b"250 2.0.0 taken\r\n", Reply(250, "2.0.0", "taken")),
        (b"250\r\n", Reply(250, "", "")),
        (b"250 ok\n", Reply(250, "", "ok")),
        (b"354 go ahead\r\n", Reply(354, "", "go ahead")),
        (b"550 5.1.1\r\n", Reply(550, "5.1.1", "")),
        (b"421 5.7.0 a code of another class\r\n", Reply(421, "", "5.7.0 a code of another class")),
        (MANY_LINES, Reply(250, "2.1.5", "first second last")),
        (b"550 za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \xff\r\n", Reply(550, "", "zażółć �")),
    ],
)
def test_a_reply_is_read_in_one_piece_and_byte_by_byte(said: bytes, reply: Reply) -> None:
    whole, drops = ReplyReader(), ReplyReader()
    whole.feed(said)
    found = whole.next_reply()
    assert found is not None
    assert found[0] == reply
    for byte in said[:-1]:
        drops.feed(bytes([byte]))
        assert drops.next_reply() is None
    drops.feed(said[-1:])
    found = drops.next_reply()
    assert found is not None
    assert found[0] == reply


def test_pipelined_replies_come_out_in_order() -> None:
    reader = ReplyReader()
    reader.feed(b"250 2.1.0 a\r\n550 5.1.1 b\r\n354 c\r\n")
    codes = [found[0].code for found in (reader.next_reply(), reader.next_reply(), reader.next_reply()) if found]
    assert codes == [250, 550, 354]


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n", b"25 ok\r\n", b"x" * 9000, b"250-again\r\n" * 300])
def test_whoever_does_not_speak_smtp_is_found_out(said: bytes) -> None:
    reader = ReplyReader()
    reader.feed(said)
    with pytest.raises(ReplyMalformedError):
        reader.next_reply()


def test_what_came_before_tls_is_forgotten_s6() -> None:
    reader = ReplyReader()
    reader.feed(b"250 injected\r\n250-more")
    assert reader.forget() > 0
    assert reader.next_reply() is None


def test_a_kept_reply_names_no_reader_x14() -> None:
    said = "<Ula@Example.org>: no such user Ula@example.ORG\r\nhere"
    assert without_address(said, "ula@example.org") == "<the address>: no such user <the address>  here"
    assert len(without_address("x" * 900, "ula@example.org")) == 500
