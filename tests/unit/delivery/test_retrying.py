"""delivery.retrying: later and later, never at the same moment, and not for ever (S2)."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from newsletter.delivery.retrying import next_due

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (jitter, not a secret)


def wait_after(attempts: int, seed: int = 1) -> dt.timedelta:
    due = next_due(attempts=attempts, launched=NOON, now=NOON, rng=dice(seed))
    assert due is not None
    return due - NOON


@pytest.mark.parametrize("seed", range(20))
def test_the_first_wait_outlasts_greylisting_and_is_at_most_half_an_hour_s12(seed: int) -> None:
    assert dt.timedelta(minutes=5) < wait_after(1, seed) <= dt.timedelta(minutes=30)


def test_waits_grow_up_to_about_four_hours() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] <= dt.timedelta(hours=6)


def test_two_readers_are_not_tried_in_the_same_moment() -> None:
    assert wait_after(1, 1) != wait_after(1, 2)


def test_after_three_days_news_is_no_longer_news() -> None:
    late = NOON + dt.timedelta(days=3)
    assert next_due(attempts=20, launched=NOON, now=late, rng=dice(1)) is None
