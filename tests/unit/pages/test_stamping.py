"""pages.stamping: people need a moment, robots do not."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.pages.stamping import Pace, pace_of, stamp, stamp_again

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "pace"),
    [(0, Pace.TOO_QUICK), (1.9, Pace.TOO_QUICK), (2, Pace.HUMAN), (86_000, Pace.HUMAN), (87_000, Pace.TOO_OLD)],
)
def test_pace_is_measured_from_the_stamp(seconds: float, pace: Pace) -> None:
    assert pace_of(stamp(now=NOON), now=NOON + dt.timedelta(seconds=seconds)) is pace


@pytest.mark.parametrize("forged", ["", "x", "1700000000000", "1700000000000:abc", "x" * 9999, "\0", "ż"])
def test_a_stamp_that_is_not_ours_counts_as_too_old(forged: str) -> None:
    assert pace_of(forged, now=NOON) is Pace.TOO_OLD


def test_a_stamp_for_one_purpose_is_no_good_for_another() -> None:
    assert pace_of(stamp(now=NOON), now=NOON, purpose="undo") is Pace.TOO_OLD


def test_somebody_quick_keeps_the_stamp_and_somebody_late_gets_a_fresh_one_that_works_at_once() -> None:
    early = stamp(now=NOON)
    assert stamp_again(early, now=NOON) == early
    late = NOON + dt.timedelta(days=3)
    assert pace_of(stamp_again(early, now=late), now=late) is Pace.HUMAN
