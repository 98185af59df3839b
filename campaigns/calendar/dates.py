"""The closed grammar in which the date of an observance is written. Pure; nothing here knows what day it is.

    day    = NUMBER MONTH                                   28 January
           | NTH WEEKDAY "of" MONTH                         first Thursday of May (first … fourth, last)
           | WEEKDAY "in" fixed " – " fixed                 Tuesday in 5 February – 11 February (seven days)
           | ("day" | NUMBER "days") "after" day            day after fourth Thursday of November
    rule   = day
           | fixed " – " fixed                              25 November – 10 December
           | "week from" WEEKDAY "holding" day              week from Sunday holding 17 November

A rule written with `str` reads back as itself.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TypeAlias

MONTHS = tuple(
    calendar.month_name
)  # 1 is January; Python speaks English unless somebody sets a locale, and nobody does
WEEKDAYS = tuple(calendar.day_name)
"""0 is Monday, as `datetime.date.weekday` counts."""
NTHS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
WEEK = 7
COMMON, LEAP = 2023, 2024
DAY_WORDS = re.compile(r"(\d{1,2}) ([A-Z][a-z]+)")
NTH_WORDS = re.compile(r"([a-z]+) ([A-Z][a-z]+) of ([A-Z][a-z]+)")
WITHIN_WORDS = re.compile(r"([A-Z][a-z]+) in (.+) – (.+)")
AFTER_WORDS = re.compile(r"(?:day|(\d{1,3}) days) after (.+)")
WEEK_WORDS = re.compile(r"week from ([A-Z][a-z]+) holding (.+)")


class RuleError(ValueError):
    """A rule that cannot stand.

    RuleError
    ├── UnreadableRuleError   the words are not of this grammar
    ├── NeverError            a day that no year has: 31 February
    └── NotSevenDaysError     a range in which a weekday comes twice, or not every year
    """


class UnreadableRuleError(RuleError):
    """`words` follow no form of the grammar."""

    def __init__(self, words: str) -> None:
        super().__init__(f"no rule: {words!r}")
        self.words = words


class NeverError(RuleError):
    """Month `month` (1-12) never has a day `day`."""

    def __init__(self, *, day: int, month: int) -> None:
        super().__init__(f"{day} {MONTHS[month]} never comes")
        self.day, self.month = day, month


class NotSevenDaysError(RuleError):
    """The range holds another number of days than seven, at least in some years."""


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included; the same for a single day."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same day of the same month; 29 February only in leap years.

    Raises:
        NeverError: no year has it.
    """

    day: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.day <= calendar.monthrange(LEAP, self.month)[1]:
            raise NeverError(day=self.day, month=self.month)

    def __str__(self) -> str:
        return f"{self.day} {MONTHS[self.month]}"

    def in_year(self, year: int) -> Days | None:
        """The day in `year`; None where that year has none."""
        if self.day > calendar.monthrange(year, self.month)[1]:
            return None
        return _single(dt.date(year, self.month, self.day))

    def at_the_latest(self, year: int) -> dt.date:
        """As an end of a range: 29 February is the last day of February in any year."""
        return dt.date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))


@dataclass(frozen=True, slots=True)
class Nth:
    """The first, second, third, fourth or last (-1) weekday (0 is Monday) of a month."""

    nth: int
    weekday: int
    month: int

    def __str__(self) -> str:
        return f"{NTHS[self.nth]} {WEEKDAYS[self.weekday]} of {MONTHS[self.month]}"

    def in_year(self, year: int) -> Days:
        """The day in `year`; there always is one."""
        start = dt.date(year, self.month, 1)
        if self.nth < 0:
            end = start.replace(day=calendar.monthrange(year, self.month)[1])
            return _single(end - dt.timedelta(days=(end.weekday() - self.weekday) % WEEK))
        return _single(_on_or_after(start, self.weekday) + dt.timedelta(weeks=self.nth - 1))


