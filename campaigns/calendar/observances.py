"""Observances: what is marked when, nationally and in the world, and on which days that falls (standards 6.4). Pure.

    by_key("safer-internet-day")                       the observance, or None
    occurrences(dt.date(2027, 2, 1), dt.date(2027, 2, 28))   Safer Internet Day on 2027-02-09

The facts are data: observances.yaml beside this module.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import get_language

from campaigns.calendar.dates import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from campaigns.calendar.dates import Rule

FILE = Path(__file__).with_name("observances.yaml")
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years the calendar reaches to; outside of them nothing is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observance:
    """Something marked every year. `names` and `discreet` map language codes to words; `country` is empty for all."""

    key: str
    rule: Rule
    names: Mapping[str, str]
    discreet: Mapping[str, str]
    topics: tuple[str, ...]
    country: str
    organiser: str
    url: str
    since: int | None
    changed_at: dt.datetime
    """When its facts were last changed (aware)."""
    own: int | None = None
    """The row's id where staff entered it themselves."""

    def name(self, language: str = "") -> str:
        """Its name in `language` (the active one where empty), else in any."""
        return _in(self.names, language) or self.key

    def discreet_name(self, language: str = "") -> str:
        """What may stand on a screen that others see (G3)."""
        return _in(self.discreet, language) or self.name(language)

    def __str__(self) -> str:
        return self.name()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An observance in one year: from `first` to `last`, both included. `year` is the rule's, also over New Year."""

    observance: Observance
    year: int
    first: dt.date
    last: dt.date

    @property
    def mark(self) -> str:
        """Names it among all others: `safer-internet-day:2027`."""
        return f"{self.observance.key}:{self.year}"

    @property
    def days(self) -> int:
        """How many it lasts."""
        return (self.last - self.first).days + 1


def all_observances() -> tuple[Observance, ...]:
    """Those of the data file, in its order: that of the year."""
    return _read().observances


def by_key(key: str) -> Observance | None:
    """The observance of the data file under `key`; None for a key nobody knows."""
    return next((each for each in all_observances() if each.key == key), None)


def occurrences(first: dt.date, last: dt.date, *, among: Iterable[Observance] | None = None) -> list[Occurrence]:
    """What falls wholly or partly between `first` and `last` (both included), by first day; of `among`, or of all."""
    years = range(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR) + 1)
    observances = all_observances() if among is None else among
    found = (occurrence_in(each, year) for each in observances for year in years)
    inside = [one for one in found if one and one.first <= last and one.last >= first]
    return sorted(inside, key=lambda one: (one.first, one.last, one.observance.key))


def occurrence_in(observance: Observance, year: int) -> Occurrence | None:
    """The observance in `year`; None before its first year, where that year has no such day, or beyond the calendar."""
    if not max(observance.since or FIRST_YEAR, FIRST_YEAR) <= year <= LAST_YEAR:
        return None
    days = observance.rule.in_year(year)
    return Occurrence(observance, year, days.first, days.last) if days else None


def next_of(observance: Observance, *, today: dt.date, most: int) -> list[Occurrence]:
    """The next `most` occurrences that are not over on `today`; fewer where it comes in leap years only."""
    years = range(today.year - 1, min(today.year + 2 * most, LAST_YEAR) + 1)
    found = (occurrence_in(observance, year) for year in years)
    return [one for one in found if one and one.last >= today][:most]


def topic_names(language: str = "") -> dict[str, str]:
    """What the topics of the data file are called; keys are the slugs of content's topics."""
    return {slug: _in(names, language) for slug, names in _read().topics.items()}


@dataclass(frozen=True, slots=True)
class _Data:
    topics: dict[str, dict[str, str]]
    observances: tuple[Observance, ...]


@functools.cache
def _read() -> _Data:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    revised = dt.datetime.combine(data["revised"], dt.time(), dt.UTC)
    rows = tuple(_observance(key, row, revised) for key, row in data["observances"].items())
    return _Data(topics=data["topics"], observances=rows)


def _observance(key: str, row: Mapping[str, Any], revised: dt.datetime) -> Observance:
    return Observance(
        key=key,
        rule=parse(row["rule"]),
        names=row["name"],
        discreet=row.get("discreet", {}),
        topics=tuple(row["topics"]),
        country=row.get("country", ""),
        organiser=row["organiser"],
        url=row["url"],
        since=row.get("since"),
        changed_at=revised,
    )


def _in(words: Mapping[str, str], language: str) -> str:
    wanted = language or get_language() or ""
    return words.get(wanted) or next(iter(words.values()), "")
