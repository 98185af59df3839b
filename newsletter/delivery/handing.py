"""Hands one batch over: keeps every connection busy, notes each final dot before it goes out, records what became of it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from django.db import DatabaseError

from newsletter.audience.addresses import AddressError, wire_form
from newsletter.composition.compiling import ReaderError
from newsletter.delivery import allowing, classifying, outcomes, sentences, waiting
from newsletter.delivery.conversing import SmtpLostError
from newsletter.delivery.journal import JournalError
from newsletter.delivery.leasing import Leased, LeaseLostError, PageGoneError
from newsletter.delivery.picking import Pile
from newsletter.delivery.rationing import FRESH_SECONDS
from newsletter.delivery.replies import Reply
from newsletter.delivery.transferring import Parcel, What
from newsletter.delivery.watching import LOOK_SECONDS, Watch

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from newsletter.delivery.allowing import Allowance
    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.sending import Sender
    from newsletter.delivery.transferring import Event
    from newsletter.delivery.wires import Wire

MOST_LOSSES = 3
"""So many fresh connections lost in a row: it is not the message, it is the server."""
PATIENCE = 1.0
"""Seconds to wait for the servers before looking at clock and mailing again."""
WAITED_TOO_MUCH = 0.05
"""After so many seconds of waiting for servers one more connection is worth opening."""
FEW, MOMENT, LITTLE = 0.5, 0.0005, 1 / 16
"""Where fewer than this part of the servers have answered, a moment's wait lets more of them share a note in the journal: so
many seconds, and at most this part of the time that the first of them took."""
MUCH = 500
"""So many rows to do for each connection make one more worth opening, at most 0.002 for each recipient and worker. The more
there are, the more messages share a note in the journal and a look at who has answered."""


class Hand:
    """One batch in hand, under one lease."""

    def __init__(self, sender: Sender, batch: Batch, allowed: Mapping[str, Allowance]) -> None:
        """Nothing is sent before `run`. `allowed` says how the connections may be used for each receiving provider."""
        self._sender = sender
        self._transport = sender.transport
        self._leased = Leased(sender, batch)
        self._waiting = Pile(batch.claims, allowed)
        self._closed: list[Claim] = []
        """To a provider that wants to be left alone."""
        self._on_the_way: dict[Parcel, Claim] = {}
        self._now = sender.clock()
        """Of this turn of the loop."""
        self._stops = False
        self.carried = 0
        """Rows whose outcome a server has said."""
        self._waited = 0.0
        self._patience = PATIENCE
        self._turn_at = time.monotonic()
        self._watch = Watch(sender.mailing, sender.clock, sender.until)

    def run(self) -> bool:
        """Send what can be sent, hand back the rest, record all of it; whether to go on with another batch."""
        try:
            self._leased.begin()
            while self._on_the_way or (self._waiting and not self._stops):
                self._turn()
            self._leased.write_down()
        except PageGoneError:
            self._break_off()
            return True
        except LeaseLostError:
            self._transport.hang_up()
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
        with contextlib.suppress(LeaseLostError):
            self._hand_back()
            if not self._stops:
                waiting.nothing_in_the_way(mailing=self._sender.mailing)
        return not self._stops or self._watch.turn_is_over

    # ── one turn of the loop ─────────────────────────────────────────────────────────────────────────────────────────
    def _turn(self) -> None:
        self._leased.pulse()
        self._look()
        self._transport.tend()
        self._hand_over(self._begin_on_idle_wires() or self._gather())

    def _begin_on_idle_wires(self) -> list[tuple[Wire, Parcel]]:
        """Give every idle connection a parcel; those that go out whole (BDAT) are still to be noted."""
        whole: list[tuple[Wire, Parcel]] = []
        if self._stops or not self._waiting:
            return whole
        self._keep_connected()
        for wire in [each for each in self._transport.wires if each.conversation.is_idle]:
            if wire.is_spent:
                self._transport.retire(wire)
            elif not self._carries(wire):
                continue
            elif (parcel := self._next(wire)) is None:
                if self._waiting.wears(wire):
                    self._transport.retire(wire)
            elif wire.conversation.chunks:
                whole.append((wire, parcel))
            else:
                self._say(wire, wire.conversation.begin(parcel))
        return whole

    def _keep_connected(self) -> None:
        self._transport.arrived()
        if not any(map(self._carries, self._transport.wires)):
            if not self._on_the_way:  # while we wait for a way now, nobody else has to
                wait = self._sender.connect(pulse=self._leased.pulse)
                self._stops |= wait is None
                self._patience = wait or PATIENCE
        elif self._would_one_more_help():
            self._waited = 0.0
            self._transport.grow(may_carry=self._sender.purse.may_carry)

    def _carries(self, wire: Wire) -> bool:
        """Whether a message may go over it: nobody else wants it, and its server may carry one more."""
        return not wire.retires and self._sender.purse.may_carry(wire.server)

    def _would_one_more_help(self) -> bool:
        """Where there is much to do, and where the servers keep us waiting with a little."""
        rows, wires = len(self._waiting), len(self._transport.wires)
        return self._sender.to_do > MUCH * wires or (rows > 2 * wires and self._waited > WAITED_TOO_MUCH)

    def _gather(self) -> list[tuple[Wire, Parcel]]:
        """Wait for the servers, and take along who answers meanwhile: one note to Redis then serves them all."""
        asked = time.monotonic()
        ready = self._hear(self._patience)
        self._patience = PATIENCE
        self._waited += self._turn_at - asked
        if not ready:
            self._give_up_the_silent()
        elif len(ready) < FEW * len(self._transport.wires):
            time.sleep(min(MOMENT, LITTLE * (self._turn_at - ready[0][0].begun_at)))
        while 0 < len(ready) < len(self._transport.wires) and (more := self._hear(0, {wire for wire, _ in ready})):
            ready += more
        return ready

    def _hear(self, seconds: float, ready: Container[Wire] = ()) -> list[tuple[Wire, Parcel]]:
        """Wait for so long at most; the parcels whose text is wanted now. Who is `ready` gets it before being heard again."""
        heard = self._transport.wait(seconds)
        self._now, self._turn_at = self._sender.clock(), time.monotonic()
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
        if (ended := wire.conversation.ended) is None:
            return [(wire, parcel) for parcel in wanted]
        self._lost(wire, wire.ending(ended), *wanted)
        return []

    def _hand_over(self, ready: list[tuple[Wire, Parcel]]) -> None:
        """Note all these final dots, and only then let them go; the next envelope travels behind each.

        While Redis writes the notes down, the next messages are filled.
        """
        if any(self._turn_at - wire.begun_at > LOOK_SECONDS for wire, _ in ready):
            ready = self._still_entitled(ready)
        for wire, parcel in ready:
            self._leased.announce(self._on_the_way[parcel], server=wire.server.name)
        self._leased.post()
        nexts = {wire: self._next(wire) for wire, _ in ready if self._waiting and self._may_follow(wire)}
        self._leased.demand_kept()
        for wire, parcel in ready:
            talk = wire.conversation
            self._say(wire, talk.begin(parcel) if talk.chunks else talk.hand_over(parcel, nexts.get(wire)))

    def _may_follow(self, wire: Wire) -> bool:
        return not self._stops and wire.may_follow and self._sender.purse.may_carry(wire.server)

    def _say(self, wire: Wire, data: bytes) -> None:
        try:
            wire.say(data)
        except SmtpLostError as error:
            self._lost(wire, error)

    # ── one parcel ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _next(self, wire: Wire) -> Parcel | None:
        """The next reader's message, ready to go; who cannot be written to has an outcome at once."""
        while (claimed := self._waiting.take(wire, self._on_the_way.values())) is not None:
            try:
                address = wire_form(claimed.address)
                message = self._sender.filled(claimed, address, self._now)
            except (AddressError, ReaderError):
                self._replied(wire, claimed, Reply(553, "5.1.3", sentences.NO_ADDRESS))
                continue
            except BaseException:
                self._waiting.put_back([claimed])  # nothing of it went out
                raise
            if (reply := wire.conversation.refusal(address, len(message))) is not None:
                self._replied(wire, claimed, reply)
                continue
            parcel = Parcel(self._sender.sender, address, message, is_stuffed=True)
            if wire.conversation.offer.dsn:
                parcel.envelope_id = self._sender.envelope_id(claimed)
            self._on_the_way[parcel] = claimed
            self._sender.purse.spend(wire.server)
            wire.begun_at = self._turn_at
            return parcel
        return None

    def _settled(self, wire: Wire, event: Event) -> bool:
        """What an event makes of its parcel; True where the server waits for its text."""
        if event.what is What.READY:
            return True
        claimed = self._on_the_way.pop(event.parcel)
        assert event.reply is not None  # noqa: S101 (only READY comes without)
        if event.what is What.REFUSED and self._concerns_us(wire, event, event.reply):
            self._waiting.put_back([claimed])
            return False
        wire.carried += 1
        self.carried += 1
        self._sender.losses = 0
        self._replied(wire, claimed, event.reply, noted=event.what is What.ANSWERED)
        return False

    def _concerns_us(self, wire: Wire, event: Event, reply: Reply) -> bool:
        """Whether the server refused us or this connection: that must not fail one row after the other (S3)."""
        if event.stage == "bdat":  # it offers CHUNKING and does not know the command
            self._transport.do_without_chunks(wire.server)
        elif wire.carried and classifying.is_enough(stage=event.stage, reply=reply):
            self._transport.retire(wire)
        elif event.stage == "mail" and reply.code != classifying.TOO_LARGE:
            self._stop_at(wire, SmtpLostError("mail", reply))
        else:
            return False
        return True

    def _replied(self, wire: Wire, claimed: Claim, reply: Reply, *, noted: bool = False) -> None:
        server = wire.server.name
        if reply.is_positive:
            facts = (claimed.delivery_id, claimed.attempts, claimed.address)
            self._leased.settle(outcomes.sent(*facts, reply=reply, server=server, now=self._now), noted=noted)
        else:
            self._leased.replied(claimed, server=server, reply=reply, noted=noted)
            self._heed(claimed.provider, reply)

    def _heed(self, provider: str, reply: Reply) -> None:
        """Leave a provider alone that asks for it (S3): its rows go back, and the breaker says when to try again."""
        if allowing.heed(provider=provider, reply=reply, now=self._sender.clock()):
            self._stops |= not provider
            self._closed += self._waiting.pull(provider)

    def _lost(self, wire: Wire, error: SmtpLostError, *wanted: Parcel) -> None:
        """The connection ended: what may have arrived is unknown, the rest waits again or is put off."""
        self._transport.drop(wire)
        outstanding = wire.conversation.outstanding()
        self._settle_unanswered(wire, error.text)
        untaken = [self._on_the_way.pop(one) for one in [*wanted, *(p for p, after in outstanding if not after)]]
        if wire.carried or not untaken:  # it idled or reached the server's limit (S11): a new one, and nothing happened
            self._waiting.put_back(untaken)
        elif error.reply or self._sender.losses + 1 >= MOST_LOSSES:
            self._waiting.put_back(untaken)
            self._stop_at(wire, error)
        else:
            self._sender.losses += 1
            for claimed in untaken:
                attempt = self._leased.attempt(claimed, server=wire.server.name)
                outcome = outcomes.lost(attempt=attempt, text=error.text, rng=self._sender.rng)
                self._leased.settle(outcome, noted=False)

    def _stop_at(self, wire: Wire, error: SmtpLostError) -> None:
        """The server takes nothing now: ask another one, or nobody for a while."""
        if not self._transport.rest(wire.server):
            self._stops = True
            mailing, now = self._sender.mailing, self._sender.clock()
            self._sender.turned_away(
                None, lambda: waiting.server_refuses(mailing=mailing, host=wire.server.host, failure=error, now=now)
            )
        if wire in self._transport.wires:
            self._transport.retire(wire)

    # ── the batch ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _look(self) -> None:
        """Stop where nothing more may be begun; where the batch lasts, ask again whether its readers are still there."""
        self._stops |= self._watch.makes_room()
        if self._watch.is_due():
            self._stops |= self._watch.must_stop()
            self._sender.purse.give_back(older_than=FRESH_SECONDS)
            self._waiting.leave_out(self._leased.leave_out_the_gone(list(self._waiting)))

    def _still_entitled(self, ready: list[tuple[Wire, Parcel]]) -> list[tuple[Wire, Parcel]]:
        """Those whose reader is still there, after the server thought for long; it gets no text for the others."""
        gone = self._leased.leave_out_the_gone([self._on_the_way[parcel] for _, parcel in ready])
        for wire, parcel in ready:
            if self._on_the_way[parcel].delivery_id in gone:
                del self._on_the_way[parcel]
                self._transport.drop(wire)
        return [(wire, parcel) for wire, parcel in ready if parcel in self._on_the_way]

    def _hand_back(self) -> None:
        self._sender.purse.give_back()
        self._leased.end([*self._closed, *self._waiting.empty()])
        self._closed.clear()

    def _break_off(self) -> None:
        """Whatever is under way ends here; what had its dot is unknown. The next batch must not hear answers to this one's."""
        wires = list(self._transport.wires)
        self._transport.hang_up()
        for wire in wires:
            self._settle_unanswered(wire, sentences.HUNG_UP)
        self._waiting.put_back(self._on_the_way.values())  # not noted, so their dot was not sent
        self._on_the_way.clear()
        with contextlib.suppress(LeaseLostError):
            self._hand_back()

    def _settle_unanswered(self, wire: Wire, text: str) -> None:
        """Whatever had its dot is unknown."""
        for parcel, after_dot in wire.conversation.outstanding():
            if after_dot and parcel in self._on_the_way:
                self._leased.vanished(self._on_the_way.pop(parcel), server=wire.server.name, text=text)
