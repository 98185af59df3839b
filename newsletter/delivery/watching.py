"""What a batch under way must heed: a pause, the end of its hours, somebody urgent, and others whose turn it is (S20)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from newsletter.delivery import lanes
from newsletter.delivery.models import Mailing, MailingState
from newsletter.delivery.scheduling import may_send

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

LOOK_SECONDS = 1.0
"""How often the database is asked. A batch that is over sooner costs nothing."""


class Watch:
    """Kept by whoever has a batch of `mailing` in hand; its turn lasts until the moment `until` (of `time.monotonic()`)."""

    def __init__(self, mailing: Mailing, clock: Callable[[], dt.datetime], until: float) -> None:
        """Begin to count the seconds."""
        self._mailing = mailing
        self._clock = clock
        self._until = until
        self._looked = time.monotonic()
        self.turn_is_over = False
        """Whether it stops only to let others have their turn, and should stand in the queue again."""

    def is_due(self) -> bool:
        """Whether so long has passed that things may have changed; True once per `LOOK_SECONDS`."""
        if time.monotonic() - self._looked <= LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        return True

    def makes_room(self) -> bool:
        """Whether somebody urgent wants this worker. Cheap: ask every turn."""
        return lanes.makes_room(mailing=self._mailing)

    def must_stop(self) -> bool:
        """Whether nothing more may be begun: paused, cancelled, outside its hours, no longer news, or its turn is over."""
        moving = Mailing.objects.filter(pk=self._mailing.pk, state=MailingState.SENDING).exists()
        if not moving or may_send(mailing=self._mailing, now=self._clock()) is not None:
            return True
        self.turn_is_over = time.monotonic() > self._until and lanes.others_wait(mailing_id=self._mailing.pk)
        return self.turn_is_over
