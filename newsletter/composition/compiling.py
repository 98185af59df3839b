"""A Message turned once into constant bytes and slots; per reader the only work is to fill slots and join (F1-F8)."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from newsletter.composition import headers
from newsletter.composition.composing import words_of
from newsletter.composition.dkim import Signer, signer_for
from newsletter.composition.encoding import SOFT, quoted, quoted_line
from newsletter.composition.merging import MergeField, Slot, filled, pieces, said
from newsletter.lib import links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.composition.message import Message

IN_ANGLES = re.compile(r"[!-;=?-~]+")
"""What may stand between < and > in a header."""
TOKEN = re.compile(rb"[A-Za-z0-9_-]{1,75}")
"""What `links.tokens` writes: nothing that a header, HTML or quoted-printable would have to write in another way."""
ROOM_AFTER_LIST_UNSUBSCRIBE = headers.LONGEST_LINE - len("List-Unsubscribe: ")


class Reader(NamedTuple):
    """What one copy needs to know. A tuple, because one is made for every copy."""

    address: str
    """Wire form: the domain as A-label."""
    first_name: str
    message_id: str
    """Without its angle brackets; the same for every attempt at this copy (F3)."""
    unsubscribe_token: bytes
    preferences_token: bytes
    """What signs the reader's links, from `links.tokens`; the addresses before them are the same for everybody."""


class ReaderError(ValueError):
    """A reader's value that cannot stand in a header; `field` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.field = name


Value = Callable[[Reader], bytes]
Part = bytes | Value


@dataclass(frozen=True, slots=True)
class Compiled:
    """A message ready to be filled any number of times, by any number of threads."""

    constant: tuple[bytes, ...]
    """Header and body with gaps; the first is the date's."""
    gaps: tuple[tuple[Value, tuple[int, ...]], ...]
    """What fills the others, each with its places: one call per distinct value."""
    body_at: int
    """Where the body begins; the empty line stands before it."""
    signer: Signer | None = None

    def fill(self, reader: Reader, *, date: dt.datetime) -> bytes:
        """The whole message for `reader`, handed over at `date` (aware, F4): CRLF, 7-bit, signed when configured.

        No line begins with a dot, so it needs no dot-stuffing. The same reader and date give the same bytes.

        Raises:
            ReaderError: a value of the reader's would break a header; that one copy must fail, no other.
        """
        parts = self.parts(reader, date=date)
        if self.signer is None:
            return b"".join(parts)
        return _signed(self.signer, b"".join(parts[: self.body_at - 1]), b"".join(parts[self.body_at :]))

    def parts(self, reader: Reader, *, date: dt.datetime) -> list[bytes]:
        """The unsigned message, not yet joined; the same number of parts for every reader.

        Raises:
            ReaderError: as `fill`.
        """
        parts = list(self.constant)
        parts[0] = _date(int(date.timestamp()), date.utcoffset() or dt.timedelta())
        for value_of, places in self.gaps:
            value = value_of(reader)
            for place in places:
                parts[place] = value
        return parts


def compile_message(*, message: Message, mailing_id: int | None) -> Compiled:
    """`message` as constant bytes and gaps; `mailing_id` None marks a test. A few queries, no further ones in `fill`.

    Raises:
        ValueError: the newsletter's sender or reply address cannot stand in a header.
    """
    newsletter = message.edition.newsletter
    words = words_of(message.edition, message.language).newsletter
    lines = headers.constant_lines(message=message, newsletter=newsletter, words=words, mailing_id=mailing_id)
    boundary = f"=_{message.digest[:32]}"
    kind = headers.line("Content-Type", "multipart/alternative;", f'boundary="{boundary}"')
    head = _joined([*_head_of_a_copy(message.subject), "\r\n".join([*lines, kind, ""]).encode()])
    parts: list[Part] = [b"", *head, b"\r\n", *_joined(_body(message, boundary))]
    return Compiled(
        constant=tuple(part if isinstance(part, bytes) else b"" for part in parts),
        gaps=_gaps(parts),
        body_at=len(head) + 2,
        signer=signer_for(headers.mailbox(newsletter.sender_email).rpartition("@")[2]),
    )


def _signed(signer: Signer, head: bytes, body: bytes) -> bytes:
    return b"".join([signer.signature(head=head, body=body), head, b"\r\n", body])


def _head_of_a_copy(subject: str) -> Iterable[Part]:
    yield _message_id
    yield _to
    if any(isinstance(piece, Slot) for piece in pieces(subject)):
        yield functools.partial(_subject, subject)
    else:
        yield headers.unstructured("Subject", subject).encode() + b"\r\n"
    address = links.address_of(links.Purpose.UNSUBSCRIBE)
    fold = "\r\n" if len(address) + links.TOKEN_LENGTH + len("<>") > ROOM_AFTER_LIST_UNSUBSCRIBE else ""
    yield f"List-Unsubscribe:{fold} <{address}".encode()
    yield _unsubscribe_token
    yield b">\r\n"


