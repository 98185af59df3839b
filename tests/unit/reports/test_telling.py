from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.utils import translation

from newsletter.delivery.models import DeliveryState, MailingState
from newsletter.reports import telling
from newsletter.reports.ageing import Wait
from newsletter.reports.answers import Answers
from newsletter.reports.figures import Progress, Share, Uncertain
from newsletter.reports.pacing import Left, Pace
from newsletter.reports.receiving import ProviderFigures

NOW = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC)


def progress(state: MailingState, *, still: bool = False) -> Progress:
    share = Share({**{each.value: 0 for each in DeliveryState}, "sent": 12_345, "queued": 187_655})
    return Progress(state, True, share, Pace(), Left(), "", still, [], Answers(0, ()), Uncertain(0, 0, exact=True))


@pytest.fixture(params=["en", "pl"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _speaks(language: str) -> object:
    with translation.override(language):
        yield


@pytest.mark.parametrize("state", MailingState)
def test_every_state_has_a_sentence(state: MailingState) -> None:
    assert telling.state(progress=progress(state)).endswith(".")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MailingState.SENDING, {"en": "Nothing has moved for a minute", "pl": "Od minuty nic nie wychodzi"}),
        (MailingState.SCHEDULED, {"en": "Its time has come", "pl": "Pora minęła"}),
    ],
)
def test_standing_still_is_said_with_what_to_do(state: MailingState, words: dict[str, str], language: str) -> None:
    assert telling.state(progress=progress(state, still=True)).startswith(words[language])


def test_a_mailing_that_waits_is_not_said_to_be_sent(language: str) -> None:
    waits = dataclasses.replace(progress(MailingState.SENDING), left=Left(waits_until=NOW))
    words = {"en": "It waits, and goes on by itself.", "pl": "Wysyłka czeka i sama ruszy dalej."}
    assert telling.state(progress=waits) == words[language]


def test_people_are_grouped_as_the_language_does(language: str) -> None:
    words = {
        "en": "12,345 of 200,000 people have an outcome",
        "pl": "Wynik jest dla 12\xa0345 z 200\xa0000 osób",
    }
    assert telling.people(progress=progress(MailingState.SENDING)) == words[language]


def test_while_the_list_is_being_written_nobody_knows_how_many_they_will_be(language: str) -> None:
    written = dataclasses.replace(progress(MailingState.SENDING), is_written=False)
    words = {
        "en": "the list is still being written, 200,000 so far",
        "pl": "lista jeszcze powstaje, na razie 200\xa0000",
    }
    assert telling.people(progress=written).endswith(words[language])


@pytest.mark.parametrize(
    ("per_second", "en", "pl"),
    [
        (None, "", ""),
        (0.0, "", ""),
        (0.05, "3.0 messages a minute", "3,0 wiadomości na minutę"),
        (0.5, "30 messages a minute", "30 wiadomości na minutę"),
        (4.26, "4.3 messages a second", "4,3 wiadomości na sekundę"),
        (2345.6, "2,346 messages a second", "2\xa0346 wiadomości na sekundę"),
    ],
)
def test_a_rate_has_a_unit_and_no_more_digits_than_are_known(
    per_second: float | None, en: str, pl: str, language: str
) -> None:
    assert telling.rate(per_second=per_second) == {"en": en, "pl": pl}[language]


@pytest.mark.parametrize(
    ("per_second", "number"), [(None, "–"), (0.0, "–"), (0.01, "0.6"), (0.05, "3"), (100.0, "6,000")]
)
def test_a_table_shows_what_goes_in_a_minute(per_second: float | None, number: str) -> None:
    with translation.override("en"):
        assert telling.per_minute(per_second=per_second) == number


