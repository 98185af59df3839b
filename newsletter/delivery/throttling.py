"""Exact limits in Redis, shared by all workers on all hosts, taken in handfuls (S11).

Per limit:

- *per second*: a bucket that fills continuously and holds a quarter of a second's worth (at least one), so that mail flows
  evenly; and never more than the limit, rounded up, within any second.
- *per hour, per day*: never more than the limit within any 3,600 or 86,400 seconds, whenever they begin.
- *connections*: slots held under leases; whoever goes silent loses them.

"Never" is meant: a window counts in slots (10 ms, 30 s, 10 min) and forgets a slot only when all of it has left the window.
The price is that at most 1 % of the limit is left unused, never that it is exceeded. Tokens given back are taken off
the oldest slots, which can only make the count stricter; give them back within the hour.

The time is Redis's own; where its clock is set back, a limit goes on from where it was. When Redis was emptied, the seconds
begin anew, holders keep at most the connections that they had until all have said so, and the hours and days are counted again
from the rows where the caller says how (`recount`); what was in workers' hands then, at most a handful each, is not counted.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import redis

from newsletter.delivery.buckets import GIVE_BACK, HOLD, SEED, TAKE
from newsletter.lib.redis import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis.commands.core import Script

PREFIX = "wici:{flow}:"
"""The braces keep all limits on one node of a Redis cluster: one script reads several at once."""
UNKNOWN = -1


class LimitsAwayError(Exception):
    """Redis does not answer: nobody knows how much has left already, so nothing may leave now."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What may flow under one key: "server:main", "provider:google", "newsletter:3". 0 is no limit."""

    key: str
    per_second: float = 0
    per_hour: int = 0
    per_day: int = 0
    connections: int = 0

    @property
    def counts(self) -> bool:
        """Whether messages are counted at all."""
        return bool(self.per_second or self.per_hour or self.per_day)


@dataclass(frozen=True, slots=True)
class Handful:
    """So many tokens are yours."""

    granted: int
    wait: float = 0.0
    """Seconds until asking again is worth it; 0 where something was granted."""
    key: str = ""
    """Which limit gave less than was wanted; empty where none did."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What left before, as pairs of age in seconds (rounded down) and number, oldest first."""

    hour: Sequence[tuple[int, int]] = ()
    day: Sequence[tuple[int, int]] = ()


def take(*, limits: Sequence[Limit], wanted: int, recount: Callable[[Limit], Counts] | None = None) -> Handful:
    """Take the same number of tokens, at most `wanted`, from all of `limits` at once: as many as the tightest has.

    `recount` says what left in the last hour and day, and is asked only where Redis does not know (any more).

    Raises:
        LimitsAwayError: nothing was taken.
    """
    limits = [limit for limit in limits if limit.counts]
    if not limits or wanted <= 0:
        return Handful(max(wanted, 0))
    while True:
        granted, wait, tightest = _run(TAKE, limits, wanted, int(recount is not None))
        if granted != UNKNOWN or recount is None:
            return Handful(granted, wait / 1_000_000, limits[tightest - 1].key if tightest else "")
        _seed(limits[tightest - 1], recount)


def give_back(*, limits: Sequence[Limit], number: int) -> None:
    """Return `number` unused tokens to each of `limits`.

    Raises:
        LimitsAwayError: they stay taken.
    """
    limits = [limit for limit in limits if limit.counts]
    if limits and number > 0:
        _run(GIVE_BACK, limits, number, 0)


def hold(*, limit: Limit, holder: str, wanted: int, seconds: float, still_open: int | None = None, had: int = 0) -> int:
    """How many connections `holder` may use from now on and for `seconds`; asking again renews, asking for none lets go.

    They are shared fairly among all who ask: a holder may be told a smaller number than before. What it is told less goes to
    the others only when it asks the next time, so that it can close connections first; who says how many are `still_open`
    keeps these from the others as long as it says so. Who says how many it `had` up to now is believed where Redis forgot
    that: then nobody is told more than they had, until all have had the time to say so.

    Raises:
        LimitsAwayError: nobody knows.
    """
    if not limit.connections:
        return wanted
    keys = [f"{PREFIX}{limit.key}:{name}" for name in ("leases", "held", "forgotten")]
    open_ones = "" if still_open is None else still_open
    return int(_call(HOLD, keys, [limit.connections, holder, wanted, int(seconds * 1_000_000), open_ones, had]))


def let_go(*, limit: Limit, holder: str) -> None:
    """Let all connections of `holder` go.

    Raises:
        LimitsAwayError: they end with their lease.
    """
    hold(limit=limit, holder=holder, wanted=0, seconds=0)


def _seed(limit: Limit, recount: Callable[[Limit], Counts]) -> None:
    counts = recount(limit)
    pairs = [part for window in (counts.hour, counts.day) for pair in window for part in pair]
    _call(SEED, _keys(limit), [len(counts.hour), len(counts.day), *pairs])


def _run(script: str, limits: Sequence[Limit], number: int, flag: int) -> tuple[int, int, int]:
    keys = [key for limit in limits for key in _keys(limit)]
    facts = [fact for limit in limits for fact in (limit.per_second, limit.per_hour, limit.per_day)]
    granted, wait, tightest = _call(script, keys, [number, flag, *facts])
    return granted, wait, tightest


def _keys(limit: Limit) -> list[str]:
    key = f"{PREFIX}{limit.key}"
    return [key, f"{key}:second", f"{key}:hour", f"{key}:day"]


def _call(script: str, keys: list[str], words: Sequence[str | float]) -> Any:
    try:
        return _script(script)(keys, words, client=connection())
    except redis.RedisError as error:
        raise LimitsAwayError from error


@functools.lru_cache(maxsize=16)
def _script(text: str) -> Script:
    """Called by its hash; sent whole where Redis does not know it (any more)."""
    return connection().register_script(text)
