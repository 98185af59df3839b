"""Says how often something may happen, by counters in Redis that all processes share and a restart keeps (X1)."""

from __future__ import annotations

import logging

import redis

from newsletter.lib.redis import connection

log = logging.getLogger(__name__)


def allow(name: str, *windows: tuple[int, int]) -> bool:
    """Count one more `name` and say whether it stays within every window (seconds, most times); the shortest comes first.

    What a shorter window refuses is not counted in a longer one. False while Redis is away: nobody knows the count.
    """
    try:
        return all(_counted(f"wici:limit:{name}:{seconds}", seconds) <= most for seconds, most in windows)
    except redis.RedisError as error:
        log.warning("limits cannot be read, so nothing is allowed: %s", type(error).__name__)
        return False


def _counted(key: str, seconds: int) -> int:
    pipeline = connection().pipeline(transaction=True)
    pipeline.set(key, 0, ex=seconds, nx=True)
    pipeline.incr(key)
    return int(pipeline.execute()[1])
