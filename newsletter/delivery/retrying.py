"""When a delivery is tried again (S2, S12). Pure: the clock and the dice are handed in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FIRST = dt.timedelta(minutes=10)
CAP = dt.timedelta(hours=4)
GIVE_UP = dt.timedelta(days=3)
"""RFC 5321 4.5.4.1 asks days; news is no longer news after three."""


def next_due(*, attempts: int, launched: dt.datetime, now: dt.datetime, rng: random.Random) -> dt.datetime | None:
    """When to try again after `attempts` tries (1 or more): 10 minutes, doubling up to 4 hours, each 0.75 to 1.5 times.

    None where that would be more than three days after `launched`: then it has failed for good.
    """
    wait = min(FIRST * 2 ** min(attempts - 1, 10), CAP) * rng.uniform(0.75, 1.5)
    due = now + wait
    return due if due - launched <= GIVE_UP else None
