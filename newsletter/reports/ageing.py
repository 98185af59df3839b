"""How long the deliveries of a mailing have waited, per receiving provider (S20): by its beginning, and one bounded look."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsletter.delivery.models import Mailing

LOOKED_AT = 1000
"""So many deliveries whose hour has come, those that wait longest, are looked at, however many there are."""
MEDIAN, TAIL = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Wait:
    """How long those that may leave to one receiving provider have waited."""

    longest: dt.timedelta
    half: dt.timedelta | None
    """Half of them wait for so long or longer (p50); None where there are too many to look at."""
    twentieth: dt.timedelta | None
    """One in twenty waits for so long or longer (p95); None likewise."""


def waits_by_provider(*, mailing: Mailing, providers: Collection[str], now: dt.datetime) -> dict[str, Wait]:
    """How long those have waited that still wait for each of `providers`; whoever has nobody due is not in it.

    A delivery waits from the moment its mailing began, whether it was tried meanwhile or not: exact, and without a query. At
    the readers' local time it waits from its own hour (once tried or handed back: from the moment it may leave again), and
    one query looks at the LOOKED_AT that wait longest: `longest` is exact for whoever is among them, the rest where no more
    are due. Whose hour was over before their row was written, and who is in a worker's hands, is not among these.
    """
    if mailing.wall is None:
        age = max(now - (mailing.started_at or mailing.due_at), dt.timedelta())
        return dict.fromkeys(providers, Wait(age, age, age))
    due = Delivery.objects.filter(mailing=mailing, due_at__lte=now).order_by("due_at")
    rows = list(due.values_list("provider", "due_at")[: LOOKED_AT + 1])
    ages: dict[str, list[dt.timedelta]] = defaultdict(list)
    for provider, moment in rows:
        ages[provider].append(now - (moment or now))
    return {key: _wait(found, exact=len(rows) <= LOOKED_AT) for key, found in ages.items()}


def longer_than(ages: Sequence[dt.timedelta], *, part: float) -> dt.timedelta:
    """The age that `part` (above 0, up to 1) of all `ages`, the longest first, has reached at least. Pure."""
    return ages[math.ceil(part * len(ages)) - 1]


def _wait(ages: Sequence[dt.timedelta], *, exact: bool) -> Wait:
    """Of `ages`, the longest first; `exact`: they are all."""
    half, twentieth = (longer_than(ages, part=part) if exact else None for part in (MEDIAN, TAIL))
    return Wait(ages[0], half, twentieth)
