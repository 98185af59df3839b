"""A body as it comes over the line, unpacked piece by piece and never larger than its limit (gzip bombs, X10)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from campaigns.feeds.troubles import AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable

ASKED_FOR = "gzip, deflate"
"""What we say in Accept-Encoding."""
MOST_BYTES = 5_000_000
"""Of one feed, unpacked (X10)."""
EITHER = 32 + zlib.MAX_WBITS
RAW = -zlib.MAX_WBITS


def unpacked(pieces: Iterable[bytes], *, packing: str, most: int = MOST_BYTES) -> bytes:
    """The body in `pieces`, unpacked as the header Content-Encoding (`packing`) says.

    Raises:
        AnswerError: larger than `most` bytes, packed otherwise than asked for, or damaged.
    """
    name = packing.strip().lower()
    if name in {"", "identity"}:
        return _joined(pieces, most)
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise AnswerError("packing", packing=name[:40])
    try:
        return _joined(_inflated(pieces, name, most), most)
    except zlib.error as error:
        raise AnswerError("damaged") from error


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise AnswerError("too_large", megabytes=most // 1_000_000)
    return bytes(body)


def _inflated(pieces: Iterable[bytes], name: str, most: int) -> Iterable[bytes]:
    """Pieces of at most `most` + 1 bytes; several gzip members in a row are one body (RFC 1952 2.2)."""
    machine, taken = None, 0
    for piece in pieces:
        taken += len(piece)
        if taken > most:
            raise AnswerError("too_large", megabytes=most // 1_000_000)
        rest = piece
        while rest:
            if machine is None or machine.eof:
                machine = _machine(name, rest)
            yield machine.decompress(rest, most + 1)
            rest = machine.unconsumed_tail or machine.unused_data
    if machine is None or not machine.eof:
        raise AnswerError("damaged")


def _machine(name: str, start: bytes) -> zlib._Decompress:
    """Servers mean two things by "deflate": zlib's format, as the standard says, and the bare stream."""
    is_zlib = start[0] & 0x0F == zlib.DEFLATED and start[0] >> 4 <= 7  # noqa: PLR2004 (RFC 1950 2.2)
    return zlib.decompressobj(EITHER if name != "deflate" or is_zlib else RAW)
