"""Many who act in the same moment, each on a thread and a database connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

CROWD = 6
Answer = TypeVar("Answer")


def at_once(act: Callable[[], Answer]) -> list[Answer]:
    """What each of the crowd gets."""
    barrier = Barrier(CROWD)

    def one(_number: int) -> Answer:
        barrier.wait(30)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))
