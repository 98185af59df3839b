"""delivery.warming: never more than a doubling of what last left (B7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.warming import quiet_seconds, share


@dataclass
class Plan:
    first_day: int = 200
    factor: Decimal = Decimal("1.5")
    until_per_day: int = 1000


def test_each_day_grows_by_the_factor_until_it_is_over() -> None:
    days: list[int | None] = [share(plan=Plan(), last=None)]
    while days[-1] is not None:
        days.append(share(plan=Plan(), last=days[-1]))
    assert days == [200, 300, 450, 675, 1000, None]


def test_a_day_with_little_mail_grows_from_the_first_day_again() -> None:
    assert share(plan=Plan(), last=7) == 200


PLANS = st.builds(Plan, st.integers(10, 5000), st.decimals("1.1", "9", places=2), st.integers(10, 100_000))


@given(PLANS, st.one_of(st.none(), st.integers(1, 200_000)))
def test_it_is_never_more_than_the_first_day_or_the_double_of_the_last(plan: Plan, last: int | None) -> None:
    today = share(plan=plan, last=last)
    if today is None:
        assert last is not None
        assert last >= plan.until_per_day
    else:
        assert 0 < today <= min(plan.until_per_day, max(plan.first_day, 2 * (last or 0)))


@pytest.mark.parametrize(("minute", "second", "wait"), [(0, 0, 300), (4, 30, 30), (5, 0, 0), (59, 59, 0)])
def test_nothing_leaves_about_the_full_hour(minute: int, second: int, wait: int) -> None:
    assert quiet_seconds(now=dt.datetime(2026, 11, 23, 12, minute, second, tzinfo=dt.UTC)) == wait
