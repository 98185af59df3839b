from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from campaigns.calendar import observances
from campaigns.calendar.dates import parse
from campaigns.calendar.observances import (
    FIRST_YEAR,
    LAST_YEAR,
    Observance,
    all_observances,
    by_key,
    next_of,
    occurrence_in,
    occurrences,
    topic_names,
)

LANGUAGES = ["pl", "en"]
CHANGED = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def made(rule: str, *, key: str = "made", since: int | None = None) -> Observance:
    return Observance(
        key=key,
        rule=parse(rule),
        names={"en": "Made"},
        discreet={},
        topics=(),
        country="",
        organiser="",
        url="",
        since=since,
        changed_at=CHANGED,
    )


def days_of(key: str, year: int) -> tuple[str, str]:
    found = by_key(key)
    assert found is not None
    occurrence = occurrence_in(found, year)
    assert occurrence is not None
    return occurrence.first.isoformat(), occurrence.last.isoformat()


RECORD = {
    "safer-internet-day": [
        *("2009-02-10", "2010-02-09", "2011-02-08", "2012-02-07", "2013-02-05", "2014-02-11", "2015-02-10"),
        *("2016-02-09", "2017-02-07", "2018-02-06", "2019-02-05", "2020-02-11", "2021-02-09", "2022-02-08"),
        *("2023-02-07", "2024-02-06", "2025-02-11", "2026-02-10", "2027-02-09", "2028-02-08", "2029-02-06"),
    ],
    "world-password-day": [
        *("2016-05-05", "2017-05-04", "2018-05-03", "2019-05-02", "2020-05-07", "2021-05-06", "2022-05-05"),
        *("2023-05-04", "2024-05-02", "2025-05-01", "2026-05-07"),
    ],
    "black-friday": [
        *("2016-11-25", "2017-11-24", "2018-11-23", "2019-11-29", "2020-11-27", "2021-11-26", "2022-11-25"),
        *("2023-11-24", "2024-11-29", "2025-11-28", "2026-11-27"),
    ],
}
WEEKS = [("2020-11-15", "2020-11-21"), ("2021-11-14", "2021-11-20"), ("2022-11-13", "2022-11-19"),
         ("2023-11-12", "2023-11-18"), ("2024-11-17", "2024-11-23"), ("2025-11-16", "2025-11-22")]  # fmt: skip
FIXED = {
    "data-protection-day": "01-28",
    "victims-of-crime": "02-22",
    "world-backup-day": "03-31",
    "child-helpline-day": "05-17",
    "missing-children-day": "05-25",
    "childrens-day-pl": "06-01",
    "child-victims-of-aggression": "06-04",
    "anti-trafficking-un": "07-30",
    "anti-trafficking-eu": "10-18",
    "child-protection-coe": "11-18",
    "child-protection-un": "11-18",
    "child-abuse-prevention": "11-19",
    "world-childrens-day": "11-20",
}


@pytest.mark.parametrize(("key", "day"), [(key, day) for key, days in RECORD.items() for day in days])
def test_a_moving_day_falls_where_the_public_record_says(key: str, day: str) -> None:
    assert days_of(key, int(day[:4])) == (day, day)


@pytest.mark.parametrize(("first", "last"), WEEKS)
def test_the_fraud_week_is_the_one_its_organiser_announced(first: str, last: str) -> None:
    assert days_of("fraud-awareness-week", int(first[:4])) == (first, last)


@pytest.mark.parametrize(("key", "day"), FIXED.items())
def test_a_fixed_day_is_fixed(key: str, day: str) -> None:
    assert days_of(key, 2027) == (f"2027-{day}", f"2027-{day}")


def test_spans_have_both_ends() -> None:
    assert days_of("european-cybersecurity-month", 2026) == ("2026-10-01", "2026-10-31")
    assert days_of("sixteen-days", 2026) == ("2026-11-25", "2026-12-10")


