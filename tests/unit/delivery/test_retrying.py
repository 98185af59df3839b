"""delivery.retrying: later and later, never at the same moment, and not for ever (S2)."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest

from newsletter.delivery.retrying import next_due

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
GREYLISTED = dt.timedelta(minutes=5)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (jitter, not a secret)


def wait_after(attempts: int, seed: int = 1) -> dt.timedelta:
    due = next_due(attempts=attempts, now=NOON, rng=dice(seed))
    assert due is not None
    return due - NOON


@pytest.mark.parametrize("seed", range(20))
def test_the_first_wait_outlasts_greylisting_and_is_at_most_half_an_hour_s12(seed: int) -> None:
    assert GREYLISTED < wait_after(1, seed) <= dt.timedelta(minutes=30)


def test_waits_grow_up_to_four_hours_and_not_beyond() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 12)]
    assert waits == sorted(waits)
    assert max(wait_after(20, seed) for seed in range(200)) <= dt.timedelta(hours=4)


def test_two_readers_are_not_tried_in_the_same_moment() -> None:
    assert wait_after(1, 1) != wait_after(1, 2)
    assert wait_after(15, 1) != wait_after(15, 2)


@pytest.mark.parametrize("seed", range(5))
def test_somebody_whose_server_always_says_later_is_given_up_after_two_to_five_days_s2(seed: int) -> None:
    rng, now = dice(seed), NOON
    for attempts in itertools.count(1):
        due = next_due(attempts=attempts, now=now, rng=rng)
        if due is None:
            break
        now = due
    assert dt.timedelta(days=2) <= now - NOON <= dt.timedelta(days=5)


def test_whose_mailing_was_paused_for_a_week_is_not_given_up_at_the_first_try() -> None:
    assert next_due(attempts=1, now=NOON + dt.timedelta(days=7), rng=dice(1)) is not None


def test_no_try_comes_after_the_news_has_expired() -> None:
    assert next_due(attempts=1, now=NOON, rng=dice(1), until=NOON + GREYLISTED) is None
    assert next_due(attempts=1, now=NOON, rng=dice(1), until=NOON + dt.timedelta(hours=1)) is not None
