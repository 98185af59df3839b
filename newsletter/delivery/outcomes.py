"""What became of one attempt: the state a delivery goes to, and what the server said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from newsletter.delivery import retrying
from newsletter.delivery.models import DeliveryState, UnknownPolicy
from newsletter.delivery.replies import Reply, without_address

if TYPE_CHECKING:
    import datetime as dt
    import random

    from newsletter.delivery.models import Mailing

MOST_UNKNOWNS = 3
"""A copy that vanished three times after the dot is not sent a fourth time by itself."""
LONGEST_ENHANCED = 12
UNANSWERED = Reply(0, "", "")


class Outcome(NamedTuple):
    """The end of one attempt, ready to be recorded. A tuple, because there is one for every copy."""

    delivery_id: int
    state: DeliveryState
    at: dt.datetime
    reply: Reply = UNANSWERED
    due_at: dt.datetime | None = None
    """When to try again."""
    tried: bool = True
    """False where nothing was attempted after all: the claim is taken back."""
    unknown: bool = False
    """Whether nobody knows if the server took it (S4)."""
    number: int = 0
    """Which try it was; 1 for the first."""
    server: str = ""
    """The name of the mail server that was asked."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try at one delivery."""

    delivery_id: int
    number: int
    """1 for the first."""
    unknowns: int
    """How often before this one its outcome was unknown."""
    address: str
    mailing: Mailing
    now: dt.datetime
    server: str = ""


def sent(delivery_id: int, number: int, address: str, *, reply: Reply, server: str, now: dt.datetime) -> Outcome:
    """The server took it. `number`: which try it was."""
    return Outcome(delivery_id, DeliveryState.SENT, now, _kept(reply, address), None, True, False, number, server)


def replied(*, attempt: Try, reply: Reply, rng: random.Random) -> Outcome:
    """What a server's reply means: 2yz sent, 4yz deferred while it may still be news (S2), anything else failed."""
    if reply.code and reply.is_positive:
        facts = (attempt.delivery_id, attempt.number, attempt.address)
        return sent(*facts, reply=reply, server=attempt.server, now=attempt.now)
    due = _next_due(attempt, rng) if reply.is_temporary else None
    return _later(attempt, _kept(reply, attempt.address), due)


def lost(*, attempt: Try, text: str, rng: random.Random) -> Outcome:
    """The connection ended before the final dot: tried again later."""
    return _later(attempt, Reply(0, "", text), _next_due(attempt, rng))


def unknown(*, attempt: Try, text: str, rng: random.Random) -> Outcome:
    """The dot went out and no reply came back: sent again with the same Message-ID, or held, as the mailing says (S4).

    The first time it is sent again at once, then later and later.
    """
    state, due = DeliveryState.UNKNOWN, None
    if attempt.mailing.unknown_policy == UnknownPolicy.RESEND and attempt.unknowns + 1 < MOST_UNKNOWNS:
        due = _next_due(attempt, rng) if attempt.unknowns else attempt.now
        state = DeliveryState.QUEUED if due else DeliveryState.UNKNOWN
    return _outcome(attempt, state, Reply(0, "", text), due, unknown=True)


def untouched(*, delivery_id: int, now: dt.datetime) -> Outcome:
    """Claimed and never tried: back into the queue as if nothing had been."""
    return Outcome(delivery_id, DeliveryState.QUEUED, now, due_at=now, tried=False)


def _later(attempt: Try, reply: Reply, due: dt.datetime | None) -> Outcome:
    state = DeliveryState.DEFERRED if due else DeliveryState.FAILED
    return _outcome(attempt, state, reply, due)


def _outcome(
    attempt: Try, state: DeliveryState, reply: Reply, due: dt.datetime | None = None, *, unknown: bool = False
) -> Outcome:
    return Outcome(
        attempt.delivery_id,
        state,
        attempt.now,
        reply,
        due,
        unknown=unknown,
        number=attempt.number,
        server=attempt.server,
    )


def _kept(reply: Reply, address: str) -> Reply:
    """What a row keeps of a reply to a copy for `address`; mostly all of it."""
    text = without_address(reply.text, address)
    is_whole = text == reply.text and len(reply.enhanced) <= LONGEST_ENHANCED
    return reply if is_whole else Reply(reply.code, reply.enhanced[:LONGEST_ENHANCED], text)


def _next_due(attempt: Try, rng: random.Random) -> dt.datetime | None:
    return retrying.next_due(attempts=attempt.number, now=attempt.now, rng=rng, until=attempt.mailing.expires_at)
