"""The days of a month in weeks, and what lies on each. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

LONG = 4
"""A span of so many days or more is told once, above the weeks, and not on each of its days."""


class Lasting(Protocol):
    """Anything with a first and a last day."""

    @property
    def first(self) -> dt.date: ...  # noqa: D102 (the class says it)

    @property
    def last(self) -> dt.date: ...  # noqa: D102 (the class says it)


Thing = TypeVar("Thing", bound=Lasting)


def weeks_of(year: int, month: int, *, first_weekday: int) -> list[list[dt.date | None]]:
    """The weeks of a month, from `first_weekday` (0 is Monday) on; None for a day of another month."""
    rows = calendar.Calendar(first_weekday).monthdayscalendar(year, month)
    return [[dt.date(year, month, day) if day else None for day in row] for row in rows]


def bounds(year: int, month: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def beside(year: int, month: int, *, by: int) -> tuple[int, int]:
    """The month `by` months later, or earlier where it is negative, as (year, month)."""
    months = year * 12 + month - 1 + by
    return months // 12, months % 12 + 1


def is_long(thing: Lasting) -> bool:
    """Whether it is told once rather than day by day."""
    return (thing.last - thing.first).days + 1 >= LONG


def on(day: dt.date, things: Iterable[Thing]) -> list[Thing]:
    """What lies on `day`: short things on each of their days, long ones on their first and last alone."""
    return [one for one in things if (day in (one.first, one.last) if is_long(one) else one.first <= day <= one.last)]