@dataclass(frozen=True, slots=True)
class Within:
    """The one `weekday` (0 is Monday) in seven days from `first` to `last`.

    Raises:
        NotSevenDaysError: the range is shorter or longer, in common or in leap years.
    """

    weekday: int
    first: Fixed
    last: Fixed

    def __post_init__(self) -> None:
        if any(_length(_between(self.first, self.last, year)) != WEEK for year in (COMMON, LEAP)):
            raise NotSevenDaysError

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} in {self.first} – {self.last}"

    def in_year(self, year: int) -> Days:
        """The day of the range that begins in `year`."""
        return _single(_on_or_after(self.first.at_the_latest(year), self.weekday))


@dataclass(frozen=True, slots=True)
class After:
    """So many days (1 to 366) after another day."""

    days: int
    base: Day

    def __str__(self) -> str:
        return f"{'day' if self.days == 1 else f'{self.days} days'} after {self.base}"

    def in_year(self, year: int) -> Days | None:
        """The day counted from the base of `year`, so it may lie in the next one; None where the base does not come."""
        base = self.base.in_year(year)
        return base and _single(base.first + dt.timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, over the end of the year where the last comes before the first."""

    first: Fixed
    last: Fixed

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"

    def in_year(self, year: int) -> Days:
        """The days of the span that begins in `year`."""
        return _between(self.first, self.last, year)


@dataclass(frozen=True, slots=True)
class Week:
    """The seven days from a `weekday` (0 is Monday) on that hold another day."""

    weekday: int
    holding: Day

    def __str__(self) -> str:
        return f"week from {WEEKDAYS[self.weekday]} holding {self.holding}"

    def in_year(self, year: int) -> Days | None:
        """The week around the day of `year`; None where that day does not come."""
        held = self.holding.in_year(year)
        if held is None:
            return None
        first = held.first - dt.timedelta(days=(held.first.weekday() - self.weekday) % WEEK)
        return Days(first, first + dt.timedelta(days=WEEK - 1))


Day: TypeAlias = "Fixed | Nth | Within | After"
Rule: TypeAlias = "Day | Span | Week"


def parse(words: str) -> Rule:
    """The rule that `words` write.

    Raises:
        UnreadableRuleError, NeverError, NotSevenDaysError: see each.
    """
    if found := WEEK_WORDS.fullmatch(words):
        return Week(_weekday(found[1], words), _day(found[2]))
    first, dash, last = words.partition(" – ")
    if dash and DAY_WORDS.fullmatch(first):
        return Span(_fixed(first), _fixed(last))
    return _day(words)


def _day(words: str) -> Day:
    if found := AFTER_WORDS.fullmatch(words):
        return After(int(found[1] or 1), _day(found[2]))
    if found := WITHIN_WORDS.fullmatch(words):
        return Within(_weekday(found[1], words), _fixed(found[2]), _fixed(found[3]))
    if found := NTH_WORDS.fullmatch(words):
        nth = {name: number for number, name in NTHS.items()}.get(found[1])
        if nth is None:
            raise UnreadableRuleError(words)
        return Nth(nth, _weekday(found[2], words), _month(found[3], words))
    return _fixed(words)


def _fixed(words: str) -> Fixed:
    found = DAY_WORDS.fullmatch(words)
    if not found:
        raise UnreadableRuleError(words)
    return Fixed(int(found[1]), _month(found[2], words))


def _weekday(name: str, words: str) -> int:
    if name not in WEEKDAYS:
        raise UnreadableRuleError(words)
    return WEEKDAYS.index(name)


def _month(name: str, words: str) -> int:
    if name not in MONTHS[1:]:
        raise UnreadableRuleError(words)
    return MONTHS.index(name)


def _between(first: Fixed, last: Fixed, year: int) -> Days:
    start, end = first.at_the_latest(year), last.at_the_latest(year)
    return Days(start, end if end >= start else last.at_the_latest(year + 1))


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1


def _on_or_after(day: dt.date, weekday: int) -> dt.date:
    return day + dt.timedelta(days=(weekday - day.weekday()) % WEEK)


def _single(day: dt.date) -> Days:
    return Days(day, day)
