"""delivery.windows: when a newsletter may be sent, by its own clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from newsletter.delivery.windows import EVERY_DAY, Window, next_open, window_of
from newsletter.editions.models import Newsletter

WARSAW = ZoneInfo("Europe/Warsaw")
WEEKDAYS = frozenset(range(1, 6))
OFFICE = Window(WEEKDAYS, dt.time(8), dt.time(18), WARSAW)


def opens(window: Window, now: str) -> str:
    moment = next_open(window=window, now=dt.datetime.fromisoformat(now).replace(tzinfo=window.zone))
    return moment.astimezone(window.zone).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-24T07:59", "Tue 24 08:00"),
        ("2026-11-24T08:00", "Tue 24 08:00"),
        ("2026-11-24T12:34", "Tue 24 12:34"),
        ("2026-11-24T18:00", "Wed 25 08:00"),
        ("2026-11-27T18:00", "Mon 30 08:00"),
        ("2026-11-28T12:00", "Mon 30 08:00"),
        ("2026-11-29T23:59", "Mon 30 08:00"),
    ],
)
def test_weekdays_from_eight_to_eighteen(now: str, opening: str) -> None:
    assert opens(OFFICE, now) == opening


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-27T21:00", "Fri 27 22:00"),
        ("2026-11-27T23:00", "Fri 27 23:00"),
        ("2026-11-28T05:59", "Sat 28 05:59"),
        ("2026-11-28T06:00", "Fri 04 22:00"),
        ("2026-11-27T05:00", "Fri 27 22:00"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(now: str, opening: str) -> None:
    assert opens(Window(frozenset({5}), dt.time(22), dt.time(6), WARSAW), now) == opening


def test_equal_hours_are_a_whole_day() -> None:
    friday = Window(frozenset({5}), dt.time(), dt.time(), WARSAW)
    assert opens(friday, "2026-11-27T23:59") == "Fri 27 23:59"
    assert opens(friday, "2026-11-28T00:00") == "Fri 04 00:00"


def test_when_clocks_are_put_forward_it_opens_with_the_jump_and_closes_by_the_new_clock() -> None:
    early = Window(frozenset({7}), dt.time(2, 30), dt.time(3, 15), WARSAW)
    assert opens(early, "2027-03-28T01:59") == "Sun 28 03:00"
    assert opens(early, "2027-03-28T03:15") == "Sun 04 02:30"


def test_a_window_that_the_clocks_skip_opens_a_week_later() -> None:
    assert opens(Window(frozenset({7}), dt.time(2, 15), dt.time(2, 45), WARSAW), "2027-03-28T00:00") == "Sun 04 02:15"


def test_when_clocks_are_put_back_an_hour_is_not_sent_in_twice() -> None:
    early = Window(EVERY_DAY, dt.time(1), dt.time(2, 30), WARSAW)
    again = dt.datetime(2026, 10, 25, 2, 15, tzinfo=WARSAW, fold=1)
    assert next_open(window=early, now=again).astimezone(WARSAW).day == 26


def newsletter(**facts: object) -> Newsletter:
    return Newsletter(**{"window_days": [], **facts})


def test_a_newsletter_without_hours_may_go_at_any_time() -> None:
    assert window_of(newsletter=newsletter()) is None


def test_days_without_hours_are_whole_days_in_the_sites_zone() -> None:
    assert window_of(newsletter=newsletter(window_days=[6, 7])) == Window(
        frozenset({6, 7}), dt.time(), dt.time(), WARSAW
    )


def test_hours_without_days_are_every_days_in_the_newsletters_zone() -> None:
    hours = newsletter(window_from=dt.time(8), window_to=dt.time(18), time_zone="America/New_York")
    assert window_of(newsletter=hours) == Window(EVERY_DAY, dt.time(8), dt.time(18), ZoneInfo("America/New_York"))
