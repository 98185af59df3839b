"""delivery.throttling for any order of taking, giving back, pausing and clocks set back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.delivery.throttling import Limit, give_back, hold, take
from newsletter.lib.redis import connection
from tests.peers.clock import moved_by_hand

if TYPE_CHECKING:
    from tests.peers.clock import Clock

HOUR, DAY = 3600.0, 86_400.0
PAUSES = st.one_of(st.floats(0, 0.3), st.floats(0, 120), st.floats(1000, 50_000), st.floats(-5000, 0))
STEPS = st.lists(st.tuples(PAUSES, st.sampled_from("aabbc"), st.integers(1, 60), st.integers(0, 60)), max_size=25)
RATES = st.one_of(st.just(0.0), st.floats(0.05, 300))
NUMBERS = st.one_of(st.just(0), st.integers(1, 200))

pytestmark = pytest.mark.usefixtures("redis_server")


def emptied(patch: pytest.MonkeyPatch) -> Clock:
    connection().flushdb()
    return moved_by_hand(patch)


def most_within(grants: list[tuple[float, int]], seconds: float) -> int:
    """The greatest sum within any half-open window."""
    return max((sum(n for at, n in grants if start <= at < start + seconds) for start, _n in grants), default=0)


@given(STEPS, RATES, NUMBERS, NUMBERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_second_hour_or_day_ever_sees_more_than_its_limit(
    steps: list[tuple[float, str, int, int]], rate: float, hour: int, day: int
) -> None:
    limits = {key: Limit(key, per_second=rate, per_hour=hour, per_day=day) for key in "abc"}
    used: dict[str, list[tuple[float, int]]] = {key: [] for key in limits}
    with pytest.MonkeyPatch.context() as patch:
        clock, true_time = emptied(patch), 0.0
        for pause, key, wanted, unused in steps:
            clock.move(pause)
            true_time += max(pause, 0.0)
            both = [limits[key], limits["c"]] if key != "c" else [limits["c"]]
            granted = take(limits=both, wanted=wanted).granted
            assert granted <= wanted
            back = min(unused, granted)
            give_back(limits=both, number=back)
            for limit in both:
                used[limit.key].append((true_time, granted - back))
    for grants in used.values():
        for seconds, most in ((1.0, -(-rate // 1)), (HOUR, hour), (DAY, day)):
            assert not most or most_within(grants, seconds) <= most


@given(
    st.lists(st.tuples(st.sampled_from("vwxyz"), st.integers(0, 12), st.floats(0, 4)), max_size=40), st.integers(1, 9)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_holders_together_never_hold_more_connections_than_there_are(
    steps: list[tuple[str, int, float]], connections: int
) -> None:
    limit, ends, told = Limit("p", connections=connections), dict.fromkeys("vwxyz", 0.0), dict.fromkeys("vwxyz", (0, 0))
    with pytest.MonkeyPatch.context() as patch:
        clock = emptied(patch)
        for holder, wanted, pause in steps:
            clock.move(pause)
            now = hold(limit=limit, holder=holder, wanted=wanted, seconds=10)
            alive = ends[holder] > clock.now
            told[holder] = (now, told[holder][0] if alive and wanted else 0)
            ends[holder] = clock.now + 10 if wanted else 0.0
            assert now <= wanted
            open_now = sum(max(told[each]) for each in told if ends[each] > clock.now)
            assert open_now <= connections
