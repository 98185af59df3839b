"""Sends a mailing's due rows: claim, fill, hand over, record. Never inside a database transaction."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.audience.addresses import parse
from newsletter.composition.compiling import Reader, compile_message
from newsletter.composition.message import Message
from newsletter.delivery import allowing, lanes, message_ids, sentences, tallying, waiting
from newsletter.delivery.claiming import claim
from newsletter.delivery.conversing import nothing
from newsletter.delivery.handing import Hand
from newsletter.delivery.journal import Journal
from newsletter.delivery.models import Mailing
from newsletter.delivery.rationing import Purse
from newsletter.delivery.relaying import Relay
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.delivery.transport import BATCH, AllInUseError, NoServerError, UsedUpError
from newsletter.lib import links

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from newsletter.composition.compiling import Compiled
    from newsletter.delivery.allowing import Allowance
    from newsletter.delivery.carrying import Desk
    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.transport import Transport
    from newsletter.lib.servers import Server

SLOW, SPAN, LEAST = 1.0, 5.0, 20
"""Where a batch takes longer than so many seconds, the next one is what these many seconds carry, and at least so many rows."""
PACE = 1.0
"""Seconds up to which a limit is a pace: the worker waits, in naps, so that it notices what else happens."""
NAP, SHORTEST_NAP = 0.25, 0.005


def send(*, mailing_id: int, clock: Callable[[], dt.datetime], seconds: float, transport: Transport) -> bool:
    """Send due rows of a mailing for about `seconds`; True where more may be due at once.

    `clock` tells the time (aware) as it passes.
    """
    mailing = Mailing.objects.select_related("edition__newsletter").get(pk=mailing_id)
    sender = Sender(mailing, clock, transport, until=time.monotonic() + seconds)
    try:
        while time.monotonic() < sender.until and not lanes.makes_room(mailing=mailing):
            if not sender.send_batch():
                return False
        return True
    finally:
        sender.end_turn()


class Sender:
    """What stays the same from row to row of one mailing: its messages, compiled once, and the connections."""

    def __init__(
        self, mailing: Mailing, clock: Callable[[], dt.datetime], transport: Transport, *, until: float = math.inf
    ) -> None:
        """Nothing is compiled or opened before it is needed. `until` (of `time.monotonic()`) it is this mailing's turn."""
        self.mailing = mailing
        self.clock = clock
        self.transport = transport
        self.until = until
        self.purse = Purse(clock)
        self._is_paced = False
        self.journal = Journal()
        self.rng = random.SystemRandom()
        self.losses = 0
        self.to_do = 0
        """Rows of the mailing that nobody had claimed yet when the last batch was."""
        self._detours = False
        newsletter = mailing.edition.newsletter
        self.sender = settings.SENDER_BOUNCE_EMAIL or newsletter.sender_email
        domain = parse(newsletter.sender_email).wire.rpartition("@")[2]
        self._message_id_of = message_ids.writer(salt=mailing.salt, domain=domain)
        self._unsubscribe_token_of = links.tokens(links.Purpose.UNSUBSCRIBE, newsletter_id=newsletter.pk)
        self._preferences_token_of = links.tokens(links.Purpose.PREFERENCES, newsletter_id=newsletter.pk)
        self._compiled: dict[int, Compiled] = {}

    def send_batch(self) -> bool:
        """Claim a batch, send it, record it. False where nothing is due or nothing can be sent now."""
        self._detours = False
        if not (sums := tallying.waiting_by_provider(mailing_id=self.mailing.pk)):
            return False  # a connection would be kept from those who have something to send
        desk = self.transport.ways.choose()
        if desk is None:
            wait = self.connect(pulse=nothing)  # a server slow to greet must not cost us a lease, so none is taken yet
            if wait is None:
                return self._detours
            if wait:
                time.sleep(min(wait, NAP))
                return True
        try:
            return self._send_what_may_leave(desk, sums) or self._detours
        except LimitsAwayError:
            waiting.counters_are_away(mailing=self.mailing, now=self.clock())
            return False

    def end_turn(self) -> None:
        """Leave what others may need; a pace that held nothing back this time is forgotten."""
        self.journal.close()
        self.purse.give_back()
        allowing.leave()
        if not self._is_paced:
            waiting.paced(mailing=self.mailing, sentence="")

    def connect(self, *, pulse: Callable[[], None]) -> float | None:
        """See to a connection over which mail may go; seconds to wait until it may, mostly 0.

        None where that takes longer than a worker waits: the mailing says why.
        """
        try:
            self.transport.ensure(pulse=pulse, may_carry=self.purse.may_carry)
        except NoServerError as error:
            self.nobody_answers(error)
        except AllInUseError as error:
            waiting.server_busy(mailing=self.mailing, server=error.server, now=self.clock())
        except LimitsAwayError:
            waiting.counters_are_away(mailing=self.mailing, now=self.clock())
        except UsedUpError as error:
            return self._until_carried(error.servers)
        else:
            return 0.0
        return None

    def _until_carried(self, servers: Sequence[Server]) -> float | None:
        soonest = min(servers, key=lambda each: self.purse.wait([each]))
        wait = self.purse.wait([soonest])
        if self.purse.is_away():
            waiting.counters_are_away(mailing=self.mailing, now=self.clock())
            return None
        if wait > PACE:
            waiting.server_limited(mailing=self.mailing, server=soonest, seconds=wait, now=self.clock())
            return None
        self._goes_slowly(sentences.SERVER_PACED % {"server": soonest.name})
        return max(wait, SHORTEST_NAP)

    def nobody_answers(self, error: NoServerError) -> None:
        """None of the mail servers takes mail now."""
        self.turned_away(None, lambda: waiting.nobody_answers(mailing=self.mailing, error=error, now=self.clock()))

    def turned_away(self, desk: Desk | None, wait: Callable[[], None]) -> None:
        """One way (None: SMTP) takes nothing now: the next batch goes another, or the mailing waits and `wait` says why."""
        self._detours = self.transport.ways.rest(desk)
        if not self._detours:
            wait()

    def _send_what_may_leave(self, desk: Desk | None, sums: Mapping[str, int]) -> bool:
        allowed = self._allowed(sums)
        waiting.for_providers(mailing=self.mailing, allowed=allowed, now=self.clock())
        open_ones = {key: each for key, each in allowed.items() if each.rows}
        if allowed and not open_ones:
            return self._held_back(min(allowed.values(), key=lambda each: each.wait))
        batch = claim(
            mailing=self.mailing, portions={key: each.rows for key, each in open_ones.items()}, now=self.clock()
        )
        left = Counter({key: each.rows for key, each in open_ones.items()})
        left.subtract(each.provider for each in batch.claims)
        allowing.return_unused(mailing=self.mailing, unused=left)
        return self._handed(batch, open_ones, desk) if batch.claims else batch.skipped > 0

    def _held_back(self, soonest: Allowance) -> bool:
        """A moment's wait belongs to the pace; a longer one is the sweep's."""
        if soonest.wait > PACE:
            self._is_paced = True
            waiting.limited(mailing=self.mailing, sentence=soonest.sentence, seconds=soonest.wait, now=self.clock())
            return False
        self._goes_slowly(soonest.sentence)
        time.sleep(min(soonest.wait, NAP))
        return True

    def _goes_slowly(self, sentence: str) -> None:
        self._is_paced = True
        waiting.paced(mailing=self.mailing, sentence=sentence)

    def _handed(self, batch: Batch, allowed: Mapping[str, Allowance], desk: Desk | None) -> bool:
        """Hand it over; a batch that lasts makes the next one as large as a few seconds carry, a quick one twice as large."""
        if desk:
            most = {key: each.connections for key, each in allowed.items() if each.connections}
            return Relay(self, batch, most, desk).run()
        began = time.monotonic()
        hand = Hand(self, batch, allowed)
        goes_on = hand.run()
        took = time.monotonic() - began
        carries = int(SPAN * hand.carried / took) if took > SLOW else 2 * self.transport.portion
        self.transport.portion = max(LEAST, min(BATCH, carries))
        return goes_on

    def _allowed(self, sums: Mapping[str, int]) -> dict[str, Allowance]:
        """What may leave to each receiving provider, for which so many still wait, together about a batch."""
        now = self.clock()
        self.to_do = total = sum(sums.values())
        batch = self.transport.ways.portion(self.transport.portion)
        allowed: dict[str, Allowance] = {}
        for wanted, keys in _by_portion({key: -(-batch * number // total) for key, number in sums.items()}).items():
            allowed |= allowing.allowances(mailing=self.mailing, providers=keys, wanted=wanted, now=now)
        return allowed

    def filled(self, claimed: Claim, address: str, now: dt.datetime) -> bytes:
        """The message of one reader, handed over at `now`."""
        compiled, person = self._compiled.get(claimed.message_id), claimed.public_id
        if compiled is None:
            compiled = self._compile(claimed.message_id)
        reader = Reader(
            address,
            claimed.first_name,
            self._message_id_of(claimed.delivery_id),
            self._unsubscribe_token_of(person),
            self._preferences_token_of(person),
        )
        return compiled.fill(reader, date=now)

    def envelope_id(self, claimed: Claim) -> str:
        """What a report about this copy brings back: the left side of its Message-ID (S10)."""
        return self._message_id_of(claimed.delivery_id).partition("@")[0]

    def _compile(self, pk: int) -> Compiled:
        message = Message.objects.select_related("edition__newsletter").get(pk=pk)
        self._compiled[pk] = compile_message(message=message, mailing_id=self.mailing.pk)
        return self._compiled[pk]


def _by_portion(portions: dict[str, int]) -> dict[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for key, portion in portions.items():
        grouped.setdefault(portion, []).append(key)
    return grouped
