"""Reads a caught mail, however broken it is: nothing here raises over what a mail says."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

from newsletter.inbox import keeping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from newsletter.inbox.keeping import Kept

HEAD = 65_536
"""Octets in which a mail's header is looked for."""
SHOWN = 1_000_000
"""Octets or characters of one view; the rest is in the file."""
BASE = '<base target="_blank">'
"""Links of the mail open in a tab of their own, since the frame may not go anywhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """A mail in the list. Header texts are decoded; `to` is whom the envelope named."""

    id: str
    sender: str
    to: str
    subject: str
    at: dt.datetime

    def holds(self, words: str) -> bool:
        """Whether every one of `words` stands in an address, a name or the subject."""
        text = f"{self.sender} {self.to} {self.subject}".casefold()
        return all(word in text for word in words.casefold().split())


@functools.lru_cache(maxsize=20_000)
def line_of(mail_id: str) -> Line:
    """The mail's line in the list. Raises FileNotFoundError when it is gone."""
    kept = keeping.read(mail_id, limit=HEAD)
    message = message_from_bytes(kept.source.partition(b"\r\n\r\n")[0])
    return Line(
        id=mail_id,
        sender=decoded(message.get("From", "")),
        to=kept.envelope_to,
        subject=decoded(message.get("Subject", "")),
        at=dt.datetime.fromtimestamp(int(mail_id[:20]) // 1_000_000_000, tz=dt.UTC),
    )


def decoded(value: object) -> str:
    """A header's text with its encoded words read; as it stands where they are broken."""
    text = re.sub(r"[\r\n]+\s*", " ", str(value))
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, HeaderParseError):
        return text


def headers(kept: Kept) -> list[tuple[str, str]]:
    """Every header field, in order, decoded."""
    return [(name, decoded(value)) for name, value in message_from_bytes(kept.source).items()]


def html_of(kept: Kept) -> str:
    """The first HTML part, its links made to open outside the frame; empty when there is none."""
    html = _first(kept, "text/html")
    if not html:
        return ""
    opened, count = re.subn(r"<head\b[^>]*>", lambda head: head[0] + BASE, html, count=1, flags=re.IGNORECASE)
    return (
        opened
        if count
        else re.sub(r"\A\s*(<!doctype[^>]*>)?", lambda start: start[0] + BASE, html, flags=re.IGNORECASE)
    )


def text_of(kept: Kept) -> str:
    """The first plain text part; empty when there is none."""
    return _first(kept, "text/plain")[:SHOWN]


def source_of(kept: Kept) -> str:
    """The mail as it came, octets that are no text shown as question marks."""
    return kept.source[:SHOWN].decode(errors="replace").replace("\r\n", "\n")


def _first(kept: Kept, kind: str) -> str:
    return next(
        (_text(part) for part in _parts(message_from_bytes(kept.source)) if part.get_content_type() == kind), ""
    )


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a message, outermost first, without attachments."""
    for part in message.walk():
        if not part.is_multipart() and part.get_content_disposition() != "attachment":
            yield part


def _text(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return octets.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", errors="replace")
