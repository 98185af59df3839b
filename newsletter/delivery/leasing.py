"""The rows of one batch under their lease: what became of each, noted in the journal and recorded. For SMTP and backends."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from typing import TYPE_CHECKING

from newsletter.delivery import allowing, outcomes
from newsletter.delivery.claiming import leave_out_the_gone, renew, time_to_renew
from newsletter.delivery.journal import announcement, answer
from newsletter.delivery.recording import record
from newsletter.delivery.throttling import LimitsAwayError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.outcomes import Outcome
    from newsletter.delivery.replies import Reply
    from newsletter.delivery.sending import Sender

VISIBLE_SECONDS = 2.0
"""How often, within a batch, what is known is recorded, so that it shows. A batch that is over sooner is recorded once."""


class LeaseLostError(Exception):
    """Somebody else settles our rows now; whatever we still wanted to do with them is theirs."""


class PageGoneError(Exception):
    """Recovery closed our page of the journal, or Redis was emptied: what we know is recorded where the rows are still ours."""


class Leased:
    """One batch under one lease."""

    def __init__(self, sender: Sender, batch: Batch) -> None:
        """Nothing is noted before `begin`."""
        self._sender = sender
        self._lease = batch.lease
        self._outcomes: list[Outcome] = []
        self._settled: set[int] = set()
        self._notes: list[bytes] = []
        self._renew_at = batch.renew_at
        self._record_at = time.monotonic() + VISIBLE_SECONDS

    def begin(self) -> None:
        """Open the lease's page.

        Raises:
            JournalError: Redis is away.
        """
        self._sender.journal.begin(self._lease)

    def announce(self, claimed: Claim, *, server: str) -> None:
        """Note that this copy is about to go out to `server` (its name); it may once `demand_kept` has returned."""
        self._notes.append(announcement(claimed.delivery_id, server))

    def settle(self, outcome: Outcome, *, noted: bool) -> None:
        """Keep what became of a row; `noted`: in the journal as well, because the server said so."""
        self._outcomes.append(outcome)
        self._settled.add(outcome.delivery_id)
        if noted:
            self._notes.append(answer(outcome.delivery_id, outcome.server, outcome.reply))

    def replied(self, claimed: Claim, *, server: str, reply: Reply, noted: bool) -> None:
        """Settle a row as `server` says."""
        attempt = self.attempt(claimed, server=server)
        self.settle(outcomes.replied(attempt=attempt, reply=reply, rng=self._sender.rng), noted=noted)

    def vanished(self, claimed: Claim, *, server: str, text: str) -> None:
        """Settle a row of which nobody knows whether `server` took it: `text` says why (S4)."""
        attempt = self.attempt(claimed, server=server)
        self.settle(outcomes.unknown(attempt=attempt, text=text, rng=self._sender.rng), noted=False)

    def knows(self, claimed: Claim) -> bool:
        """Whether it was settled."""
        return claimed.delivery_id in self._settled

    def post(self) -> None:
        """Let Redis write down all that is to be noted.

        Raises:
            JournalError: it may not have it.
        """
        notes, self._notes = self._notes, []
        self._sender.journal.post(notes)

    def demand_kept(self) -> None:
        """Let Redis answer for what was posted.

        Raises:
            PageGoneError: it has no page of ours any more; nothing more may go out.
            JournalError: it may not have it.
        """
        if not self._sender.journal.is_kept():
            raise PageGoneError

    def write_down(self) -> None:
        """`post` and `demand_kept`."""
        notes, self._notes = self._notes, []
        if not self._sender.journal.write(notes):
            raise PageGoneError

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
            LeaseLostError: it ran out.
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
        again = time_to_renew()  # asked before: the database may keep us waiting
        if not renew(lease=self._lease, now=self._sender.clock()):
            raise LeaseLostError
        self._renew_at = again

    def end(self, back: Iterable[Claim]) -> None:
        """Record all, and hand back whoever was not tried.

        Raises:
            LeaseLostError: it ran out.
        """
        self.hand_back(back)
        self._record(ends=True)

    def attempt(self, claimed: Claim, *, server: str) -> outcomes.Try:
        """The try at this row that is under way by `server`."""
        return outcomes.Try(
            claimed.delivery_id,
            claimed.attempts,
            claimed.unknowns,
            claimed.address,
            self._sender.mailing,
            self._sender.clock(),
            server,
        )

    def _return_tokens(self, unused: Iterable[Claim]) -> None:
        with contextlib.suppress(LimitsAwayError):  # then they stay taken: rather too little than too much
            allowing.return_unused(mailing=self._sender.mailing, unused=Counter(each.provider for each in unused))

    def _record(self, *, ends: bool = False) -> None:
        self._record_at = time.monotonic() + VISIBLE_SECONDS
        if not record(lease=self._lease, outcomes=self._outcomes, ends=ends):
            raise LeaseLostError
        self._outcomes = []  # only now: where the database broke, they are recorded with the rest, or not at all
