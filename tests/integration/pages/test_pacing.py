"""pages.pacing: how long an answer takes says nothing about an address (X3)."""

from __future__ import annotations

import time

import pytest

from newsletter.pages.pacing import evenly


def taken(work: float) -> float:
    began = time.monotonic()
    with evenly(seconds=0.05):
        time.sleep(work)
    return time.monotonic() - began


def test_little_work_and_more_work_take_the_same_time() -> None:
    assert taken(0.0) >= 0.05
    assert taken(0.02) >= 0.05
    assert abs(min(taken(0.0) for _again in range(5)) - min(taken(0.02) for _again in range(5))) < 0.005


def test_an_error_takes_as_long_and_stays_an_error() -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError), evenly(seconds=0.05):
        raise ZeroDivisionError
    assert time.monotonic() - began >= 0.05
