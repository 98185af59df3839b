"""When beat runs what comes every few seconds."""

from __future__ import annotations

import datetime as dt

from newsletter.celery import Every

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def every_three_seconds() -> Every:
    return Every(3.0, nowfun=lambda: NOON)


def test_it_is_due_once_its_seconds_are_over() -> None:
    assert every_three_seconds().is_due(NOON - dt.timedelta(seconds=4)).is_due
    assert not every_three_seconds().is_due(NOON - dt.timedelta(seconds=1)).is_due


def test_after_the_clock_was_set_back_it_is_due_at_once_and_not_in_an_hour() -> None:
    assert every_three_seconds().is_due(NOON + HOUR) == (True, 3.0)
