"""Redis's clock, moved by hand: the scripts as they are, except that they read a clock of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.delivery import buckets, throttling
from newsletter.lib.redis import connection

if TYPE_CHECKING:
    import pytest

OURS = "redis.call('HMGET', 'test:clock', 's', 'us')"


class Clock:
    """It stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.move(0)

    def move(self, seconds: float) -> None:
        """Forward, or with a negative number back."""
        self.now += seconds
        connection().hset("test:clock", mapping={"s": int(self.now), "us": int(self.now % 1 * 1_000_000)})


def moved_by_hand(patch: pytest.MonkeyPatch) -> Clock:
    """The clock all scripts read from now on."""
    for name in ("TAKE", "GIVE_BACK", "SEED", "HOLD"):
        patch.setattr(throttling, name, getattr(buckets, name).replace(buckets.CLOCK, OURS))
    return Clock()
