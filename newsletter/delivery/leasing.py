"""The rows of one batch under their lease: what became of each, noted in the journal and recorded."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from newsletter.delivery import allowing, outcomes
from newsletter.delivery.claiming import leave_out_the_gone, renew, time_to_renew
from newsletter.delivery.journal import announcement, answer
from newsletter.delivery.recording import record
from newsletter.delivery.throttling import LimitsAwayError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.outcomes import Outcome
    from newsletter.delivery.sending import Sender

VISIBLE_SECONDS = 2.0
"""How often, within a batch, what is known is recorded, so that it shows. A batch that is over sooner is recorded once."""


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
        self._renew_at = time_to_renew()
        self._record_at = time.monotonic() + VISIBLE_SECONDS

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

    def leave_out_the_gone(self, claims: Collection[Claim]) -> frozenset[int]:
        """Skip those of `claims`, not begun, whose reader left since the claim (H7); their delivery ids. They are settled."""
        sender = self._sender
        gone = leave_out_the_gone(mailing=sender.mailing, lease=self._lease, claims=claims, now=sender.clock())
        self._settled |= gone
        self._return_tokens([each for each in claims if each.delivery_id in gone])
        return gone

    def hand_back(self, claims: Iterable[Claim]) -> None:
        """Settle these as not tried after all: they wait again."""
        now, back = self._sender.clock(), list(claims)
        for claimed in back:
            self.settle(outcomes.untouched(delivery_id=claimed.delivery_id, now=now), noted=False)
        self._return_tokens(back)

    def pulse(self) -> None:
        """The lease lives on, also while a server keeps us waiting, and what was sent becomes visible.

        Raises:
            LeaseLostError: as `announce`.
        """
        now = time.monotonic()
        if now >= self._renew_at:
            self._renew()
        elif self._outcomes and now >= self._record_at:
            self._record()

    def _renew(self) -> None:
        self._record()
        with contextlib.suppress(LimitsAwayError):  # what is on the way arrives; the next batch waits
            allowing.keep()
        if not renew(lease=self._lease, now=self._sender.clock()):
            _give_up()
        self._renew_at = time_to_renew()

    def end(self, back: Iterable[Claim]) -> None:
        """Record all, and hand back whoever was not tried.

        Raises:
            LeaseLostError: as `announce`.
        """
        self.hand_back(back)
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

    def _return_tokens(self, unused: Iterable[Claim]) -> None:
        with contextlib.suppress(LimitsAwayError):  # then they stay taken: rather too little than too much
            allowing.return_unused(mailing=self._sender.mailing, unused=Counter(each.provider for each in unused))

    def _record(self, *, ends: bool = False) -> None:
        self._record_at = time.monotonic() + VISIBLE_SECONDS
        known, self._outcomes = self._outcomes, []
        if not record(lease=self._lease, outcomes=known, ends=ends):
            _give_up()


def _give_up() -> NoReturn:
    raise LeaseLostError