def test_the_data_file_holds_these_and_no_others() -> None:
    moving = {*RECORD, "fraud-awareness-week", "european-cybersecurity-month", "sixteen-days"}
    assert {each.key for each in all_observances()} == {*FIXED, *moving}


@pytest.mark.parametrize("observance", all_observances(), ids=lambda each: each.key)
def test_each_has_names_topics_an_organiser_and_an_official_page(observance: Observance) -> None:
    for words in (observance.names, observance.discreet or observance.names):
        assert sorted(words) == sorted(LANGUAGES)
    assert set(observance.topics) <= set(topic_names("en"))
    assert observance.topics
    assert observance.organiser
    assert observance.url.startswith("https://")
    assert observance.country in {"", "PL"}


def test_nothing_is_marked_before_its_first_year() -> None:
    un_day = by_key("child-protection-un")
    assert un_day is not None
    assert occurrence_in(un_day, 2021) is None
    assert occurrence_in(un_day, 2022) is not None


def test_the_calendar_has_a_first_and_a_last_year() -> None:
    day = made("1 January")
    assert occurrence_in(day, FIRST_YEAR - 1) is None
    assert occurrence_in(day, LAST_YEAR + 1) is None
    assert occurrences(dt.date.min, dt.date(FIRST_YEAR, 1, 1), among=[day])
    assert len(occurrences(dt.date(LAST_YEAR, 1, 1), dt.date.max, among=[day])) == 1


def test_what_reaches_into_the_days_asked_for_is_there_from_either_side() -> None:
    over_new_year = made("20 December – 6 January")
    week = made("week from Monday holding 1 January")
    assert [one.year for one in occurrences(dt.date(2027, 1, 6), dt.date(2027, 1, 6), among=[over_new_year])] == [2026]
    assert [one.year for one in occurrences(dt.date(2026, 12, 30), dt.date(2026, 12, 31), among=[week])] == [2027]
    assert occurrences(dt.date(2027, 1, 7), dt.date(2027, 12, 19), among=[over_new_year]) == []


def test_they_come_in_the_order_of_their_days() -> None:
    found = occurrences(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert [one.first for one in found] == sorted(one.first for one in found)
    assert {one.mark for one in found} == {f"{each.key}:2026" for each in all_observances()}


def test_an_occurrence_counts_its_days() -> None:
    assert [one.days for one in occurrences(dt.date(2026, 10, 1), dt.date(2026, 10, 2))] == [31]


def test_the_next_ones_begin_with_one_that_is_still_going_on() -> None:
    sixteen = by_key("sixteen-days")
    assert sixteen is not None
    assert [one.year for one in next_of(sixteen, today=dt.date(2026, 12, 10), most=3)] == [2026, 2027, 2028]
    assert [one.year for one in next_of(sixteen, today=dt.date(2026, 12, 11), most=2)] == [2027, 2028]


def test_a_day_of_leap_years_has_fewer_next_ones() -> None:
    assert [one.year for one in next_of(made("29 February"), today=dt.date(2026, 1, 1), most=2)] == [2028]


def test_names_are_in_the_language_asked_for_else_in_any() -> None:
    internet = by_key("safer-internet-day")
    assert internet is not None
    with override("pl"):
        assert str(internet) == "Dzień Bezpiecznego Internetu"
    assert internet.name("en") == "Safer Internet Day"
    assert internet.name("fr")
    assert made("1 May").name("pl") == "Made"


def test_a_name_for_screens_that_others_see_is_the_name_unless_there_is_another() -> None:
    assert observances.by_key("child-protection-coe").discreet_name("en") == "European day of child protection"  # type: ignore[union-attr]
    assert observances.by_key("black-friday").discreet_name("en") == "Black Friday (sales and scams)"  # type: ignore[union-attr]


def test_a_key_that_nobody_knows_is_nothing() -> None:
    assert by_key("own-1") is None
