"""Sends a mailing's due rows: claim, fill, hand over, record. Never inside a database transaction."""

from __future__ import annotations

import contextlib
import random
import time
from typing import TYPE_CHECKING, NoReturn

from django.conf import settings

from newsletter.audience.addresses import AddressError, parse
from newsletter.composition.compiling import Reader, ReaderError, compile_message
from newsletter.composition.message import Message
from newsletter.delivery import outcomes, sentences, waiting
from newsletter.delivery.bookkeeping import Stream
from newsletter.delivery.claiming import claim, renew
from newsletter.delivery.journal import Journal, JournalError, announcement, answer
from newsletter.delivery.message_ids import message_id
from newsletter.delivery.models import Mailing, MailingState
from newsletter.delivery.recording import record
from newsletter.delivery.replies import Reply
from newsletter.delivery.smtp import SmtpError, SmtpLostError, SmtpRejectedError, SmtpUnknownError
from newsletter.delivery.transport import NoServerError
from newsletter.lib import links

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from newsletter.composition.compiling import Compiled
    from newsletter.delivery.claiming import Batch, Claim
    from newsletter.delivery.outcomes import Outcome
    from newsletter.delivery.smtp import SmtpConnection
    from newsletter.delivery.transport import Transport

BATCH = 400
"""Rows per claim: two commits for so many recipients."""
LOOK_SECONDS = 2.0
"""How often, within a batch, the mailing is asked whether it was paused or cancelled (S20)."""
MOST_LOSSES = 3
"""So many fresh connections lost in a row: it is not the message, it is the server."""
TOO_LARGE = (552, 452)


class _StopError(Exception):
    """Nothing more can be sent for the moment; what was not tried goes back into the queue."""


