"""Who goes first. Two notes in Redis, both short-lived: that something urgent can move, and whose nudge is in the queue.

Neither is needed for mail to leave: without Redis nobody gives way, and every nudge is sent.
"""

from __future__ import annotations

import contextlib
import time

from redis import RedisError

from newsletter.delivery.models import Mailing
from newsletter.lib.redis import connection

URGENT = "wici:urgent"
NUDGED = "wici:nudged:%d"
URGENT_SECONDS = 15
"""The sweep says it anew every few seconds; if sweeps end, normal mailings are not held up for long."""
NUDGED_SECONDS = 10
"""A nudge that was lost is made good by the first sweep after this."""
LOOK_SECONDS = 0.5


def lane_of(*, mailing_id: int) -> str:
    """In which lane the mailing goes; empty where there is none such."""
    return Mailing.objects.filter(pk=mailing_id).values_list("lane", flat=True).first() or ""


def say_urgent(*, waits: bool) -> None:
    """Tell every worker whether an urgent mailing has something to send."""
    with contextlib.suppress(RedisError):
        if waits:
            connection().set(URGENT, 1, ex=URGENT_SECONDS)
        else:
            connection().delete(URGENT)


def is_urgent_waiting() -> bool:
    """Whether a worker on a normal mailing should make room; Redis is asked twice a second at most."""
    return _glance.is_urgent()


def may_nudge(*, mailing_id: int) -> bool:
    """Whether no nudge about this mailing waits in the queue; if so, the caller's does from now on.

    So each mailing stands in the queue once, whatever its size, and the workers go round.
    """
    try:
        return bool(connection().set(NUDGED % mailing_id, 1, nx=True, ex=NUDGED_SECONDS))
    except RedisError:
        return True


def nudge_taken(*, mailing_id: int) -> None:
    """A worker has taken up the nudge about this mailing: the next may stand in the queue."""
    with contextlib.suppress(RedisError):
        connection().delete(NUDGED % mailing_id)


class _Glance:
    """What was seen last, and when."""

    def __init__(self) -> None:
        self._seen = False
        self._at = float("-inf")

    def is_urgent(self) -> bool:
        if time.monotonic() - self._at >= LOOK_SECONDS:
            self._at = time.monotonic()
            self._seen = self._look()
        return self._seen

    @staticmethod
    def _look() -> bool:
        with contextlib.suppress(RedisError):
            return bool(connection().exists(URGENT))
        return False


_glance = _Glance()
