from __future__ import annotations

import datetime as dt

import pytest

from campaigns.calendar.dates import (
    After,
    Days,
    Fixed,
    NeverError,
    NotSevenDaysError,
    Nth,
    RuleError,
    Span,
    UnreadableRuleError,
    Week,
    Within,
    parse,
)

MONDAY, TUESDAY, THURSDAY, FRIDAY, SUNDAY = 0, 1, 3, 4, 6


def one(year: int, month: int, day: int) -> Days:
    return Days(dt.date(year, month, day), dt.date(year, month, day))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("28 January", Fixed(28, 1)),
        ("first Thursday of May", Nth(1, THURSDAY, 5)),
        ("last Friday of October", Nth(-1, FRIDAY, 10)),
        ("Tuesday in 5 February – 11 February", Within(TUESDAY, Fixed(5, 2), Fixed(11, 2))),
        ("day after fourth Thursday of November", After(1, Nth(4, THURSDAY, 11))),
        ("3 days after 28 January", After(3, Fixed(28, 1))),
        ("25 November – 10 December", Span(Fixed(25, 11), Fixed(10, 12))),
        ("week from Sunday holding third Sunday of November", Week(SUNDAY, Nth(3, SUNDAY, 11))),
    ],
)
def test_what_is_written_is_read_and_written_the_same(words: str, rule: object) -> None:
    assert parse(words) == rule
    assert str(rule) == words


@pytest.mark.parametrize(
    "words",
    [
        *("", "Easter", "28", "January 28", "28 Januar", "28 january", "first Thursday", "fifth Thursday of May"),
        *("first Donnerstag of May", "first Thursday of Mai", "Dienstag in 5 February – 11 February"),
        *("Tuesday in February", "day after", "day after tomorrow", "week from Sunday", "week from Tag holding 1 May"),
        *("1 May – ", "1 May – tomorrow", "1 May - 3 May", " 28 January", "28 January\n"),
    ],
)
def test_words_of_no_rule_are_refused(words: str) -> None:
    with pytest.raises(UnreadableRuleError) as caught:
        parse(words)
    assert caught.value.words in words
    assert isinstance(caught.value, RuleError)


@pytest.mark.parametrize("words", ["31 February", "30 February", "31 April", "0 May", "32 May", "1 May – 31 June"])
def test_a_day_that_never_comes_is_refused(words: str) -> None:
    with pytest.raises(NeverError):
        parse(words)


@pytest.mark.parametrize(
    "days",
    ["5 February – 10 February", "5 February – 12 February", "24 February – 1 March", "23 February – 29 February"],
)
def test_a_weekday_that_would_come_twice_or_not_every_year_is_refused(days: str) -> None:
    with pytest.raises(NotSevenDaysError):
        parse(f"Tuesday in {days}")


def test_seven_days_over_new_year_are_a_range() -> None:
    assert parse("Monday in 29 December – 4 January").in_year(2026) == one(2027, 1, 4)


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    assert parse("29 February").in_year(2027) is None
    assert parse("29 February").in_year(2028) == one(2028, 2, 29)
    assert parse("day after 29 February").in_year(2027) is None
    assert parse("day after 29 February").in_year(2028) == one(2028, 3, 1)
    assert parse("week from Monday holding 29 February").in_year(2027) is None


def test_a_span_to_the_29th_of_february_ends_with_february_in_any_year() -> None:
    assert parse("1 February – 29 February").in_year(2027) == Days(dt.date(2027, 2, 1), dt.date(2027, 2, 28))
    assert parse("1 February – 29 February").in_year(2028) == Days(dt.date(2028, 2, 1), dt.date(2028, 2, 29))


def test_a_span_may_go_over_new_year() -> None:
    assert parse("20 December – 6 January").in_year(2026) == Days(dt.date(2026, 12, 20), dt.date(2027, 1, 6))


def test_the_last_weekday_of_a_month_is_the_last() -> None:
    assert parse("last Monday of May").in_year(2027) == one(2027, 5, 31)
    assert parse("last Sunday of February").in_year(2027) == one(2027, 2, 28)


def test_a_week_begins_on_its_weekday_and_holds_its_day() -> None:
    assert parse("week from Sunday holding 17 November").in_year(2027) == Days(
        dt.date(2027, 11, 14), dt.date(2027, 11, 20)
    )
    assert parse("week from Monday holding 1 January").in_year(2027) == Days(dt.date(2026, 12, 28), dt.date(2027, 1, 3))


def test_a_day_counted_from_another_may_lie_in_the_next_year() -> None:
    assert parse("3 days after 30 December").in_year(2026) == one(2027, 1, 2)
