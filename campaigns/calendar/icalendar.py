"""Writes an iCalendar stream (RFC 5545) of days, for a calendar that follows it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Wici//Awareness calendar//EN"
FOLD_AT = 75
"""Octets of a line without its end (RFC 5545, 3.1)."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What no TEXT may hold; a tab may, and a line end is written as \\n."""
REFRESH = "PT6H"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something on whole days, `first` to `last` (both included)."""

    uid: str
    stamp: dt.datetime
    """When it was last changed (aware)."""
    first: dt.date
    last: dt.date
    summary: str
    description: str = ""
    url: str = ""


def stream(*, name: str, language: str, events: Iterable[Event]) -> bytes:
    """The whole calendar in UTF-8, lines ended by CRLF and folded at 75 octets. `language`: that of its words (RFC 5646)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME;LANGUAGE={language}:{_text(name)}",  # RFC 7986
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",  # RFC 7986
        f"X-PUBLISHED-TTL:{REFRESH}",
        *(line for event in events for line in _event(event, language)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, language: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{event.stamp.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.last + dt.timedelta(days=1):%Y%m%d}"  # the day after: DTEND is exclusive
    yield f"SUMMARY;LANGUAGE={language}:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION;LANGUAGE={language}:{_text(event.description)}"
    if event.url:
        yield f"URL:{CONTROLS.sub('', event.url)}"
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """A TEXT value (3.3.11): backslash, semicolon, comma and line ends are escaped, control characters left out."""
    one_end = words.replace("\r\n", "\n").replace("\r", "\n")
    escaped = re.sub(r"([\\;,])", r"\\\1", CONTROLS.sub("", one_end))
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line with its end, broken where it is longer than 75 octets, never within a character."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > FOLD_AT:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
