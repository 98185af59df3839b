from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from campaigns.calendar import months


@dataclass(frozen=True)
class Lasting:
    first: dt.date
    last: dt.date


def november(first: int, last: int) -> Lasting:
    return Lasting(dt.date(2026, 11, first), dt.date(2026, 11, last))


def test_weeks_begin_on_the_day_they_begin_on_and_leave_other_months_out() -> None:
    weeks = months.weeks_of(2026, 11, first_weekday=0)
    assert weeks[0] == [None] * 6 + [dt.date(2026, 11, 1)]
    assert months.weeks_of(2026, 11, first_weekday=6)[0][0] == dt.date(2026, 11, 1)
    assert [day for week in weeks for day in week if day] == [dt.date(2026, 11, n) for n in range(1, 31)]


def test_a_month_has_its_bounds_and_its_neighbours() -> None:
    assert months.bounds(2028, 2) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert months.beside(2026, 12, by=1) == (2027, 1)
    assert months.beside(2026, 1, by=-1) == (2025, 12)
    assert months.beside(2026, 11, by=18) == (2028, 5)


def test_short_things_lie_on_each_of_their_days_and_long_ones_on_their_ends() -> None:
    short, long = november(10, 12), november(9, 20)
    assert months.on(dt.date(2026, 11, 11), [short, long]) == [short]
    assert months.on(dt.date(2026, 11, 9), [short, long]) == [long]
    assert months.on(dt.date(2026, 11, 20), [short, long]) == [long]
    assert months.on(dt.date(2026, 11, 13), [short, long]) == []
    assert not months.is_long(short)
    assert months.is_long(long)
