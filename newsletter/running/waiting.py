"""Asks every program for a sign of life, until each gave one."""

from __future__ import annotations

import http.client
import smtplib
import time
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from newsletter.celery import app
from newsletter.lib.redis import connection
from newsletter.running.programs import HOST, NODE

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

PAUSE = 0.1


def wait_until_ready(*, port: int, stopping: threading.Event, seconds: float = 90) -> list[str]:
    """Return when Redis, the catcher, the site at `port` and the worker answer, or `stopping` is set.

    What is returned are the names of those that gave no sign within `seconds`.
    """
    signs: dict[str, Callable[[], bool]] = {"redis": _redis}
    if settings.CATCHING_MAIL:
        signs["catcher"] = _catcher
    signs |= {"web": lambda: _web(port), "worker": _worker}
    deadline = time.monotonic() + seconds
    for name, answers in list(signs.items()):
        while not answers():
            if time.monotonic() > deadline:
                return list(signs)
            if stopping.wait(PAUSE):
                return []
        del signs[name]
    return []


def _redis() -> bool:
    try:
        return bool(connection().ping())
    except (redis.RedisError, OSError):
        return False


def _catcher() -> bool:
    try:
        with smtplib.SMTP(HOST, settings.CATCHER_PORT, timeout=2):
            return True
    except (OSError, smtplib.SMTPException):
        return False


def _web(port: int) -> bool:
    asking = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        asking.request("GET", "/health/", headers={"X-Forwarded-Proto": "https"} if settings.SECURE else {})
        return asking.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def _worker() -> bool:
    try:
        return bool(app.control.ping(destination=[NODE], timeout=0.3))
    except (OperationalError, redis.RedisError, OSError):
        return False
