"""A Message turned once into constant bytes and slots; per reader the only work is to fill slots and join (F1-F8)."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from newsletter.composition import headers
from newsletter.composition.composing import words_of
from newsletter.composition.dkim import Signer, signer_for
from newsletter.composition.encoding import SOFT, quoted, quoted_line
from newsletter.composition.merging import MergeField, Slot, filled, pieces, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsletter.composition.message import Message

IN_ANGLES = re.compile(r"[!-;=?-~]+")
"""What may stand between < and > in a header."""
ROOM_AFTER_LIST_UNSUBSCRIBE = headers.LONGEST_LINE - len("List-Unsubscribe: ")


class Reader(NamedTuple):
    """What one copy needs to know. A tuple, because one is made for every copy."""

    address: str
    """Wire form: the domain as A-label."""
    first_name: str
    message_id: str
    """Without its angle brackets; the same for every attempt at this copy (F3)."""
    unsubscribe_url: str
    preferences_url: str


class ReaderError(ValueError):
    """A reader's value that cannot stand in a header; `field` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.field = name


@dataclass(frozen=True, slots=True)
class Segments:
    """Constant bytes with gaps, and what fills the gaps."""

    constant: tuple[bytes, ...]
    gaps: tuple[tuple[Callable[[Reader], bytes], tuple[int, ...]], ...]

    def parts(self, reader: Reader) -> list[bytes]:
        """All bytes for one reader, to be joined: one call per distinct slot, no copying."""
        parts = list(self.constant)
        for value_of, places in self.gaps:
            value = value_of(reader)
            for place in places:
                parts[place] = value
        return parts


@dataclass(frozen=True, slots=True)
class Compiled:
    """A message ready to be filled any number of times, by any number of threads."""

    head: Segments
    body: Segments
    signer: Signer | None = field(default=None)

    def fill(self, reader: Reader, *, date: dt.datetime) -> bytes:
        """The whole message for `reader`, handed over at `date` (aware, F4): CRLF, 7-bit, signed when configured.

        No line begins with a dot, so it needs no dot-stuffing. The same reader and date give the same bytes.

        Raises:
            ReaderError: a value of the reader's would break a header; that one copy must fail, no other.
        """
        if self.signer is None:
            return b"".join(self.parts(reader, date=date))
        return _signed(self.signer, b"".join(self._head(reader, date)), b"".join(self.body.parts(reader)))

    def parts(self, reader: Reader, *, date: dt.datetime) -> list[bytes]:
        """The unsigned message, not yet joined; the same number of parts for every reader.

        Raises:
            ReaderError: as `fill`.
        """
        return [*self._head(reader, date), b"\r\n", *self.body.parts(reader)]

    def _head(self, reader: Reader, date: dt.datetime) -> list[bytes]:
        return [b"Date: ", _date(int(date.timestamp()), date.utcoffset() or dt.timedelta()), *self.head.parts(reader)]


def compile_message(*, message: Message, mailing_id: int | None) -> Compiled:
    """`message` as constant segments and slots; `mailing_id` None marks a test. A few queries, no further ones in `fill`.

    Raises:
        ValueError: the newsletter's sender or reply address cannot stand in a header.
    """
    newsletter = message.edition.newsletter
    words = words_of(message.edition, message.language).newsletter
    constant = headers.constant_lines(message=message, newsletter=newsletter, words=words, mailing_id=mailing_id)
    boundary = f"=_{message.digest[:32]}"
    kind = headers.line("Content-Type", "multipart/alternative;", f'boundary="{boundary}"')
    return Compiled(
        head=_segments([*_head_of_a_copy(message.subject), "\r\n".join([*constant, kind, ""]).encode()]),
        body=_segments(_body(message, boundary)),
        signer=signer_for(headers.mailbox(newsletter.sender_email).rpartition("@")[2]),
    )


def _signed(signer: Signer, head: bytes, body: bytes) -> bytes:
    return b"".join([signer.signature(head=head, body=body), head, b"\r\n", body])


def _head_of_a_copy(subject: str) -> Iterable[bytes | Callable[[Reader], bytes]]:
    yield _message_id
    yield _to
    if any(isinstance(piece, Slot) for piece in pieces(subject)):
        yield functools.partial(_subject, subject)
    else:
        yield headers.unstructured("Subject", subject).encode() + b"\r\n"
    yield _list_unsubscribe


