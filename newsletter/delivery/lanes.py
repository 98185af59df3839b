"""Who goes first. Two notes in Redis, both short-lived: which urgent mailings can move, and whose nudges are in the queue.

Neither is needed for mail to leave: without Redis nobody gives way, and every nudge is sent.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from redis import RedisError

from newsletter.delivery.models import Lane, Mailing
from newsletter.lib.redis import connection

if TYPE_CHECKING:
    from collections.abc import Collection

URGENT = "wici:{lanes}:urgent"
NUDGED = "wici:{lanes}:nudged"
"""Ids of mailings, each with the moment (of Redis's clock, in seconds) up to which the note counts."""
URGENT_SECONDS = 15
"""The sweep says it anew every few seconds; if sweeps end, normal mailings are not held up for long."""
NUDGED_SECONDS = 10
"""A nudge that was lost is made good by the first sweep after this."""
LOOK_SECONDS = 0.25
NOTE = """
local now = tonumber(redis.call('TIME')[1])
local there = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local counts = there > now and there <= now + ARGV[2]
if ARGV[3] == 'renew' or not counts then redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
redis.call('EXPIRE', KEYS[1], 60)
return counts and 1 or 0
"""
"""Whether the note counted already; it does now. One that counts for longer is from before Redis's clock was set back."""
SEE = """
local now = redis.call('TIME')[1]
local function those(key, seconds) return redis.call('ZRANGEBYSCORE', key, '(' .. now, now + seconds) end
return {those(KEYS[1], ARGV[1]), those(KEYS[2], ARGV[2])}
"""


def queue_for(*, mailing_id: int) -> str:
    """The queue that a nudge about the mailing goes into.

    Every worker sees from now on that it stands there, and makes room for one that is urgent and may begin.
    """
    facts = Mailing.objects.filter(pk=mailing_id).values_list("lane", "released_at").first() or (Lane.NORMAL, None)
    _note(NUDGED, mailing_id, NUDGED_SECONDS, renew=True)
    if facts[0] == Lane.URGENT and facts[1]:
        say_urgent(mailing_id=mailing_id, waits=True)
    return "urgent" if facts[0] == Lane.URGENT else "mailings"


def say_urgent(*, mailing_id: int, waits: bool) -> None:
    """Tell every worker whether this urgent mailing has something to send."""
    if waits:
        _note(URGENT, mailing_id, URGENT_SECONDS, renew=True)
        return
    with contextlib.suppress(RedisError):
        connection().zrem(URGENT, mailing_id)


def is_urgent_waiting() -> bool:
    """Whether an urgent mailing can move; Redis is asked four times a second at most."""
    return bool(_glance.look().urgent)


def makes_room(*, mailing: Mailing) -> bool:
    """Whether a worker on `mailing` should make room for somebody urgent. Cheap: ask at every turn of a loop."""
    return mailing.lane == Lane.NORMAL and is_urgent_waiting()


def others_wait(*, mailing_id: int) -> bool:
    """Whether another mailing that this one may not pass stands in the queue: all workers are busy, and it wants its turn."""
    seen = _glance.look()
    others = seen.nudged - {mailing_id}
    return bool(others & seen.urgent if mailing_id in seen.urgent else others)


def may_nudge(*, mailing_id: int) -> bool:
    """Whether no nudge about this mailing waits in the queue; if so, the caller's does from now on.

    So each mailing stands in the queue once, whatever its size, and the workers go round. Asking does not make the note
    last longer: a nudge that was lost would be waited for as long as somebody asks.
    """
    return not _note(NUDGED, mailing_id, NUDGED_SECONDS, renew=False)


def nudge_taken(*, mailing_id: int) -> None:
    """A worker has taken up the nudge about this mailing: the next may stand in the queue."""
    with contextlib.suppress(RedisError):
        connection().zrem(NUDGED, mailing_id)


def _note(key: str, mailing_id: int, seconds: int, *, renew: bool) -> bool:
    """Whether it was noted before; False without Redis."""
    with contextlib.suppress(RedisError):
        words = (str(mailing_id), str(seconds), "renew" if renew else "keep")
        return bool(connection().eval(NOTE, 1, key, *words))
    return False


class _Seen:
    """Ids of the urgent mailings that can move, and of all that stand in a queue."""

    def __init__(self, urgent: Collection[str] = (), nudged: Collection[str] = ()) -> None:
        self.urgent = frozenset(map(int, urgent))
        self.nudged = frozenset(map(int, nudged))


class _Glance:
    """What was seen last, and when."""

    def __init__(self) -> None:
        self._seen = _Seen()
        self._at = float("-inf")

    def look(self) -> _Seen:
        if time.monotonic() - self._at >= LOOK_SECONDS:
            self._at = time.monotonic()
            self._seen = self._look()
        return self._seen

    @staticmethod
    def _look() -> _Seen:
        with contextlib.suppress(RedisError):
            urgent, nudged = connection().eval(SEE, 2, URGENT, NUDGED, str(URGENT_SECONDS), str(NUDGED_SECONDS))
            return _Seen(urgent, nudged)
        return _Seen()


_glance = _Glance()
