"""When a feed is looked at next: after its interval; after failures later and later; when the server said so. Pure."""

from __future__ import annotations

import datetime as dt

FIRST_RETRY = dt.timedelta(minutes=15)
LONGEST_WAIT = dt.timedelta(hours=24)
SHORTEST_WAIT = dt.timedelta(minutes=5)
"""What a server asks for by Retry-After is heeded between these two."""
JITTER = 0.1
"""Share of a wait by which it is longer or shorter, so that feeds do not all come at the full hour."""
MOST_DOUBLINGS = 10


def after_success(*, interval_minutes: int, chance: float) -> dt.timedelta:
    """How long to wait after an answer. `chance` is any number from 0 to 1."""
    return _spread(dt.timedelta(minutes=interval_minutes), chance)


def after_failure(*, failures: int, retry_after: float | None, chance: float) -> dt.timedelta:
    """How long to wait after the `failures`th failure in a row (from 1): 15 minutes, doubled each time, at most a day.

    `retry_after` (seconds) prolongs it as far as a day; it never shortens it. `chance` is any number from 0 to 1.
    """
    backed_off = min(FIRST_RETRY * 2 ** min(failures - 1, MOST_DOUBLINGS), LONGEST_WAIT)
    wait = _spread(backed_off, chance)
    if retry_after is None:
        return wait
    asked = dt.timedelta(seconds=min(retry_after, LONGEST_WAIT.total_seconds()))
    return max(wait, asked, SHORTEST_WAIT)


def _spread(wait: dt.timedelta, chance: float) -> dt.timedelta:
    return wait * (1 - JITTER + 2 * JITTER * chance)
