"""Windows hold for every day, hour and zone, also when clocks are moved."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.windows import Window, next_open
from newsletter.lib.wall_clock import first_moment

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Europe/Warsaw",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Cairo",
        )
    ]
)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
DAYS = st.frozensets(st.integers(1, 7), min_size=1)
WINDOWS = st.builds(Window, DAYS, TIMES, TIMES, ZONES)
WALLS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2032, 1, 1))  # noqa: DTZ001 (a wall clock has no zone)
MOMENTS = WALLS.map(lambda wall: wall.replace(tzinfo=dt.UTC))
MINUTE = dt.timedelta(minutes=1)


@given(window=WINDOWS, now=MOMENTS)
def test_it_opens_within_a_fortnight_never_in_the_past_and_once_open_it_is_open(
    window: Window, now: dt.datetime
) -> None:
    opening = next_open(window=window, now=now)
    assert now <= opening <= now + dt.timedelta(days=15)
    assert next_open(window=window, now=opening) == opening


@given(window=WINDOWS, now=MOMENTS)
def test_until_it_opens_it_is_closed(window: Window, now: dt.datetime) -> None:
    opening = next_open(window=window, now=now)
    assert next_open(window=window, now=now + (opening - now) / 2) == (
        opening if opening > now else next_open(window=window, now=now)
    )


@given(window=WINDOWS, now=MOMENTS)
def test_while_it_is_open_the_clock_stands_between_its_hours_or_was_moved_just_now(
    window: Window, now: dt.datetime
) -> None:
    local = next_open(window=window, now=now).astimezone(window.zone)
    steady = (local - dt.timedelta(days=1)).utcoffset() == (local + dt.timedelta(days=1)).utcoffset()
    if not steady:
        return
    time, day, yesterday = local.time(), local.isoweekday(), (local - dt.timedelta(days=1)).isoweekday()
    if window.opens < window.closes:
        assert day in window.days
        assert window.opens <= time < window.closes
    else:
        assert (day in window.days and time >= window.opens) or (yesterday in window.days and time < window.closes)


@given(one=WALLS, other=WALLS, zone=ZONES)
def test_a_later_clock_is_never_an_earlier_moment(one: dt.datetime, other: dt.datetime, zone: ZoneInfo) -> None:
    earlier, later = sorted([one, other])
    assert first_moment(wall=earlier, zone=zone) <= first_moment(wall=later, zone=zone)


@given(wall=WALLS, zone=ZONES)
def test_at_that_moment_the_clock_shows_that_time_or_has_jumped_over_it(wall: dt.datetime, zone: ZoneInfo) -> None:
    moment = first_moment(wall=wall, zone=zone)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    assert shown >= wall
    assert (moment - MINUTE).astimezone(zone).replace(tzinfo=None) < wall
