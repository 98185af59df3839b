"""Sends a mailing's due rows: claim, fill, hand over, record. Never inside a database transaction."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.audience.addresses import parse
from newsletter.composition.compiling import Reader, compile_message
from newsletter.composition.message import Message
from newsletter.delivery import allowing, message_ids, tallying, waiting
from newsletter.delivery.claiming import claim
from newsletter.delivery.handing import Hand
from newsletter.delivery.journal import Journal
from newsletter.delivery.models import Mailing
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.delivery.transport import NoServerError
from newsletter.lib import links

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from newsletter.composition.compiling import Compiled
    from newsletter.delivery.allowing import Allowance
    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.transport import Transport

BATCH = 1000
"""Rows per claim: two commits for so many recipients."""


def send(*, mailing_id: int, clock: Callable[[], dt.datetime], seconds: float, transport: Transport) -> bool:
    """Send due rows of a mailing for about `seconds`; True where more may be due at once.

    `clock` tells the time (aware) as it passes.
    """
    mailing = Mailing.objects.select_related("edition__newsletter").get(pk=mailing_id)
    sender = Sender(mailing, clock, transport)
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            if not sender.send_batch():
                return False
    finally:
        sender.journal.close()
        allowing.leave()
    return True


class Sender:
    """What stays the same from row to row of one mailing: its messages, compiled once, and the connections."""

    def __init__(self, mailing: Mailing, clock: Callable[[], dt.datetime], transport: Transport) -> None:
        """Nothing is compiled or opened before it is needed."""
        self.mailing = mailing
        self.clock = clock
        self.transport = transport
        self.journal = Journal()
        self.rng = random.SystemRandom()
        self.losses = 0
        newsletter = mailing.edition.newsletter
        self.sender = settings.SENDER_BOUNCE_EMAIL or newsletter.sender_email
        domain = parse(newsletter.sender_email).wire.rpartition("@")[2]
        self._message_id_of = message_ids.writer(salt=mailing.salt, domain=domain)
        self._unsubscribe_token_of = links.tokens(links.Purpose.UNSUBSCRIBE, newsletter_id=newsletter.pk)
        self._preferences_token_of = links.tokens(links.Purpose.PREFERENCES, newsletter_id=newsletter.pk)
        self._compiled: dict[int, Compiled] = {}

    def send_batch(self) -> bool:
        """Claim a batch, send it, record it. False where nothing is due or nothing can be sent now."""
        try:
            self.transport.ensure(pulse=_patiently)  # a server slow to greet must not cost us a lease
        except NoServerError as error:
            waiting.nobody_answers(mailing=self.mailing, error=error, now=self.clock())
            return False
        try:
            return self._send_what_may_leave()
        except LimitsAwayError:
            waiting.counters_are_away(mailing=self.mailing, now=self.clock())
            return False

    def _send_what_may_leave(self) -> bool:
        allowed = self._allowed()
        waiting.for_providers(mailing=self.mailing, allowed=allowed, now=self.clock())
        open_ones = {key: each for key, each in allowed.items() if each.rows}
        if allowed and not open_ones:
            soonest = min(allowed.values(), key=lambda each: each.wait)
            waiting.limited(mailing=self.mailing, sentence=soonest.sentence, seconds=soonest.wait, now=self.clock())
            return False
        batch = claim(
            mailing=self.mailing, portions={key: each.rows for key, each in open_ones.items()}, now=self.clock()
        )
        left = Counter({key: each.rows for key, each in open_ones.items()})
        left.subtract(each.provider for each in batch.claims)
        allowing.return_unused(mailing=self.mailing, unused=left)
        most = {key: each.connections for key, each in open_ones.items() if each.connections}
        return Hand(self, batch, most).run() if batch.claims else batch.skipped > 0

    def _allowed(self) -> dict[str, Allowance]:
        """What may leave to each receiving provider somebody still waits for, together about a batch."""
        now = self.clock()
        sums = tallying.waiting_by_provider(mailing_id=self.mailing.pk)
        total = sum(sums.values())
        allowed: dict[str, Allowance] = {}
        for wanted, keys in _by_portion({key: -(-BATCH * number // total) for key, number in sums.items()}).items():
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


def _patiently() -> None:
    """Nothing is leased yet, so nothing needs renewing."""