@pytest.mark.parametrize(
    ("left", "en", "pl"),
    [
        (Left(), "", ""),
        (Left(20, 30), "about a minute left", "pozostało: mniej więcej minuta"),
        (Left(170, 180), "about 3 minutes left", "pozostało: mniej więcej 3 minuty"),
        (Left(181, 182), "about 3 minutes left", "pozostało: mniej więcej 3 minuty"),
        (Left(300, 600), "between 5 minutes and 10 minutes left", "pozostało: 5 minut – 10 minut"),
        (Left(40, 7200), "between a minute and 2 hours left", "pozostało: minuta – 2 godziny"),
        (Left(400_000, 400_000), "about 5 days left", "pozostało: mniej więcej 5 dni"),
        (Left(waits_until=NOW + dt.timedelta(hours=1)), "waits until 14:30", "czeka do 14:30"),
        (
            Left(60, 60, NOW + dt.timedelta(days=1)),
            "not finished before 24 November 2026, 13:30",
            "koniec nie wcześniej niż 24 listopada 2026 13:30",
        ),
    ],
)
def test_what_is_left_is_said_as_exactly_as_it_is_known(left: Left, en: str, pl: str, language: str) -> None:
    assert telling.left(left=left, now=NOW) == {"en": en, "pl": pl}[language]


def figures(counts: dict[str, int], wait: Wait | None = None) -> ProviderFigures:
    return ProviderFigures("google", {each.value: 0 for each in DeliveryState} | counts, Pace(), wait=wait)


MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wait", "en", "pl"),
    [
        (None, "", ""),
        (Wait(MINUTE / 2, MINUTE / 2, MINUTE / 2), "", ""),
        (Wait(12 * MINUTE, 12 * MINUTE, 12 * MINUTE), "waiting for 12 minutes", "czeka już: 12 minut"),
        (Wait(12 * MINUTE, MINUTE / 2, 12 * MINUTE), "the longest wait: 12 minutes", "najdłuższe czekanie: 12 minut"),
        (Wait(12 * MINUTE, None, None), "the longest wait: 12 minutes", "najdłuższe czekanie: 12 minut"),
        (
            Wait(300 * MINUTE, 12 * MINUTE, 200 * MINUTE),
            "half of them waiting for 12 minutes or longer, the first for 5 hours",
            "połowa czeka co najmniej: 12 minut, najdłuższe czekanie: 5 godzin",
        ),
    ],
)
def test_how_long_they_have_waited_is_told_from_a_minute_on(wait: Wait | None, en: str, pl: str, language: str) -> None:
    said = {"en": en, "pl": pl}[language]
    assert telling.queue(figures=figures({}, wait)) == ([said] if said else [])


@pytest.mark.parametrize(
    ("counts", "en", "pl"),
    [
        ({"queued": 5}, "", ""),
        ({"queued": 5, "sent": 5}, "", ""),
        (
            {"deferred": 3, "sent": 40, "failed": 6, "unknown": 1},
            "6 % of those tried are put off",
            "odroczone: 6 % z dotąd wysyłanych",
        ),
        ({"deferred": 1, "sent": 999}, "< 1 % of those tried are put off", "odroczone: < 1 % z dotąd wysyłanych"),
    ],
)
def test_how_many_were_put_off_is_a_part_of_those_tried(
    counts: dict[str, int], en: str, pl: str, language: str
) -> None:
    said = {"en": en, "pl": pl}[language]
    assert telling.queue(figures=figures(counts)) == ([said] if said else [])


def test_providers_have_names(language: str) -> None:
    numbers = {"google": 9, "": 1}
    words = {"en": "Gmail (Google): 9; All others: 1", "pl": "Gmail (Google): 9; Wszyscy pozostali: 1"}
    assert telling.whose(numbers=numbers) == words[language]


def test_second_copies_are_counted_and_a_count_that_was_broken_off_says_so(language: str) -> None:
    assert telling.twice(uncertain=Uncertain(0, 3, exact=True)) == ""
    assert telling.twice(uncertain=Uncertain(2, 0, exact=True)).startswith("2 ")
    assert telling.twice(uncertain=Uncertain(9_000, 0, exact=False)).startswith(
        {"en": "≥ 9,000 readers", "pl": "≥ 9\xa0000 osób"}[language]
    )
