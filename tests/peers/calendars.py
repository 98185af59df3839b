"""A calendar program that follows our feed: reads it with somebody else's reader of RFC 5545."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar


def events_of(body: bytes) -> list[Any]:
    """The events in `body`; raises ValueError for what is no iCalendar stream."""
    return list(Calendar.from_ical(body).walk("VEVENT"))
