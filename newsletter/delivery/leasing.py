"""The rows of one batch under their lease: what became of each, noted in the journal and recorded; and whether to go on."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from newsletter.delivery import allowing, lanes, outcomes
from newsletter.delivery.claiming import renew, time_to_renew
from newsletter.delivery.journal import announcement, answer
from newsletter.delivery.models import Mailing, MailingState
from newsletter.delivery.recording import record
from newsletter.delivery.scheduling import may_send
from newsletter.delivery.throttling import LimitsAwayError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.outcomes import Outcome
    from newsletter.delivery.sending import Sender

LOOK_SECONDS = 2.0
"""How often, within a batch, the mailing is asked whether it was paused or cancelled (S20)."""


class LeaseLostError(Exception):
    """Somebody else settles our rows now; whatever we still wanted to do with them is theirs."""


class Leased:
    """One batch under one lease, for who sends it by `server` (its name)."""

    def __init__(self, sender: Sender, lease: int, server: str) -> None:
        """Nothing is noted before `begin`."""
        self._sender = sender
        self._lease = lease
        self._server = server
        self._outcomes: list[Outcome] = []
        self._settled: set[int] = set()
        self._notes: list[bytes] = []
        self._looked = time.monotonic()
        self._renew_at = time_to_renew()

    def begin(self) -> None:
        """Open the lease's page.

        Raises:
            JournalError: Redis is away.
        """
        self._sender.journal.begin(self._lease)

    def announce(self, claims: Iterable[Claim]) -> None:
        """Note that these go out now, and wait until it is kept: only then may they.

        Raises:
            LeaseLostError: they are somebody else's.
            JournalError: Redis is away.
        """
        self._notes += [announcement(each.delivery_id, self._server) for each in claims]
        self.write_down()

    def settle(self, outcome: Outcome, *, noted: bool) -> None:
        """Keep what became of a row; `noted`: in the journal as well, because the server said so."""
        self._outcomes.append(outcome)
        self._settled.add(outcome.delivery_id)
        if noted:
            self._notes.append(answer(outcome.delivery_id, self._server, outcome.reply))

    def knows(self, claimed: Claim) -> bool:
        """Whether it was settled."""
        return claimed.delivery_id in self._settled

    def write_down(self) -> None:
        """Let Redis answer for all that is to be noted.

        Raises:
            LeaseLostError, JournalError: as `announce`.
        """
        notes, self._notes = self._notes, []
        if notes and not self._sender.journal.write(notes):
            _give_up()

    def may_go_on(self) -> bool:
        """False where it was paused or cancelled, its window closed, or somebody urgent wants the worker."""
        mailing = self._sender.mailing
        if lanes.makes_room(mailing=mailing):
            return False
        if time.monotonic() - self._looked <= LOOK_SECONDS:
            return True
        self._looked = time.monotonic()
        moving = Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENDING).exists()
        return moving and may_send(mailing=mailing, now=self._sender.clock()) is None

    def pulse(self) -> None:
        """The lease lives on, also while a server keeps us waiting, and what was sent becomes visible.

        Raises:
            LeaseLostError: as `announce`.
        """
        if time.monotonic() < self._renew_at:
            return
        self._record()
        with contextlib.suppress(LimitsAwayError):  # what is on the way arrives; the next batch waits
            allowing.keep()
        if not renew(lease=self._lease, now=self._sender.clock()):
            _give_up()
        self._renew_at = time_to_renew()

    def end(self, back: Sequence[Claim]) -> None:
        """Record all, and hand back whoever was not tried.

        Raises:
            LeaseLostError: as `announce`.
        """
        now = self._sender.clock()
        self._outcomes += [outcomes.untouched(delivery_id=each.delivery_id, now=now) for each in back]
        with contextlib.suppress(LimitsAwayError):  # then they stay taken: rather too little than too much
            allowing.return_unused(mailing=self._sender.mailing, unused=Counter(each.provider for each in back))
        self._record(ends=True)

    def attempt(self, claimed: Claim) -> outcomes.Try:
        """The try at this row that is under way."""
        return outcomes.Try(
            claimed.delivery_id,
            claimed.attempts,
            claimed.unknowns,
            claimed.address,
            self._sender.mailing,
            self._sender.clock(),
            self._server,
        )

    def _record(self, *, ends: bool = False) -> None:
        known, self._outcomes = self._outcomes, []
        if not record(lease=self._lease, outcomes=known, ends=ends):
            _give_up()


def _give_up() -> NoReturn:
    raise LeaseLostError
