from __future__ import annotations

import datetime as dt

import pytest

from newsletter.reports import pacing
from newsletter.reports.pacing import Left, Line, Pace, Spans

NOW = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC)
STEADY = Pace(10.0, 10.0)


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("began", "within"),
    [(None, Spans(0, 0)), (-0.9, Spans(0, 0)), (-12.5, Spans(12, 0)), (-45, Spans(30, 15)), (-3600, Spans(30, 30))],
)
def test_only_what_lies_within_the_sending_counts(began: float | None, within: Spans) -> None:
    assert pacing.spans(started_at=None if began is None else later(began), now=NOW) == within


def test_a_clock_that_was_set_back_makes_no_negative_span() -> None:
    assert pacing.spans(started_at=later(60), now=NOW) == Spans(0, 0)


def test_a_rate_is_outcomes_by_seconds() -> None:
    assert pacing.pace(lately=300, before=150, within=Spans(30, 30)) == Pace(10.0, 5.0)


def test_too_short_a_time_tells_no_rate() -> None:
    assert pacing.pace(lately=300, before=0, within=Spans(4, 0)) == Pace(None, None)


def test_outcomes_taken_back_are_no_negative_rate() -> None:
    assert pacing.pace(lately=-20, before=0, within=Spans(30, 30)) == Pace(0.0, 0.0)


def test_a_steady_rate_gives_one_answer() -> None:
    assert pacing.left(lines=[Line(600, STEADY)], total=STEADY, now=NOW) == Left(60, 60)


def test_a_rate_that_changed_gives_a_range() -> None:
    changed = Pace(10.0, 5.0)
    assert pacing.left(lines=[Line(600, Pace())], total=changed, now=NOW) == Left(60, 120)


def test_the_slowest_provider_is_the_last_one() -> None:
    lines = [Line(100, Pace(9.0, 9.0)), Line(500, Pace(1.0, 1.0))]
    assert pacing.left(lines=lines, total=STEADY, now=NOW) == Left(60, 500)


@pytest.mark.parametrize("still", [Pace(), Pace(0.0, 0.0), Pace(0.0, 10.0)])
def test_where_nothing_moves_nobody_can_tell(still: Pace) -> None:
    assert pacing.left(lines=[Line(600, still)], total=still, now=NOW) == Left()


def test_a_mailing_that_waits_says_until_when_and_no_length() -> None:
    waits = pacing.left(lines=[Line(600, STEADY)], total=STEADY, now=NOW, waits_until=later(1800))
    assert waits == Left(waits_until=later(1800))


@pytest.mark.parametrize("seconds", [-60, 3])
def test_a_wait_that_is_over_or_momentary_is_none(seconds: float) -> None:
    assert pacing.left(lines=[Line(600, STEADY)], total=STEADY, now=NOW, waits_until=later(seconds)) == Left(60, 60)


def test_a_provider_left_alone_sets_the_earliest_end() -> None:
    lines = [Line(300, STEADY), Line(300, Pace(), later(600)), Line(0, Pace(), later(9000))]
    assert pacing.left(lines=lines, total=STEADY, now=NOW) == Left(60, 60, later(600))


def test_retries_that_come_later_set_the_earliest_end_too() -> None:
    due = (later(20), later(3000))
    assert pacing.left(lines=[Line(600, STEADY)], total=STEADY, now=NOW, due=due) == Left(60, 60, later(3000))
    assert pacing.left(lines=[Line(600, Pace())], total=Pace(), now=NOW, due=due) == Left(not_before=later(3000))


def test_retries_that_are_due_sooner_than_the_rest_change_nothing() -> None:
    due = (later(20), later(40))
    assert pacing.left(lines=[Line(600, STEADY)], total=STEADY, now=NOW, due=due) == Left(60, 60)


def test_with_nothing_but_retries_it_waits_for_the_first_of_them() -> None:
    due = (later(600), later(3000))
    waits = pacing.left(lines=[Line(0, STEADY)], total=STEADY, now=NOW, due=due, ready=False)
    assert waits == Left(waits_until=later(600), not_before=later(3000))


def test_with_retries_that_are_due_now_nobody_can_tell() -> None:
    assert pacing.left(lines=[], total=Pace(), now=NOW, due=(NOW, NOW), ready=False) == Left()


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(0, 0, 0), (0, 7, 0), (6, 7, 85), (199_999, 200_000, 99), (7, 7, 100)]
)
def test_a_hundred_percent_means_all(done: int, total: int, percent: int) -> None:
    assert pacing.percent(done=done, total=total) == percent