class _LeaseLostError(Exception):
    """Somebody else settles our rows now; whatever we still wanted to do with them is theirs."""


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
        self._newsletter_id = newsletter.pk
        self._domain = parse(newsletter.sender_email).wire.rpartition("@")[2]
        self._compiled: dict[int, Compiled] = {}

    def send_batch(self) -> bool:
        """Claim a batch, send it, record it. False where nothing is due or nothing can be sent now."""
        try:
            self.transport.connection(pulse=_patiently)  # a server slow to greet must not cost us a lease
        except NoServerError as error:
            waiting.nobody_answers(mailing=self.mailing, error=error, now=self.clock())
            return False
        batch = claim(mailing=self.mailing, portions=self._portions(), now=self.clock())
        return _Round(self, batch).run() if batch.claims else batch.skipped > 0

    def _portions(self) -> dict[str, int]:
        providers = list(Stream.objects.filter(mailing=self.mailing).values_list("provider", flat=True))
        return dict.fromkeys(providers, -(-BATCH // max(len(providers), 1)))

    def filled(self, claimed: Claim, address: str) -> bytes:
        """The message of one reader."""
        now = self.clock()
        reader = Reader(
            address=address,
            first_name=claimed.first_name,
            message_id=message_id(salt=self.mailing.salt, delivery_id=claimed.delivery_id, domain=self._domain),
            unsubscribe_url=self._link(links.Purpose.UNSUBSCRIBE, claimed, now),
            preferences_url=self._link(links.Purpose.PREFERENCES, claimed, now),
        )
        return self._message(claimed.message_id).fill(reader, date=now)

    def _link(self, purpose: links.Purpose, claimed: Claim, now: dt.datetime) -> str:
        return links.url_for(purpose, subscriber=claimed.public_id, newsletter_id=self._newsletter_id, now=now)

    def _message(self, pk: int) -> Compiled:
        if pk not in self._compiled:
            message = Message.objects.select_related("edition__newsletter").get(pk=pk)
            self._compiled[pk] = compile_message(message=message, mailing_id=self.mailing.pk)
        return self._compiled[pk]


class _Round:
    """One batch in hand, under one lease."""

    def __init__(self, sender: Sender, batch: Batch) -> None:
        self._sender = sender
        self._lease = batch.lease
        self._waiting = batch.claims[::-1]  # sent in the order of their ids: recovering relies on it
        self._outcomes: list[Outcome] = []
        self._looked = time.monotonic()
        self._renew_at = _quarter_of_a_lease()

    def run(self) -> bool:
        """Send what can be sent, hand back the rest, record all of it; whether to go on with another batch."""
        try:
            self._sender.journal.begin(self._lease)
            while self._waiting:
                self._before_each()
                self._one(self._waiting.pop())
            self._record(ends=True)
        except _LeaseLostError:
            return True
        except _StopError:
            self._hand_back()
            return False
        except JournalError:
            waiting.journal_is_away(mailing=self._sender.mailing, now=self._sender.clock())
            self._hand_back()
            return False
        except Exception:
            waiting.something_broke(mailing=self._sender.mailing, now=self._sender.clock())
            self._hand_back(ends=False)  # but not the row in hand: the journal knows how far it came
            raise
        waiting.nothing_in_the_way(mailing=self._sender.mailing)
        return True

    # ── between two messages ─────────────────────────────────────────────────────────────────────────────────────────
    def _before_each(self) -> None:
        self._pulse()
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            if not Mailing.objects.filter(pk=self._sender.mailing.pk, state=MailingState.SENDING).exists():
                raise _StopError

    def _pulse(self) -> None:
        """The lease lives on, also while a server keeps us waiting, and what was sent becomes visible."""
        if time.monotonic() < self._renew_at:
            return
        self._record()
        if not renew(lease=self._lease, now=self._sender.clock()):
            self._give_up()
        self._renew_at = _quarter_of_a_lease()

    def _record(self, *, ends: bool = False) -> None:
        known, self._outcomes = self._outcomes, []
        if not record(lease=self._lease, outcomes=known, ends=ends):
            self._give_up()

    def _give_up(self) -> NoReturn:
        self._sender.transport.drop()
        raise _LeaseLostError

    def _hand_back(self, *, ends: bool = True) -> None:
        now = self._sender.clock()
        self._outcomes += [outcomes.untouched(delivery_id=each.delivery_id, now=now) for each in self._waiting]
        self._waiting = []
        with contextlib.suppress(_LeaseLostError):
            self._record(ends=ends)

    # ── one message ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _one(self, claimed: Claim) -> None:
        try:
            address = _wire(claimed.address)
            message = self._sender.filled(claimed, address)
        except (AddressError, ReaderError):
            self._replied(claimed, Reply(553, "5.1.3", sentences.NO_ADDRESS))
            return
        try:
            self._hand_over(claimed, address, message)
        except JournalError:
            self._sender.transport.drop()
            self._waiting.append(claimed)  # without its note the dot was not sent
            raise

    def _hand_over(self, claimed: Claim, address: str, message: bytes) -> None:
        connection = self._connection(claimed)
        try:
            reply = connection.deliver(
                sender=self._sender.sender,
                recipient=address,
                message=message,
                announce=lambda: self._sender.journal.write(
                    [announcement(claimed.delivery_id, connection.server.host)]
                ),
            )
        except SmtpRejectedError as error:
            self._rejected(claimed, error, connection)
        except SmtpUnknownError as error:
            self._sender.transport.drop()
            self._outcomes.append(
                outcomes.unknown(attempt=self._attempt(claimed), text=error.text, rng=self._sender.rng)
            )
        except SmtpLostError as error:
            self._sender.transport.drop()
            self._lost(claimed, address, message, error, connection)
        else:
            self._sender.losses = 0
            self._replied(claimed, reply, noted=True)

    def _connection(self, claimed: Claim) -> SmtpConnection:
        try:
            return self._sender.transport.connection(pulse=self._pulse)
        except NoServerError as error:
            self._waiting.append(claimed)
            waiting.nobody_answers(mailing=self._sender.mailing, error=error, now=self._sender.clock())
            raise _StopError from error

    def _rejected(self, claimed: Claim, error: SmtpRejectedError, connection: SmtpConnection) -> None:
        """A refusal at MAIL speaks of us, not of the reader: it must not fail one row after the other (S3)."""
        if error.stage == "mail" and error.answer.code not in TOO_LARGE:
            self._stop_at(connection, error, claimed)
        self._replied(claimed, error.answer, noted=error.stage == "dot")

    def _lost(
        self, claimed: Claim, address: str, message: bytes, error: SmtpLostError, connection: SmtpConnection
    ) -> None:
        if error.stage == "dot" and error.reply:
            self._replied(claimed, error.reply, noted=True)
        elif connection.is_used:  # it idled or reached the server's limit (S11): a new one, and nothing happened
            self._hand_over(claimed, address, message)
        elif error.reply or self._sender.losses + 1 >= MOST_LOSSES:
            self._stop_at(connection, error, claimed)
        else:
            self._sender.losses += 1
            self._outcomes.append(outcomes.lost(attempt=self._attempt(claimed), text=error.text, rng=self._sender.rng))

    def _stop_at(self, connection: SmtpConnection, error: SmtpError, claimed: Claim) -> None:
        self._waiting.append(claimed)
        sender = self._sender
        waiting.server_refuses(mailing=sender.mailing, host=connection.server.host, failure=error, now=sender.clock())
        raise _StopError from error

    def _replied(self, claimed: Claim, reply: Reply, *, noted: bool = False) -> None:
        self._outcomes.append(outcomes.replied(attempt=self._attempt(claimed), reply=reply, rng=self._sender.rng))
        if noted:
            with contextlib.suppress(JournalError):  # the outcome is in our hands; the next dot asks the journal again
                last = self._outcomes[-1]
                self._sender.journal.write([answer(claimed.delivery_id, last.server or "-", last.reply)])

    def _attempt(self, claimed: Claim) -> outcomes.Try:
        sender = self._sender
        address = claimed.address
        return outcomes.Try(
            claimed.delivery_id, claimed.attempts, claimed.unknowns, address, sender.mailing, sender.clock()
        )


def _wire(address: str) -> str:
    """Only an address with letters beyond ASCII has another form on the wire (F9)."""
    return address if address.isascii() else parse(address).wire


def _quarter_of_a_lease() -> float:
    lease: int = settings.LEASE_SECONDS
    return time.monotonic() + lease / 4


def _patiently() -> None:
    """Nothing is leased yet, so nothing needs renewing."""
