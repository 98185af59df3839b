"""When a delivery is tried again (S2, S12). Pure: the clock and the dice are handed in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FIRST = dt.timedelta(minutes=10)
CAP = dt.timedelta(hours=4)
"""No wait is longer (S2)."""
EARLIEST, LATEST = 0.75, 1.5
"""Each wait is so many times its own length: a thousand readers put off in one second do not come back in one second."""
GIVE_UP = dt.timedelta(days=3)
"""Of trying. RFC 5321 4.5.4.1 asks days; news is no longer news after three."""


def next_due(
    *, attempts: int, now: dt.datetime, rng: random.Random, until: dt.datetime | None = None
) -> dt.datetime | None:
    """When to try again after `attempts` tries (1 or more): 10 minutes, doubling, each 0.75 to 1.5 times, at most 4 hours.

    None, for good, after three days of trying (2 to 5 by the clock), or where the next try would come after `until`, when
    it is no longer news. Trying is counted in tries: somebody whose mailing was paused for a week is not given up unheard.
    """
    wait = _wait(attempts)
    if sum(map(_wait, range(1, attempts)), dt.timedelta()) + wait > GIVE_UP:
        return None
    due = now + wait * rng.uniform(EARLIEST, LATEST)
    return due if until is None or due <= until else None


def _wait(attempts: int) -> dt.timedelta:
    return min(FIRST * float(2 ** min(attempts - 1, 10)), CAP / LATEST)
