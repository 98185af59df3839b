from __future__ import annotations

import datetime as dt

from icalendar import Calendar

from campaigns.calendar.icalendar import Event, stream
from tests.peers.calendars import events_of

STAMP = dt.datetime(2026, 11, 25, 10, 30, tzinfo=dt.UTC)


def event(summary: str = "Safer Internet Day", **more: str) -> Event:
    return Event(
        uid="observance-safer-internet-day-2027@wici.example.org",
        stamp=STAMP,
        first=dt.date(2027, 2, 9),
        last=dt.date(2027, 2, 9),
        summary=summary,
        **more,
    )


def written(*events: Event) -> bytes:
    return stream(name="Awareness calendar, Wici", language="en", events=events)


def test_a_stranger_reads_what_was_written() -> None:
    summary = "Ślad; przecinek, ukośnik \\ i nowy\nwiersz 🕊"
    body = written(event(summary, description="a\r\nb\rc", url="https://example.org/?a=1&b=2"))
    (read,) = events_of(body)
    assert str(read["SUMMARY"]) == summary
    assert read["SUMMARY"].params["LANGUAGE"] == "en"
    assert str(read["DESCRIPTION"]) == "a\nb\nc"
    assert str(read["URL"]) == "https://example.org/?a=1&b=2"
    assert read["DTSTART"].dt == dt.date(2027, 2, 9)
    assert read["DTEND"].dt == dt.date(2027, 2, 10)
    assert read["DTSTAMP"].dt == STAMP
    assert str(read["UID"]) == "observance-safer-internet-day-2027@wici.example.org"
    assert Calendar.from_ical(body)["VERSION"] == "2.0"


def test_every_line_ends_with_crlf_and_has_at_most_75_octets() -> None:
    body = written(event("Zażółć gęślą jaźń " * 20))
    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() for line in lines[:-1])


def test_a_calendar_may_be_empty_and_an_event_bare() -> None:
    assert events_of(written()) == []
    (bare,) = events_of(written(event()))
    assert "DESCRIPTION" not in bare
    assert "URL" not in bare


def test_control_characters_reach_no_calendar() -> None:
    body = written(event("a\x00b\x1bc\x7f", url="https://example.org/\r\nX-EVIL:1"))
    (read,) = events_of(body)
    assert str(read["SUMMARY"]) == "abc"
    assert b"\r\nX-EVIL" not in body
