"""Hands one batch over: keeps every connection busy, notes each final dot before it goes out, records what became of it."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError

from newsletter.audience.addresses import AddressError, parse
from newsletter.composition.compiling import ReaderError
from newsletter.delivery import allowing, breaking, classifying, lanes, outcomes, sentences, waiting
from newsletter.delivery.claiming import renew
from newsletter.delivery.conversing import SmtpLostError
from newsletter.delivery.journal import JournalError, announcement, answer
from newsletter.delivery.models import Lane, Mailing, MailingState
from newsletter.delivery.recording import record
from newsletter.delivery.replies import Reply
from newsletter.delivery.scheduling import may_send
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.delivery.transferring import Parcel, What
from newsletter.delivery.transport import NoServerError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.outcomes import Outcome
    from newsletter.delivery.sending import Sender
    from newsletter.delivery.transferring import Event
    from newsletter.delivery.wires import Wire

LOOK_SECONDS = 2.0
"""How often, within a batch, the mailing is asked whether it was paused or cancelled (S20)."""
MOST_LOSSES = 3
"""So many fresh connections lost in a row: it is not the message, it is the server."""
TOO_LARGE = (552, 452)
PATIENCE = 1.0
"""Seconds to wait for the servers before looking at clock and mailing again."""
WAITED_TOO_MUCH = 0.05
"""After so many seconds of waiting for servers one more connection is worth opening."""
MUCH = 250
"""So many rows in hand for each connection make one more worth opening, at most 0.004 for each recipient."""


class _LeaseLostError(Exception):
    """Somebody else settles our rows now; whatever we still wanted to do with them is theirs."""


class _PageGoneError(Exception):
    """Recovery closed our page of the journal, or Redis was emptied: what we know is recorded where the rows are still ours."""


class Hand:
    """One batch in hand, under one lease."""

    def __init__(self, sender: Sender, batch: Batch, most: Mapping[str, int]) -> None:
        """Nothing is sent before `run`. `most`: connections that may carry mail to a receiving provider at the same time."""
        self._sender = sender
        self._transport = sender.transport
        self._lease = batch.lease
        self._waiting = deque(batch.claims)
        self._most = most
        self._closed: list[Claim] = []
        """To a provider that wants to be left alone."""
        self._on_the_way: dict[Parcel, Claim] = {}
        self._outcomes: list[Outcome] = []
        self._notes: list[bytes] = []
        self._now = sender.clock()
        """Of this turn of the loop."""
        self._stops = False
        self._waited = 0.0
        self._looked = time.monotonic()
        self._renew_at = _quarter_of_a_lease()

    def run(self) -> bool:
        """Send what can be sent, hand back the rest, record all of it; whether to go on with another batch."""
        try:
            self._sender.journal.begin(self._lease)
            while self._on_the_way or (self._waiting and not self._stops):
                self._turn()
            self._post()
            self._demand_kept()
        except _PageGoneError:
            self._break_off()
            return True
        except _LeaseLostError:
            self._drop_all()
            return True
        except JournalError:
            self._break_off()
            waiting.journal_is_away(mailing=self._sender.mailing, now=self._sender.clock())
            return False
        except Exception:
            with contextlib.suppress(DatabaseError):  # if it was the database that broke, the lease runs out and tells
                self._break_off()
                waiting.something_broke(mailing=self._sender.mailing, now=self._sender.clock())
            raise
        return self._end()

    def _end(self) -> bool:
        stopped = self._stops
        with contextlib.suppress(_LeaseLostError):
            self._hand_back()
            if not stopped:
                waiting.nothing_in_the_way(mailing=self._sender.mailing)
        return not stopped

    # ── one turn of the loop ─────────────────────────────────────────────────────────────────────────────────────────
    def _turn(self) -> None:
        self._pulse()
        self._look()
        begun = self._begin_on_idle_wires()
        ready = begun or self._gather()
        self._hand_over(ready)

    def _begin_on_idle_wires(self) -> list[tuple[Wire, Parcel]]:
        """Give every idle connection a parcel; those that go out whole (BDAT) are still to be noted."""
        whole: list[tuple[Wire, Parcel]] = []
        if self._stops or not self._waiting:
            return whole
        self._keep_connected()
        for wire in [each for each in self._transport.wires if each.conversation.is_idle]:
            if wire.is_spent:
                self._transport.retire(wire)
            elif (parcel := self._next(wire)) is None:
                break
            elif wire.conversation.chunks:
                whole.append((wire, parcel))
            else:
                self._say(wire, wire.conversation.begin(parcel))
        return whole

    def _keep_connected(self) -> None:
        self._transport.arrived()
        if not self._transport.wires:
            try:
                self._transport.ensure(pulse=self._pulse)
            except NoServerError as error:
                waiting.nobody_answers(mailing=self._sender.mailing, error=error, now=self._sender.clock())
                self._stops = True
        elif self._would_one_more_help():
            self._waited = 0.0
            self._transport.grow()

    def _would_one_more_help(self) -> bool:
        """Where there is much to do, and where the servers keep us waiting with a little."""
        rows, wires = len(self._waiting), len(self._transport.wires)
        return rows > MUCH * wires or (rows > 2 * wires and self._waited > WAITED_TOO_MUCH)

    def _gather(self) -> list[tuple[Wire, Parcel]]:
        """Wait for the servers, and take along who answers meanwhile: one note to Redis then serves them all."""
        asked = time.monotonic()
        ready = self._hear(PATIENCE)
        self._waited += time.monotonic() - asked
        if not ready:
            self._give_up_the_silent()
        while 0 < len(ready) < len(self._transport.wires) and (more := self._hear(0, {wire for wire, _ in ready})):
            ready += more
        return ready

    def _hear(self, seconds: float, ready: Container[Wire] = ()) -> list[tuple[Wire, Parcel]]:
        """Wait for so long at most; the parcels whose text is wanted now. Who is `ready` gets it before being heard again."""
        heard = self._transport.wait(seconds)
        self._now = self._sender.clock()
        return [each for wire in heard if wire not in ready for each in self._hear_one(wire)]

    def _give_up_the_silent(self) -> None:
        for wire in [each for each in self._transport.wires if each.is_overdue]:
            self._lost(wire, SmtpLostError(wire.conversation.stage, None, sentences.SILENT))

    def _hear_one(self, wire: Wire) -> list[tuple[Wire, Parcel]]:
        try:
            if wire.unsent:
                wire.say(b"")
            events = wire.hear()
        except SmtpLostError as error:
            self._lost(wire, error)
            return []
        wanted = [event.parcel for event in events if self._settled(wire, event)]
        if wire.conversation.ended is None:
            return [(wire, parcel) for parcel in wanted]
        self._lost(wire, SmtpLostError(wire.conversation.stage or "mail", wire.conversation.ended), *wanted)
        return []

    def _hand_over(self, ready: list[tuple[Wire, Parcel]]) -> None:
        """Note all these final dots, and only then let them go; the next envelope travels behind each.

        While Redis writes the notes down, the next messages are filled.
        """
        self._notes += [announcement(self._on_the_way[each].delivery_id, wire.server.name) for wire, each in ready]
        self._post()
        nexts = {wire: self._next(wire) for wire, _ in ready if self._may_follow(wire)}
        self._demand_kept()
        for wire, parcel in ready:
            talk = wire.conversation
            self._say(wire, talk.begin(parcel) if talk.chunks else talk.hand_over(parcel, nexts.get(wire)))

    def _may_follow(self, wire: Wire) -> bool:
        return not self._stops and bool(self._waiting) and wire.may_follow and not wire.conversation.chunks

    def _say(self, wire: Wire, data: bytes) -> None:
        try:
            wire.say(data)
        except SmtpLostError as error:
            self._lost(wire, error)

    # ── one parcel ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _next(self, wire: Wire) -> Parcel | None:
        """The next reader's message, ready to go; who cannot be written to has an outcome at once."""
        while (claimed := self._whose_turn()) is not None:
            try:
                address = _wire_form(claimed.address)
                message = self._sender.filled(claimed, address, self._now)
            except (AddressError, ReaderError):
                self._replied(wire, claimed, Reply(553, "5.1.3", sentences.NO_ADDRESS))
                continue
            except BaseException:
                self._waiting.appendleft(claimed)  # nothing of it went out
                raise
            if (reply := wire.conversation.refusal(address, len(message))) is not None:
                self._replied(wire, claimed, reply)
                continue
            parcel = Parcel(self._sender.sender, address, message, is_stuffed=True)
            if wire.conversation.offer.dsn:
                parcel.envelope_id = self._sender.envelope_id(claimed)
            self._on_the_way[parcel] = claimed
            return parcel
        return None

    def _whose_turn(self) -> Claim | None:
        """The next row whose provider may have one more connection now."""
        if not self._most:
            return self._waiting.popleft() if self._waiting else None
        busy = Counter(each.provider for each in self._on_the_way.values())
        for _ in range(len(self._waiting)):
            claimed = self._waiting.popleft()
            most = self._most.get(claimed.provider, 0)
            if not most or busy[claimed.provider] < most:
                return claimed
            self._waiting.append(claimed)
        return None

    def _settled(self, wire: Wire, event: Event) -> bool:
        """What an event makes of its parcel; True where the server waits for its text."""
        if event.what is What.READY:
            return True
        claimed = self._on_the_way.pop(event.parcel)
        assert event.reply is not None  # noqa: S101 (only READY comes without)
        if event.stage == "mail" and event.reply.code not in TOO_LARGE:
            # A refusal at MAIL speaks of us, not of the reader: it must not fail one row after the other (S3).
            self._waiting.appendleft(claimed)
            self._stop_at(wire, SmtpLostError("mail", event.reply))
            return False
        wire.carried += 1
        self._sender.losses = 0
        self._replied(wire, claimed, event.reply, noted=event.what is What.ANSWERED)
        return False

    def _replied(self, wire: Wire, claimed: Claim, reply: Reply, *, noted: bool = False) -> None:
        server = wire.server.name
        if reply.is_positive:
            outcome = outcomes.sent(
                delivery_id=claimed.delivery_id,
                number=claimed.attempts,
                address=claimed.address,
                reply=reply,
                server=server,
                now=self._now,
            )
        else:
            outcome = outcomes.replied(attempt=self._try(claimed, server), reply=reply, rng=self._sender.rng)
            self._heed(claimed.provider, reply)
        self._outcomes.append(outcome)
        if noted:
            self._notes.append(answer(claimed.delivery_id, server, outcome.reply))

    def _heed(self, provider: str, reply: Reply) -> None:
        """Leave a provider alone that asks for it (S3): its rows go back, and the breaker says when to try again."""
        verdict = classifying.classify(reply=reply, provider=provider)
        if verdict.pause is None or not breaking.trip(provider=provider, verdict=verdict, now=self._sender.clock()):
            return
        allowing.forget()
        self._stops |= not provider
        self._closed += [each for each in self._waiting if each.provider == provider]
        self._waiting = deque(each for each in self._waiting if each.provider != provider)

    def _lost(self, wire: Wire, error: SmtpLostError, *wanted: Parcel) -> None:
        """The connection ended: what may have arrived is unknown, the rest waits again or is put off."""
        self._transport.drop(wire)
        outstanding = wire.conversation.outstanding()
        for parcel in [one for one, after_dot in outstanding if after_dot]:
            attempt = self._try(self._on_the_way.pop(parcel), wire.server.name)
            self._outcomes.append(outcomes.unknown(attempt=attempt, text=error.text, rng=self._sender.rng))
        untaken = [self._on_the_way.pop(one) for one in [*wanted, *(p for p, after in outstanding if not after)]]
        if wire.carried or not untaken:  # it idled or reached the server's limit (S11): a new one, and nothing happened
            self._waiting.extendleft(reversed(untaken))
        elif error.reply or self._sender.losses + 1 >= MOST_LOSSES:
            self._waiting.extendleft(reversed(untaken))
            self._stop_at(wire, error)
        else:
            self._sender.losses += 1
            tries = [self._try(claimed, wire.server.name) for claimed in untaken]
            self._outcomes += [outcomes.lost(attempt=one, text=error.text, rng=self._sender.rng) for one in tries]

    def _stop_at(self, wire: Wire, error: SmtpLostError) -> None:
        """The server takes nothing now: ask another one, or nobody for a while."""
        if not self._transport.rest(wire.server):
            self._stops = True
            now = self._sender.clock()
            waiting.server_refuses(mailing=self._sender.mailing, host=wire.server.host, failure=error, now=now)
        if wire in self._transport.wires:
            self._transport.retire(wire)

    def _try(self, claimed: Claim, server: str) -> outcomes.Try:
        sender, number = self._sender, claimed.attempts
        return outcomes.Try(
            claimed.delivery_id, number, claimed.unknowns, claimed.address, sender.mailing, sender.clock(), server
        )

    # ── lease, journal, rows ─────────────────────────────────────────────────────────────────────────────────────────
    def _look(self) -> None:
        """Stop where it was paused or cancelled, its window closed, or somebody urgent wants the worker."""
        mailing = self._sender.mailing
        if mailing.lane == Lane.NORMAL and lanes.is_urgent_waiting():
            self._stops = True
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            moving = Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENDING).exists()
            self._stops |= not moving or may_send(mailing=mailing, now=self._sender.clock()) is not None

    def _pulse(self) -> None:
        """The lease lives on, also while a server keeps us waiting, and what was sent becomes visible."""
        if time.monotonic() < self._renew_at:
            return
        self._record()
        with contextlib.suppress(LimitsAwayError):  # what is on the way arrives; the next batch waits
            allowing.keep()
        if not renew(lease=self._lease, now=self._sender.clock()):
            raise _LeaseLostError
        self._renew_at = _quarter_of_a_lease()

    def _post(self) -> None:
        """Let Redis write down all that is to be noted."""
        notes, self._notes = self._notes, []
        self._sender.journal.post(notes)

    def _demand_kept(self) -> None:
        """Let Redis answer for it; where it has no page of ours any more, no further dot goes out."""
        if not self._sender.journal.is_kept():
            raise _PageGoneError

    def _record(self, *, ends: bool = False) -> None:
        known, self._outcomes = self._outcomes, []
        if not record(lease=self._lease, outcomes=known, ends=ends):
            raise _LeaseLostError

    def _hand_back(self, *, ends: bool = True) -> None:
        now = self._sender.clock()
        back = [*self._closed, *self._waiting]
        self._outcomes += [outcomes.untouched(delivery_id=each.delivery_id, now=now) for each in back]
        self._closed.clear()
        self._waiting.clear()
        with contextlib.suppress(LimitsAwayError):  # then they stay taken: rather too little than too much
            allowing.return_unused(mailing=self._sender.mailing, unused=Counter(each.provider for each in back))
        self._record(ends=ends)

    def _break_off(self) -> None:
        """Whatever is under way ends here; what had its dot is unknown. The next batch must not hear answers to this one's."""
        wires = list(self._transport.wires)
        self._drop_all()
        for wire in wires:
            self._settle_broken(wire)
        self._waiting.extend(self._on_the_way.values())  # not noted, so their dot was not sent
        self._on_the_way.clear()
        with contextlib.suppress(_LeaseLostError):
            self._hand_back()

    def _settle_broken(self, wire: Wire) -> None:
        for parcel, after_dot in wire.conversation.outstanding():
            if after_dot and parcel in self._on_the_way:
                attempt = self._try(self._on_the_way.pop(parcel), wire.server.name)
                self._outcomes.append(outcomes.unknown(attempt=attempt, text=sentences.HUNG_UP, rng=self._sender.rng))

    def _drop_all(self) -> None:
        for wire in list(self._transport.wires):
            self._transport.drop(wire)


def _wire_form(address: str) -> str:
    """Only an address with letters beyond ASCII has another form on the wire (F9)."""
    return address if address.isascii() else parse(address).wire


def _quarter_of_a_lease() -> float:
    lease: int = settings.LEASE_SECONDS
    return time.monotonic() + lease / 4
