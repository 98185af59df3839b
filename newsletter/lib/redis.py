"""The one connection pool to the Redis-protocol server: limits, journal and counters live there."""

from __future__ import annotations

import functools

import redis
from django.conf import settings


def connection() -> redis.Redis:
    """A client of settings.REDIS_URL that answers in `str` and gives up after two seconds.

    Connections are pooled per process and made at first use. Commands raise `redis.RedisError` when it is away.
    """
    return _client(settings.REDIS_URL)


@functools.lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, decode_responses=True, socket_connect_timeout=2, socket_timeout=2, health_check_interval=30
    )
