"""Lets an answer take the same time for everybody: how long we thought about an address says who has it (X3)."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 0.06
"""Several times what the longest of the ways through a sign-up takes."""


@contextmanager
def evenly(*, seconds: float = SECONDS) -> Iterator[None]:
    """Do what stands inside, then wait until `seconds` have passed since the beginning."""
    done_at = time.monotonic() + seconds
    try:
        yield
    finally:
        time.sleep(max(0.0, done_at - time.monotonic()))
