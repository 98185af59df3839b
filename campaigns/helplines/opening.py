"""When somebody answers: in words of the active language, and, for pages that are read now, whether they do now.

Never in a mail: what is read tomorrow cannot say "now".
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaigns.helplines.countries import name_of
from campaigns.helplines.models import Holidays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from campaigns.helplines.models import Helpline, HelplineHours

MIDNIGHT = dt.time()
LAST_DAY = 6
WEEK = 7
MINUTES = 24 * 60
DAY = dt.timedelta(days=1)
WEEKDAYS = [
    pgettext_lazy("in a sentence", "Monday"),
    pgettext_lazy("in a sentence", "Tuesday"),
    pgettext_lazy("in a sentence", "Wednesday"),
    pgettext_lazy("in a sentence", "Thursday"),
    pgettext_lazy("in a sentence", "Friday"),
    pgettext_lazy("in a sentence", "Saturday"),
    pgettext_lazy("in a sentence", "Sunday"),
]
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody answers now, and a sentence that says no more than the directory knows."""

    is_open: bool
    sentence: str


def in_words(helpline: Helpline) -> str:
    """Its hours with days, times and zone; empty where the directory does not hold them."""
    if helpline.round_the_clock:
        parts = [_("day and night")]
    elif lines := sorted(helpline.intervals.all(), key=lambda line: (line.first_day, line.opens)):
        hours = ", ".join(_line(line) for line in lines)
        parts = [_("%(hours)s (local time: %(place)s)") % {"hours": hours, "place": _place(helpline)}]
    else:
        return ""
    if helpline.on_holidays:
        parts.append(str(helpline.get_on_holidays_display()))
    return ", ".join(parts)


def opening_at(helpline: Helpline, now: dt.datetime) -> Opening | None:
    """Whether somebody answers at `now` (aware); None where the directory does not know.

    The directory knows weekly hours and no country's holidays: where those may differ, the sentence says so.
    """
    if helpline.round_the_clock:
        return Opening(is_open=True, sentence=_("Open now"))
    now = now.astimezone(dt.UTC)  # two moments of one zone would be compared by their clocks, which go back in autumn
    spans = list(_spans(helpline, now))
    if end := _end_of(spans, now):
        return Opening(is_open=True, sentence=_open_sentence(helpline, end, now))
    ahead = [start for start, _end in spans if start > now]
    return Opening(is_open=False, sentence=_closed_sentence(helpline, min(ahead), now)) if ahead else None


def _end_of(spans: list[Span], now: dt.datetime) -> dt.datetime | None:
    """When the time that runs at `now` is over, spans that touch taken together; None where none runs."""
    until = None
    for start, end in sorted(spans):
        if start <= (until or now) and end > (until or now):
            until = end
    return until


def _open_sentence(helpline: Helpline, end: dt.datetime, now: dt.datetime) -> str:
    at = {"time": _clock(end.timetz())}
    if end - now > DAY:
        return (
            _("Open now") if helpline.on_holidays == Holidays.SAME else _("Open now, unless today is a public holiday")
        )
    if helpline.on_holidays == Holidays.SAME:
        return _("Open now, until %(time)s") % at
    return _("Open now, until %(time)s, unless today is a public holiday") % at


def _closed_sentence(helpline: Helpline, start: dt.datetime, now: dt.datetime) -> str:
    days = (start.date() - now.astimezone(start.tzinfo).date()).days
    day = {0: _("today"), 1: _("tomorrow")}.get(days, str(WEEKDAYS[start.weekday()]))
    said = {"day": day, "time": _clock(start.timetz())}
    if helpline.on_holidays == Holidays.OTHER:
        return _("By its usual hours closed now. Next: %(day)s, %(time)s") % said
    return _("Closed now. Next: %(day)s, %(time)s") % said


def _spans(helpline: Helpline, now: dt.datetime) -> Iterator[Span]:
    """Opening and closing moments from yesterday to a week ahead, in its zone; none where the zone is not known."""
    if not helpline.zone:
        return
    zone = zoneinfo.ZoneInfo(helpline.zone)
    today = now.astimezone(zone).date()
    for line in helpline.intervals.all():
        for day in (today + dt.timedelta(days=ahead) for ahead in range(-1, WEEK + 1)):
            if line.first_day <= day.weekday() <= line.last_day:
                until = day + dt.timedelta(days=line.closes <= line.opens)
                yield (
                    dt.datetime.combine(day, line.opens, zone),
                    dt.datetime.combine(until, line.closes, zone),
                )


def _line(line: HelplineHours) -> str:
    hours = _("whole day") if line.opens == line.closes == MIDNIGHT else f"{_clock(line.opens)}–{_until(line.closes)}"
    return f"{_days(line.first_day, line.last_day)} {hours}"


def _days(first: int, last: int) -> str:
    if (first, last) == (0, LAST_DAY):
        return _("every day")
    return str(WEEKDAYS[first]) if first == last else f"{WEEKDAYS[first]}–{WEEKDAYS[last]}"


def _until(closes: dt.time) -> str:
    return "24:00" if closes == MIDNIGHT else _clock(closes)


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M}"


def _place(helpline: Helpline) -> str:
    return helpline.time_zone or str(name_of(helpline.country))


def overlapping(lines: Sequence[HelplineHours]) -> int | None:
    """The index of the first line whose hours run into those of another (Sunday night into Monday too); None: all apart."""
    taken: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        spans = list(_minutes(line))
        if any(start < other_end and other_start < end for start, end in spans for other_start, other_end in taken):
            return index
        taken += spans
    return None


def _minutes(line: HelplineHours) -> Iterator[tuple[int, int]]:
    """Its spans in minutes from Monday's midnight, each also a week earlier, where what began on Sunday runs on."""
    length = (_minute(line.closes) - _minute(line.opens)) % MINUTES or MINUTES
    for day in range(line.first_day, line.last_day + 1):
        start = day * MINUTES + _minute(line.opens)
        yield start, start + length
        yield start - WEEK * MINUTES, start + length - WEEK * MINUTES


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute
