from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from campaigns.calendar.dates import NeverError, NotSevenDaysError, UnreadableRuleError, parse
from campaigns.calendar.saying import days_said, said, what_is_wrong


@pytest.mark.parametrize(
    ("words", "polish", "english"),
    [
        ("28 January", "28 stycznia", "28 January"),
        ("first Thursday of May", "pierwszy czwartek maja", "first Thursday of May"),
        ("third Sunday of November", "trzecia niedziela listopada", "third Sunday of November"),
        ("last Wednesday of March", "ostatnia środa marca", "last Wednesday of March"),
        (
            "Tuesday in 5 February – 11 February",
            "wtorek między 5 lutego a 11 lutego",
            "Tuesday between 5 February and 11 February",
        ),
        (
            "day after fourth Thursday of November",
            "dzień po: czwarty czwartek listopada",
            "1 day after: fourth Thursday of November",
        ),
        ("3 days after 1 May", "3 dni po: 1 maja", "3 days after: 1 May"),
        ("25 November – 10 December", "25 listopada – 10 grudnia", "25 November – 10 December"),
        (
            "week from Sunday holding 17 November",
            "tydzień od dnia „niedziela”, w którym wypada: 17 listopada",
            "the week that begins on Sunday and holds: 17 November",
        ),
    ],
)
def test_a_rule_is_said_as_people_say_it(words: str, polish: str, english: str) -> None:
    for language, sentence in (("pl", polish), ("en", english)):
        with override(language):
            assert said(parse(words)) == sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NeverError(day=31, month=2), "31 February never comes. Choose a day that February has."),
        (NotSevenDaysError(), "exactly seven days"),
        (UnreadableRuleError("Easter"), "This is no rule of dates."),
    ],
)
def test_what_is_wrong_is_a_sentence_that_says_what_to_do(error: Exception, sentence: str) -> None:
    with override("en"):
        assert sentence in what_is_wrong(error)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (dt.date(2027, 2, 9), dt.date(2027, 2, 9), "9 February 2027"),
        (dt.date(2026, 11, 25), dt.date(2026, 12, 10), "25 November – 10 December 2026"),
        (dt.date(2026, 12, 20), dt.date(2027, 1, 6), "20 December 2026 – 6 January 2027"),
    ],
)
def test_days_are_said_with_their_year_once_where_it_is_the_same(first: dt.date, last: dt.date, sentence: str) -> None:
    with override("en"):
        assert days_said(first, last) == sentence