def _body(message: Message, boundary: str) -> Iterable[Part]:
    yield f"--{boundary}\r\n{_part_head('plain')}".encode()
    yield from _slotted(message.text, html=False)
    yield f"\r\n--{boundary}\r\n{_part_head('html')}".encode()
    yield from _slotted(message.html, html=True)
    yield f"\r\n--{boundary}--\r\n".encode()


def _part_head(kind: str) -> str:
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


def _slotted(text: str, *, html: bool) -> Iterable[Part]:
    """Quoted-printable with gaps; a soft line break on both sides of a gap keeps every line within 76 (F6)."""
    at_line_start, after_slot = True, False
    for piece in pieces(text.replace("\r\n", "\n").replace("\r", "\n")):
        if isinstance(piece, Slot):
            yield b"" if at_line_start else SOFT
            yield from _slot(piece, html=html)
            at_line_start, after_slot = False, True
        else:
            yield (SOFT if after_slot and piece[0] != "\n" else b"") + quoted(piece)
            at_line_start, after_slot = piece[-1] == "\n", False


def _slot(slot: Slot, *, html: bool) -> Iterable[Part]:
    if slot.field is MergeField.FIRST_NAME:
        yield functools.partial(_name_in_html if html else _name_in_text, slot.fallback)
    else:
        address = links.address_of(_PURPOSES[slot.field])
        yield quoted_line(escape(address) if html else address) + SOFT
        yield _unsubscribe_token if slot.field is MergeField.UNSUBSCRIBE_URL else _preferences_token


def _joined(parts: Iterable[Part]) -> list[Part]:
    """With neighbouring constants in one piece."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _gaps(parts: Iterable[Part]) -> tuple[tuple[Value, tuple[int, ...]], ...]:
    """Every distinct value with the places it fills."""
    places: dict[object, tuple[Value, list[int]]] = {}
    for place, part in enumerate(parts):
        if not isinstance(part, bytes):
            same = (part.func, part.args) if isinstance(part, functools.partial) else part
            places.setdefault(same, (part, []))[1].append(place)
    return tuple((value, tuple(here)) for value, here in places.values())


def _name_in_html(fallback: str, reader: Reader) -> bytes:
    return _quoted_name(reader.first_name or fallback, fallback, True)


def _name_in_text(fallback: str, reader: Reader) -> bytes:
    return _quoted_name(reader.first_name or fallback, fallback, False)


@functools.lru_cache(maxsize=4096)
def _quoted_name(first_name: str, fallback: str, html: bool) -> bytes:  # noqa: FBT001 (as above)
    """Names repeat: a list of a million people has a few thousand."""
    name = _name(first_name) or fallback
    return quoted_line(escape(name) if html else name)


def _name(first_name: str) -> str:
    return " ".join(headers.FORGING.sub(" ", said(first_name)).split())


def _subject(subject: str, reader: Reader) -> bytes:
    def value(slot: Slot) -> str:
        if slot.field is MergeField.FIRST_NAME:
            return _name(reader.first_name) or slot.fallback
        token = _unsubscribe_token if slot.field is MergeField.UNSUBSCRIBE_URL else _preferences_token
        return links.address_of(_PURPOSES[slot.field]) + token(reader).decode()

    return headers.unstructured("Subject", filled(subject, value)).encode() + b"\r\n"


def _message_id(reader: Reader) -> bytes:
    if not IN_ANGLES.fullmatch(reader.message_id):
        raise ReaderError("message_id")
    return b"Message-ID: <%b>\r\n" % reader.message_id.encode()


def _to(reader: Reader) -> bytes:
    return b"To: %b\r\n" % headers.to_value(reader.address).encode()


def _unsubscribe_token(reader: Reader) -> bytes:
    if not TOKEN.fullmatch(reader.unsubscribe_token):
        raise ReaderError("unsubscribe_token")
    return reader.unsubscribe_token


def _preferences_token(reader: Reader) -> bytes:
    if not TOKEN.fullmatch(reader.preferences_token):
        raise ReaderError("preferences_token")
    return reader.preferences_token


_PURPOSES = {
    MergeField.UNSUBSCRIBE_URL: links.Purpose.UNSUBSCRIBE,
    MergeField.PREFERENCES_URL: links.Purpose.PREFERENCES,
}


@functools.lru_cache(maxsize=8)
def _date(seconds: int, offset: dt.timedelta) -> bytes:
    """Once a second and zone; nothing smaller is written."""
    return f"Date: {format_datetime(dt.datetime.fromtimestamp(seconds, dt.timezone(offset)))}\r\n".encode()
