"""delivery.breaking: who asks to be left alone is left alone, and tried again carefully (S3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from newsletter.delivery import breaking, sentences
from newsletter.delivery.breaking import ALL, release, standing, state, trip
from newsletter.delivery.receivers import Provider
from newsletter.lib.redis import connection
from tests.integration.delivery.flow import NO_USER, OURS, SPAM, TOO_FAST, after

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _emptied(redis_server: object) -> Iterator[None]:  # noqa: ARG001 (it must run)
    connection().flushdb()
    yield
    connection().flushdb()


def connections(minutes: float, most: int = 5) -> int | None:
    """How many may go to Gmail then; None while it is left alone, 0 where it is trusted as before."""
    now = standing(row=Provider.objects.get(pk="google"), most=most, now=after(minutes))
    return None if now.until else now.connections


def test_ten_minutes_of_rest_then_one_connection_then_one_more_each_quiet_minute() -> None:
    assert trip(provider="google", verdict=TOO_FAST, now=after(0))
    assert [connections(minute) for minute in (0, 9.9, 10, 10.9, 11, 12, 13, 13.9, 14, 600)] == [
        *(None, None, 1, 1, 2, 3, 4, 4, 0, 0)
    ]
    assert connections(18, most=0) == 9
    assert connections(19, most=0) == 0


def test_the_reason_stands_in_the_row_in_plain_words_and_names_nobody() -> None:
    trip(provider="google", verdict=TOO_FAST, now=after(0))
    now = state(providers=["google", "wp", ""], now=after(1))
    assert now["google"].sentence == (
        "Gmail (Google) gets no mail until 13:40: It was too much mail from us at once. "
        "The server said: 421 4.7.28 unusual rate from <an address>."
    )
    assert now["wp"] == now[""] == now[ALL] == breaking.OPEN
    with translation.override("pl"):
        said = sentences.said(text=now["google"].sentence)
    assert said.startswith("Gmail (Google): do 13:40 nic nie wysyłamy. Powód: To było zbyt wiele")


def test_where_everybody_stands_is_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's
        state(providers=["google", "wp", ""], now=after(1))


def test_stopped_again_soon_it_rests_twice_as_long_and_at_most_four_hours() -> None:
    minute, lengths = 0.0, []
    for _stop in range(7):
        assert trip(provider="google", verdict=TOO_FAST, now=after(minute))
        until = Provider.objects.get(pk="google").stopped_until
        assert until is not None
        lengths.append((until - after(minute)) // dt.timedelta(minutes=1))
        minute += lengths[-1] + 5
    assert lengths == [10, 20, 40, 80, 160, 240, 240]


def test_after_a_calm_hour_it_begins_with_ten_minutes_again() -> None:
    trip(provider="google", verdict=TOO_FAST, now=after(0))
    trip(provider="google", verdict=TOO_FAST, now=after(10 + 61))
    assert connections(10 + 61 + 9) is None
    assert connections(10 + 61 + 10) == 1


def test_what_a_whole_batch_is_told_counts_once() -> None:
    stops = [trip(provider="google", verdict=TOO_FAST, now=after(second / 60)) for second in range(30)]
    assert stops == [True, *[False] * 29]
    assert Provider.objects.get(pk="google").stops == 1


def test_one_readers_filter_stops_nobody_and_five_within_ten_minutes_do() -> None:
    stops = [trip(provider="google", verdict=SPAM, now=after(0)) for _reader in range(5)]
    assert stops == [False, False, False, False, True]


def test_a_fault_of_our_own_stops_for_an_hour_and_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert trip(provider="google", verdict=OURS, now=after(0))
    assert connections(59) is None
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_wrong_address_concerns_its_reader_only() -> None:
    assert not trip(provider="google", verdict=NO_USER, now=after(0))


def test_all_others_are_stopped_only_by_a_server_that_ends_the_conversation() -> None:
    assert not trip(provider="", verdict=OURS, now=after(0))
    assert trip(provider="", verdict=TOO_FAST, now=after(0))
    assert state(providers=[], now=after(1))[ALL].sentence.startswith("Nobody gets mail until 13:40: ")


def test_a_person_may_let_it_flow_again() -> None:
    trip(provider="google", verdict=TOO_FAST, now=after(0))
    release(provider="google")
    assert connections(1) == 0


def test_of_two_workers_one_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Provider(pk="google")
    trip(provider="google", verdict=TOO_FAST, now=after(0))
    found = Provider.objects.all()
    monkeypatch.setattr(type(found), "get_or_create", lambda *_a, **_k: (before, False))
    assert not trip(provider="google", verdict=TOO_FAST, now=after(0))
