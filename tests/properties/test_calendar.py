"""Dates of the awareness calendar, in every year from 2016 to 2040 (standards 6.4); the feed, for any words."""

from __future__ import annotations

import contextlib
import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from campaigns.calendar.dates import After, Fixed, Nth, RuleError, Span, Week, Within, parse
from campaigns.calendar.icalendar import Event, stream
from campaigns.calendar.observances import all_observances, occurrence_in, occurrences
from tests.peers.calendars import events_of

YEARS = st.integers(2016, 2040)
WEEKDAYS = st.integers(0, 6)
MONTHS = st.integers(1, 12)
FIXED = st.builds(Fixed, st.integers(1, 28), MONTHS)
NTHS = st.builds(Nth, st.sampled_from([1, 2, 3, 4, -1]), WEEKDAYS, MONTHS)


def _seven(weekday: int, first: Fixed) -> Within:
    last = dt.date(2023, first.month, first.day) + dt.timedelta(days=6)
    return Within(weekday, first, Fixed(last.day, last.month))


OUTSIDE_FEBRUARY = FIXED.filter(lambda day: not (day.month == 2 and day.day > 21))
DAYS = st.one_of(FIXED, NTHS, st.builds(_seven, WEEKDAYS, OUTSIDE_FEBRUARY))
RULES = st.one_of(
    DAYS,
    st.builds(After, st.integers(1, 366), DAYS),
    st.builds(Span, FIXED, FIXED),
    st.builds(Week, WEEKDAYS, DAYS),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(RULES)
def test_a_rule_reads_back_as_itself(rule: object) -> None:
    assert parse(str(rule)) == rule


@given(RULES, YEARS)
def test_a_rule_without_the_29th_of_february_comes_every_year(rule: object, year: int) -> None:
    days = rule.in_year(year)  # type: ignore[attr-defined]
    assert days.first <= days.last
    assert abs(days.first.year - year) <= 2


@given(st.text(max_size=60))
def test_any_words_are_a_rule_or_refused(words: str) -> None:
    with contextlib.suppress(RuleError):
        assert str(parse(words))


@given(YEARS)
def test_every_observance_comes_once_in_every_year_since_it_is_marked(year: int) -> None:
    for observance in all_observances():
        occurrence = occurrence_in(observance, year)
        assert (occurrence is not None) == (year >= (observance.since or 0))
        assert occurrence is None or occurrence.first.year == year


@given(YEARS)
def test_moving_days_keep_the_standards_promise(year: int) -> None:
    found = {one.observance.key: one for one in occurrences(dt.date(year, 1, 1), dt.date(year, 12, 31))}
    internet, password = found["safer-internet-day"].first, found["world-password-day"].first
    assert (internet.isoweekday(), internet.month, 5 <= internet.day <= 11) == (2, 2, True)
    assert (password.isoweekday(), password.month, password.day <= 7) == (4, 5, True)
    friday, week = found["black-friday"].first, found["fraud-awareness-week"]
    assert (friday.isoweekday(), friday.month, 23 <= friday.day <= 29) == (5, 11, True)
    assert (week.first.isoweekday(), week.last.isoweekday(), week.days) == (7, 6, 7)
    assert week.first <= dt.date(year, 11, 17) <= week.last
    assert found["european-cybersecurity-month"].days == 31
    assert found["sixteen-days"].days == 16


@given(st.dates(dt.date(2016, 1, 1), dt.date(2040, 12, 31)), st.integers(0, 400))
def test_what_is_found_in_a_stretch_is_what_touches_it(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    found = {one.mark for one in occurrences(first, last)}
    years = range(first.year - 1, last.year + 2)
    all_of_them = [one for each in all_observances() for year in years if (one := occurrence_in(each, year))]
    assert found == {one.mark for one in all_of_them if one.first <= last and one.last >= first}


@given(WORDS, WORDS)
def test_any_words_survive_the_feed(summary: str, description: str) -> None:
    stamp = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    day = dt.date(2027, 2, 9)
    event = Event(uid="u@example.org", stamp=stamp, first=day, last=day, summary=summary, description=description)
    body = stream(name="Wici", language="pl", events=[event])
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    assert body.count(b"BEGIN:VEVENT\r\n") == body.count(b"END:VEVENT\r\n") == 1
    (read,) = events_of(body)
    assert str(read["SUMMARY"]) == _without_controls(summary)


def _without_controls(words: str) -> str:
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\t\n" or (letter >= " " and letter != "\x7f"))
