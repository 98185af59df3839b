"""helplines.opening: hours in words, and "now" only where that can be said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from campaigns.helplines.models import Helpline, HelplineHours
from campaigns.helplines.opening import in_words, opening_at, overlapping
from tests.builders import a_helpline

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def hours(days: str, times: str) -> HelplineHours:
    first, last = days.split("-")
    opens, closes = (dt.time.fromisoformat(time) for time in times.split("-"))
    return HelplineHours(first_day=int(first), last_day=int(last), opens=opens, closes=closes)


def a_line(*lines: tuple[str, str], **facts: object) -> Helpline:
    line = a_helpline()
    Helpline.objects.update(**facts) if facts else None
    for days, times in lines:
        each = hours(days, times)
        each.helpline = line
        each.save()
    return Helpline.objects.get()


def warsaw(day: int, hour: int, minute: int = 0, *, month: int = 11) -> dt.datetime:
    """A moment in November 2026, whose 23rd is a Monday; an hour behind in UTC."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.mark.parametrize(
    ("lines", "facts", "words"),
    [
        ([], {}, ""),
        ([], {"round_the_clock": True}, "day and night"),
        ([], {"round_the_clock": True, "on_holidays": "same"}, "day and night, also on public holidays"),
        ([("0-4", "12:00-20:00")], {}, "Monday–Friday 12:00–20:00 (local time: Poland)"),
        (
            [("5-5", "10:00-14:00"), ("0-4", "16:00-20:00"), ("0-4", "08:00-12:00")],
            {"on_holidays": "closed"},
            (
                "Monday–Friday 08:00–12:00, Monday–Friday 16:00–20:00, Saturday 10:00–14:00 (local time: Poland), "
                "not on public holidays"
            ),
        ),
        ([("0-6", "12:00-02:00")], {}, "every day 12:00–02:00 (local time: Poland)"),
        ([("6-6", "18:00-00:00")], {}, "Sunday 18:00–24:00 (local time: Poland)"),
        (
            [("5-6", "00:00-00:00")],
            {"time_zone": "Atlantic/Canary"},
            "Saturday–Sunday whole day (local time: Atlantic/Canary)",
        ),
    ],
)
def test_hours_are_said_in_words(lines: list[tuple[str, str]], facts: dict[str, object], words: str) -> None:
    assert in_words(a_line(*lines, **facts)) == words


def test_hours_are_said_in_polish() -> None:
    with translation.override("pl"):
        words = in_words(a_line(("0-4", "12:00-20:00"), on_holidays="closed"))
    assert words == "poniedziałek–piątek 12:00–20:00 (czas miejscowy: Polska), oprócz świąt"


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (warsaw(23, 11, 59), "Closed now. Next: today, 12:00"),
        (warsaw(23, 12), "Open now, until 20:00, unless today is a public holiday"),
        (warsaw(23, 19, 59), "Open now, until 20:00, unless today is a public holiday"),
        (warsaw(23, 20), "Closed now. Next: tomorrow, 12:00"),
        (warsaw(27, 21), "Closed now. Next: Monday, 12:00"),
    ],
)
def test_now_is_said_with_what_the_directory_does_not_know(now: dt.datetime, sentence: str) -> None:
    opening = opening_at(a_line(("0-4", "12:00-20:00"), on_holidays="closed"), now)
    assert opening
    assert (opening.sentence, opening.is_open) == (sentence, sentence.startswith("Open"))


def test_where_holidays_make_no_difference_now_is_said_plainly() -> None:
    line = a_line(("0-6", "08:00-22:00"), on_holidays="same")
    assert opening_at(line, warsaw(23, 9)).sentence == "Open now, until 22:00"  # type: ignore[union-attr]


def test_where_holidays_have_other_hours_closed_is_no_certainty() -> None:
    line = a_line(("0-4", "08:00-22:00"), on_holidays="other")
    assert opening_at(line, warsaw(23, 7)).sentence == "By its usual hours closed now. Next: today, 08:00"  # type: ignore[union-attr]


def test_hours_run_past_midnight_and_past_sunday() -> None:
    line = a_line(("6-6", "20:00-03:00"), on_holidays="same")
    assert opening_at(line, warsaw(23, 2, 59)).sentence == "Open now, until 03:00"  # type: ignore[union-attr]
    assert not opening_at(line, warsaw(23, 3)).is_open  # type: ignore[union-attr]


def test_lines_that_touch_are_one_time() -> None:
    line = a_line(("0-0", "08:00-12:00"), ("0-0", "12:00-18:00"), on_holidays="same")
    assert opening_at(line, warsaw(23, 9)).sentence == "Open now, until 18:00"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("holidays", "sentence"), [("same", "Open now"), ("", "Open now, unless today is a public holiday")]
)
def test_days_on_end_are_open_without_an_hour(holidays: str, sentence: str) -> None:
    line = a_line(("0-6", "00:00-00:00"), on_holidays=holidays)
    assert opening_at(line, warsaw(23, 9)).sentence == sentence  # type: ignore[union-attr]


def test_round_the_clock_is_open_and_no_hours_say_nothing() -> None:
    assert opening_at(a_line(), warsaw(23, 9)) is None
    assert opening_at(a_line(round_the_clock=True), warsaw(23, 9)).sentence == "Open now"  # type: ignore[union-attr]


def test_a_country_without_a_known_clock_says_no_now() -> None:
    assert opening_at(a_line(("0-6", "08:00-22:00"), country="JP"), warsaw(23, 9)) is None


def test_the_hour_that_autumn_has_twice_is_counted_once() -> None:
    """25 October 2026, 02:30 happens twice in Warsaw: 00:30 and 01:30 UTC."""
    line = a_line(("6-6", "02:00-02:45"), on_holidays="same")
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert opening_at(line, first).is_open  # type: ignore[union-attr]
    assert not opening_at(line, first + dt.timedelta(hours=1)).is_open  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lines", "clash"),
    [
        ([("0-4", "08:00-12:00"), ("0-4", "12:00-16:00")], None),
        ([("0-4", "08:00-12:00"), ("4-5", "11:00-16:00")], 1),
        ([("6-6", "20:00-03:00"), ("0-0", "02:00-04:00")], 1),
        ([("0-0", "02:00-04:00"), ("6-6", "20:00-03:00")], 1),
        ([("0-6", "00:00-00:00")], None),
        ([], None),
    ],
)
def test_lines_that_run_into_each_other_are_found(lines: list[tuple[str, str]], clash: int | None) -> None:
    assert overlapping([hours(*line) for line in lines]) == clash