def _body(message: Message, boundary: str) -> Iterable[bytes | Callable[[Reader], bytes]]:
    yield f"--{boundary}\r\n{_part_head('plain')}".encode()
    yield from _slotted(message.text, _text_value)
    yield f"\r\n--{boundary}\r\n{_part_head('html')}".encode()
    yield from _slotted(message.html, _html_value)
    yield f"\r\n--{boundary}--\r\n".encode()


def _part_head(kind: str) -> str:
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


def _slotted(text: str, value: Callable[[Slot, Reader], bytes]) -> Iterable[bytes | Callable[[Reader], bytes]]:
    """Quoted-printable segments; a soft line break on both sides of a slot keeps every line within 76 (F6)."""
    at_line_start, after_slot = True, False
    for piece in pieces(text.replace("\r\n", "\n").replace("\r", "\n")):
        if isinstance(piece, Slot):
            yield b"" if at_line_start else SOFT
            yield functools.partial(value, piece)
            at_line_start, after_slot = False, True
        else:
            yield (SOFT if after_slot and piece[0] != "\n" else b"") + quoted(piece)
            at_line_start, after_slot = piece[-1] == "\n", False


def _segments(parts: Iterable[bytes | Callable[[Reader], bytes]]) -> Segments:
    """Neighbouring constants joined; equal slots share one call."""
    constant: list[bytes] = []
    gaps: dict[object, tuple[Callable[[Reader], bytes], list[int]]] = {}
    for part in parts:
        if not isinstance(part, bytes):
            key = (part.func, part.args) if isinstance(part, functools.partial) else part
            gaps.setdefault(key, (part, []))[1].append(len(constant))
            constant.append(b"")
        elif constant and constant[-1]:
            constant[-1] += part
        else:
            constant.append(part)
    return Segments(constant=tuple(constant), gaps=tuple((part, tuple(places)) for part, places in gaps.values()))


def _html_value(slot: Slot, reader: Reader) -> bytes:
    if slot.field is MergeField.FIRST_NAME:
        return _quoted_name(reader.first_name or slot.fallback, slot.fallback, html=True)
    return _quoted_url(escape(_url(slot, reader)))


def _text_value(slot: Slot, reader: Reader) -> bytes:
    if slot.field is MergeField.FIRST_NAME:
        return _quoted_name(reader.first_name or slot.fallback, slot.fallback, html=False)
    return _quoted_url(_url(slot, reader))


def _url(slot: Slot, reader: Reader) -> str:
    return reader.unsubscribe_url if slot.field is MergeField.UNSUBSCRIBE_URL else reader.preferences_url


@functools.lru_cache(maxsize=4096)
def _quoted_name(first_name: str, fallback: str, *, html: bool) -> bytes:
    """Names repeat: a list of a million people has a few thousand."""
    name = _name(first_name) or fallback
    return quoted_line(escape(name) if html else name)


@functools.lru_cache(maxsize=8)
def _quoted_url(url: str) -> bytes:
    """The same in both parts of one copy."""
    return quoted_line(url)


def _name(first_name: str) -> str:
    return " ".join(headers.FORGING.sub(" ", said(first_name)).split())


def _subject(subject: str, reader: Reader) -> bytes:
    def value(slot: Slot) -> str:
        return (
            (_name(reader.first_name) or slot.fallback) if slot.field is MergeField.FIRST_NAME else _url(slot, reader)
        )

    return headers.unstructured("Subject", filled(subject, value)).encode() + b"\r\n"


def _message_id(reader: Reader) -> bytes:
    if not IN_ANGLES.fullmatch(reader.message_id):
        raise ReaderError("message_id")
    return f"Message-ID: <{reader.message_id}>\r\n".encode()


def _to(reader: Reader) -> bytes:
    return f"To: {headers.to_value(reader.address)}\r\n".encode()


def _list_unsubscribe(reader: Reader) -> bytes:
    if not IN_ANGLES.fullmatch(reader.unsubscribe_url):
        raise ReaderError("unsubscribe_url")
    word = f"<{reader.unsubscribe_url}>"
    fold = "\r\n" if len(word) > ROOM_AFTER_LIST_UNSUBSCRIBE else ""
    return f"List-Unsubscribe:{fold} {word}\r\n".encode()


@functools.lru_cache(maxsize=8)
def _date(seconds: int, offset: dt.timedelta) -> bytes:
    """Once a second and zone; nothing smaller is written."""
    return format_datetime(dt.datetime.fromtimestamp(seconds, dt.timezone(offset))).encode() + b"\r\n"
