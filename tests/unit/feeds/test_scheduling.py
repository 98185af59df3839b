from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.feeds.scheduling import LONGEST_WAIT, SHORTEST_WAIT, after_failure, after_success

MINUTE = dt.timedelta(minutes=1)


def test_after_success_it_waits_its_interval_give_or_take_a_tenth() -> None:
    assert [after_success(interval_minutes=60, chance=chance) / MINUTE for chance in (0, 0.5, 1)] == [54, 60, 66]


def test_after_failures_it_waits_twice_as_long_each_time_at_most_a_day() -> None:
    waits = [after_failure(failures=n, retry_after=None, chance=0.5) / MINUTE for n in (1, 2, 3, 4, 7, 8, 1000)]
    assert waits == [15, 30, 60, 120, 960, 1440, 1440]


@pytest.mark.parametrize(("asked", "minutes"), [(0.0, 15), (1200.0, 20), (7200.0, 120), (10.0**9, 1440)])
def test_what_the_server_asks_for_is_heeded_within_a_day_and_never_shortens(asked: float, minutes: int) -> None:
    assert after_failure(failures=1, retry_after=asked, chance=0.5) / MINUTE == minutes


@given(st.integers(1, 10**6), st.none() | st.floats(0, 1e12), st.floats(0, 1))
def test_no_wait_is_shorter_than_five_minutes_or_much_longer_than_a_day(
    failures: int, asked: float | None, chance: float
) -> None:
    wait = after_failure(failures=failures, retry_after=asked, chance=chance)
    assert SHORTEST_WAIT <= wait <= LONGEST_WAIT * 1.1
