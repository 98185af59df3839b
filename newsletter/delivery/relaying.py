"""Hands one batch over by an e-mail backend of Django's: the same leases, journal and outcomes as over SMTP (`handing`).

A service may refuse a copy without saying whether the reader or our own setup is at fault. Where it takes others before or
after it, it is the reader; where it takes nobody, it is us: nobody fails, and the mailing waits and says why.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from newsletter.audience.addresses import AddressError, parse
from newsletter.composition.compiling import ReaderError
from newsletter.delivery import allowing, sentences, throttling, waiting
from newsletter.delivery.answering import Answer, What
from newsletter.delivery.conversing import SmtpRefusedError, SmtpUnreachableError
from newsletter.delivery.enveloping import Copy
from newsletter.delivery.journal import JournalError
from newsletter.delivery.leasing import Leased, LeaseLostError, PageGoneError
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.rationing import limit_of
from newsletter.delivery.recounting import recount
from newsletter.delivery.replies import Reply
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.delivery.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.delivery.carrying import Desk, Errand
    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.sending import Sender

PATIENCE = 0.5
"""Seconds to wait for answers before looking at clock and mailing again."""
MOST_STRIKES = 3
"""So many requests without a good answer in a row: it is not the reader, it is the service."""


class Relay:
    """One batch in hand, under one lease, on its way to one backend."""

    def __init__(self, sender: Sender, batch: Batch, most: Mapping[str, int], desk: Desk) -> None:
        """Nothing is sent before `run`. `most`: requests that may carry mail to a receiving provider at the same time."""
        self._sender = sender
        self._desk = desk
        self._leased = Leased(sender, batch)
        self._claims = batch.claims
        self._waiting = deque(batch.claims)
        self._back: list[Claim] = []
        """Not to be tried any more in this batch."""
        self._most = most
        self._limit = limit_of(desk.server)
        self._out: dict[Errand, list[Claim]] = {}
        self._alone: set[int] = set()
        """Rows of a request that was objected to: each goes by itself, so that the one at fault shows."""
        self._suspects: list[tuple[Claim, Reply]] = []
        """Objected to since somebody was taken."""
        self._strikes = 0
        """Requests in a row of which nobody was taken."""
        self._is_proven = False
        self._stops = False
        self._is_away = False
        """Whether this way takes nothing now, and somebody was told."""
        self._watch = Watch(sender.mailing, sender.clock, sender.until)

    def run(self) -> bool:
        """Send what can be sent, hand back the rest, record all of it; whether to go on with another batch."""
        try:
            self._leased.begin()
            while self._out or (self._waiting and not self._stops):
                self._turn()
            self._judge_suspects()
            self._leased.write_down()
        except LeaseLostError:
            self._desk.forget()
            return True
        except PageGoneError:
            self._break_off()
            return True
        except (JournalError, LimitsAwayError) as error:
            self._break_off()
            away = waiting.journal_is_away if isinstance(error, JournalError) else waiting.counters_are_away
            away(mailing=self._sender.mailing, now=self._sender.clock())
            return False
        except Exception:
            with contextlib.suppress(DatabaseError):  # if it was the database that broke, the lease runs out and tells
                self._break_off()
                waiting.something_broke(mailing=self._sender.mailing, now=self._sender.clock())
            raise
        return self._end()

    def _end(self) -> bool:
        with contextlib.suppress(LeaseLostError):
            self._leased.end([*self._back, *self._waiting])
            if not self._stops:
                waiting.nothing_in_the_way(mailing=self._sender.mailing)
        return not self._stops or (self._watch.turn_is_over and not self._is_away)

    # ── one turn of the loop ─────────────────────────────────────────────────────────────────────────────────────────
    def _turn(self) -> None:
        self._leased.pulse()
        self._look()
        while self._may_send() and (ready := self._next()):
            self._send(ready)
        self._desk.keep()
        self._hear(PATIENCE)
        if self._stops:
            self._let_go()
        self._leased.write_down()

    def _look(self) -> None:
        """Stop where nothing more may be begun; where the batch lasts, ask again whether its readers are still there."""
        if self._stops or not self._waiting:
            return
        self._stops = self._watch.makes_room()
        if self._watch.is_due():
            self._stops |= self._watch.must_stop()
            gone = self._leased.leave_out_the_gone(self._waiting)
            self._waiting = deque(each for each in self._waiting if each.delivery_id not in gone)

    def _let_go(self) -> None:
        """Nothing more is begun: whoever else wants these rows need not wait until the last request is answered."""
        self._leased.hand_back([*self._back, *self._waiting])
        self._back.clear()
        self._waiting.clear()

    def _hear(self, seconds: float) -> None:
        for errand in self._desk.wait(seconds):
            self._settle(self._out.pop(errand), errand.answers)

    def _may_send(self) -> bool:
        """One request at first; all that may be under way once the service has taken something."""
        if not self._waiting or self._stops:
            return False
        sessions = self._desk.sessions
        return len(self._out) < (sessions if self._is_proven else min(sessions, 1))

    def _send(self, ready: list[tuple[Claim, Copy]]) -> None:
        """Note all these copies, and only then let them go."""
        claims = [claimed for claimed, _ in ready]
        try:
            for claimed in claims:
                self._leased.announce(claimed, server=self._desk.server.name)
            self._leased.write_down()
            errand = self._desk.send([copy for _, copy in ready])
        except BaseException:
            self._waiting.extendleft(reversed(claims))  # nothing of them went out
            raise
        self._out[errand] = claims

    def _next(self) -> list[tuple[Claim, Copy]]:
        """The copies of the next request; who cannot be written to has an outcome at once."""
        granted = self._granted()
        self._look()  # at the last moment: the counters may have kept us waiting
        most = 0 if self._stops else granted
        ready: list[tuple[Claim, Copy]] = []
        try:
            while len(ready) < most and (claimed := self._whose_turn(alone_too=not ready)) is not None:
                self._make_ready(claimed, ready)
                if claimed.delivery_id in self._alone:
                    break
        except BaseException:
            self._waiting.extendleft(claimed for claimed, _ in reversed(ready))  # nothing of them went out
            raise
        with contextlib.suppress(LimitsAwayError):  # then they stay taken: rather too little than too much
            throttling.give_back(limits=[self._limit], number=granted - len(ready))
        return ready

    def _make_ready(self, claimed: Claim, ready: list[tuple[Claim, Copy]]) -> None:
        try:
            ready.append((claimed, self._copy(claimed)))
        except (AddressError, ReaderError):
            self._say(claimed, Reply(553, "5.1.3", sentences.NO_ADDRESS))
        except _BeyondAsciiError:
            self._say(claimed, Reply(553, "5.6.7", sentences.ASCII_ONLY))
        except BaseException:
            self._waiting.appendleft(claimed)
            raise

    def _granted(self) -> int:
        """How many the server's own limits let go now."""
        wanted = min(self._desk.most, len(self._waiting))
        handful = throttling.take(
            limits=[self._limit], wanted=wanted, recount=lambda lost: recount(limit=lost, now=self._sender.clock())
        )
        if not handful.granted and handful.wait > allowing.SLOW:
            self._stops = True
            self._sender.turned_away(self._desk, lambda: self._wait_for_the_limit(handful.wait))
        return handful.granted

    def _wait_for_the_limit(self, seconds: float) -> None:
        now = self._sender.clock()
        again = timezone.localtime(now + dt.timedelta(seconds=seconds))
        sentence = sentences.PROVIDER_LIMIT % {"provider": self._desk.server.name, "time": f"{again:%H:%M}"}
        waiting.limited(mailing=self._sender.mailing, sentence=sentence, seconds=seconds, now=now)

    def _whose_turn(self, *, alone_too: bool) -> Claim | None:
        """The next row that may go with the others of this request."""
        busy = Counter(provider for claims in self._out.values() for provider in {each.provider for each in claims})
        for _ in range(len(self._waiting)):
            claimed = self._waiting.popleft()
            most = self._most.get(claimed.provider, 0)
            is_free = not most or busy[claimed.provider] < most
            if is_free and (alone_too or claimed.delivery_id not in self._alone):
                return claimed
            self._waiting.append(claimed)
        return None

    def _copy(self, claimed: Claim) -> Copy:
        address = parse(claimed.address).wire
        if not address.isascii():  # F10; no backend says whether the servers behind it know SMTPUTF8
            raise _BeyondAsciiError
        filled = self._sender.filled(claimed, address, self._sender.clock())
        return Copy(filled, sender=self._sender.sender, recipient=address)

    # ── what came back ───────────────────────────────────────────────────────────────────────────────────────────────
    def _settle(self, claims: list[Claim], answers: list[Answer]) -> None:
        if len(claims) > 1 and all(answer.what is What.OBJECTED for answer in answers):
            self._alone |= {each.delivery_id for each in claims}
            self._waiting.extendleft(reversed(claims))
            return
        for claimed, answer in zip(claims, answers, strict=True):
            self._settle_one(claimed, answer)
        if any(answer.what is What.SAID and answer.reply.is_positive for answer in answers):
            self._strikes, self._is_proven = 0, True
            self._judge_suspects()
        elif strike := next((answer for answer in answers if answer.is_strike), None):
            self._strikes += 1
            if self._strikes >= MOST_STRIKES:
                self._turn_away(strike)

    def _settle_one(self, claimed: Claim, answer: Answer) -> None:
        match answer.what:
            case What.SAID:
                self._say(claimed, answer.reply)
                if answer.by_smtp:
                    self._heed(claimed.provider, answer.reply)
                elif answer.is_busy:
                    self._turn_away(answer)
            case What.UNKNOWN:
                self._leased.vanished(claimed, server=self._desk.server.name, text=answer.reply.text)
            case What.OBJECTED:
                self._suspects.append((claimed, answer.reply))
            case _:  # refused, or away
                self._back.append(claimed)
                self._turn_away(answer)

    def _say(self, claimed: Claim, reply: Reply) -> None:
        self._leased.replied(claimed, server=self._desk.server.name, reply=reply, noted=True)

    def _turn_away(self, answer: Answer) -> None:
        """The service takes nothing now: ask another one, or nobody for a while. Where somebody paused it, say nothing."""
        if not self._is_away and (not self._stops or self._watch.turn_is_over):
            self._stops = self._is_away = True
            self._sender.turned_away(self._desk, lambda: self._wait_for_the_service(answer))

    def _wait_for_the_service(self, answer: Answer) -> None:
        kind = SmtpUnreachableError if answer.what is What.AWAY else SmtpRefusedError
        failure, host = kind("mail", None, answer.reply.text), self._desk.server.name
        waiting.server_refuses(mailing=self._sender.mailing, host=host, failure=failure, now=self._sender.clock())

    def _judge_suspects(self) -> None:
        """Who was objected to: at fault where others are taken, put off where many are, and else it is our own fault."""
        suspects, self._suspects = self._suspects, []
        if not suspects:
            return
        if not (self._is_proven or self._took_somebody()):
            self._back += [claimed for claimed, _ in suspects]
            self._turn_away(Answer(What.REFUSED, suspects[0][1]))
            return
        code = 450 if self._strikes >= MOST_STRIKES else 550
        for claimed, reply in suspects:
            self._say(claimed, Reply(code, "", reply.text))

    def _took_somebody(self) -> bool:
        """Whether this backend has taken any copy of this mailing."""
        taken = Delivery.objects.filter(mailing=self._sender.mailing, state=DeliveryState.SENT)
        return taken.filter(server=self._desk.server.name).exists()

    def _heed(self, provider: str, reply: Reply) -> None:
        """Leave a provider alone that asks for it (S3)."""
        if not allowing.heed(provider=provider, reply=reply, now=self._sender.clock()):
            return
        self._stops |= not provider
        self._back += [each for each in self._waiting if each.provider == provider]
        self._waiting = deque(each for each in self._waiting if each.provider != provider)

    def _break_off(self) -> None:
        """Nothing more goes out. What is under way may still be answered while the lease lasts; else it is unknown."""
        self._stops, until = True, time.monotonic() + settings.LEASE_SECONDS / 2
        try:
            while self._out and time.monotonic() < until:
                self._hear(PATIENCE)
        finally:
            self._desk.forget()  # the next batch must not hear answers to this one's
        self._back += [claimed for claimed, _ in self._suspects]
        untouched = {each.delivery_id for each in (*self._back, *self._waiting)}
        for claimed in self._claims:
            if claimed.delivery_id not in untouched and not self._leased.knows(claimed):
                self._leased.vanished(claimed, server=self._desk.server.name, text=sentences.SILENT)
        with contextlib.suppress(PageGoneError, JournalError):
            self._leased.write_down()  # where the rows cannot be recorded now, recovery reads it there
        with contextlib.suppress(LeaseLostError):
            self._leased.end([*self._back, *self._waiting])


class _BeyondAsciiError(ValueError):
    """An address whose local part only SMTPUTF8 can carry."""
