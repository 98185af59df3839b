from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from campaigns.feeds.troubles import AnswerError
from campaigns.feeds.unpacking import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = b"<rss>words and words</rss>" * 50


def pieces(body: bytes, size: int = 7) -> Iterator[bytes]:
    yield from (body[start : start + size] for start in range(0, len(body), size))


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("", WORDS),
        ("identity", WORDS),
        ("gzip", gzip.compress(WORDS, mtime=0)),
        ("X-GZIP", gzip.compress(WORDS, mtime=0)),
        ("gzip", gzip.compress(WORDS[:100], mtime=0) + gzip.compress(WORDS[100:], mtime=0)),
        ("deflate", zlib.compress(WORDS)),
        ("deflate", raw_deflate(WORDS)),
    ],
)
def test_a_body_comes_out_as_it_was(packing: str, body: bytes) -> None:
    assert unpacked(pieces(body), packing=packing) == WORDS


@pytest.mark.parametrize("packing", ["br", "zstd", "compress", "gzip, gzip", "deflate, br"])
def test_what_was_not_asked_for_is_not_unpacked(packing: str) -> None:
    with pytest.raises(AnswerError, match="packing"):
        unpacked(pieces(b"x"), packing=packing)


@pytest.mark.parametrize(
    "body", [b"no gzip at all", gzip.compress(WORDS, mtime=0)[:-9], b"", gzip.compress(WORDS, mtime=0) + b"rubbish"]
)
def test_what_is_damaged_or_cut_off_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerError, match="damaged"):
        unpacked(pieces(body), packing="gzip")


def test_a_bomb_is_given_up_at_the_limit_without_being_unpacked() -> None:
    bomb, taken = gzip.compress(bytes(300_000_000), 1), 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for piece in pieces(bomb, 1000):
            taken += len(piece)
            yield piece

    with pytest.raises(AnswerError) as caught:
        unpacked(counted(), packing="gzip")
    assert caught.value.trouble == "too_large"
    assert taken < 100_000 < len(bomb)


def test_a_large_body_is_given_up_as_soon_as_it_is_too_large() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1000)

    for packing in ("", "gzip"):
        with pytest.raises(AnswerError):
            unpacked(endless(), packing=packing, most=10_000)


def test_empty_gzip_members_without_end_are_given_up_too() -> None:
    empty = gzip.compress(b"")
    with pytest.raises(AnswerError, match="too_large"):
        unpacked((empty for _ in range(10_000)), packing="gzip", most=10_000)
