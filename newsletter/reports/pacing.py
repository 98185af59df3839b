"""How fast a mailing moves and how long it may still take: arithmetic on sums, and nothing said where nothing is known. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SPAN = dt.timedelta(seconds=30)
"""A rate is read off the last so many whole seconds; the span before that tells how steady it is."""
LEAST_SECONDS = 5
"""A rate over less than this is told to nobody."""
MOMENTARY = dt.timedelta(seconds=10)
"""A wait up to this is the pace of things, not a stop."""


@dataclass(frozen=True, slots=True)
class Spans:
    """How much of the two spans before now lies within the sending: whole seconds."""

    lately: int
    before: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Outcomes per second in the last span and in the one before; None where there is too little to tell."""

    lately: float | None = None
    before: float | None = None

    @property
    def moving(self) -> list[float]:
        """The rates at which anything moved, the slowest first."""
        return sorted(rate for rate in (self.lately, self.before) if rate)


@dataclass(frozen=True, slots=True)
class Line:
    """What waits for one receiving provider, and how fast it goes there."""

    ready: int
    """Deliveries that wait for nothing but their turn."""
    pace: Pace
    waits_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """How long it may still take. All None where nobody can tell."""

    least: int | None = None
    most: int | None = None
    """Seconds; both or neither."""
    not_before: dt.datetime | None = None
    """It ends later than that in any case: somebody's turn comes only then."""
    waits_until: dt.datetime | None = None
    """Nothing moves before that."""


def spans(*, started_at: dt.datetime | None, now: dt.datetime) -> Spans:
    """What of the two spans counts for a mailing that began at `started_at`."""
    if started_at is None:
        return Spans(0, 0)
    whole, span = max(0, int((now - started_at).total_seconds())), int(SPAN.total_seconds())
    return Spans(min(whole, span), min(max(0, whole - span), span))


def pace(*, lately: int, before: int, within: Spans) -> Pace:
    """The rates for so many outcomes; a correction that takes outcomes back counts as none."""
    return Pace(_rate(lately, within.lately), _rate(before, within.before))


def left(
    *,
    lines: Sequence[Line],
    total: Pace,
    now: dt.datetime,
    waits_until: dt.datetime | None = None,
    due: tuple[dt.datetime, dt.datetime] | None = None,
    ready: bool = True,
) -> Left:
    """How long a mailing that is being sent may take. `due`: the first and the last moment some delivery waits for.

    `ready`: whether any delivery waits for nothing but its turn. The range spans what the two rates and the slowest provider
    say, for a mailing is not over before the last of them.
    """
    first, last = due or (None, None)
    if stop := _later_than(now, waits_until):
        return Left(waits_until=stop)
    if not ready:
        return Left(waits_until=_later_than(now, first), not_before=_later_than(now, last))
    number = sum(line.ready for line in lines)
    stops = [stop for line in lines if line.ready and (stop := _later_than(now, line.waits_until))]
    not_before = max([*stops, *([last] if last and last > now else [])], default=None)
    if not total.lately:
        return Left(not_before=not_before)
    slowest = [line.ready / line.pace.lately for line in lines if line.ready and line.pace.lately]
    least, most = number / total.moving[-1], max([number / total.moving[0], *slowest])
    if not_before and (not_before - now).total_seconds() <= least:
        not_before = None
    return Left(round(least), round(most), not_before)


def percent(*, done: int, total: int) -> int:
    """Rounded down, so that 100 means all; 0 where there is nobody."""
    return 100 * done // total if total else 0


def _rate(number: int, seconds: int) -> float | None:
    return max(0, number) / seconds if seconds >= LEAST_SECONDS else None


def _later_than(now: dt.datetime, moment: dt.datetime | None) -> dt.datetime | None:
    return moment if moment and moment > now + MOMENTARY else None
