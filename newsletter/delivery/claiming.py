"""Takes a batch of a mailing's rows under a lease; who is no longer entitled is left out here, seconds before sending (H7)."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from newsletter.audience.models import Subscriber, Subscription, SubscriptionState, Suppression
from newsletter.delivery.models import Delivery, DeliveryState, SkipReason

if TYPE_CHECKING:
    import uuid

    from newsletter.delivery.models import Mailing

DUE = """
  SELECT id FROM newsletter_delivery
  WHERE mailing_id = %s AND state IN ('queued', 'deferred') AND due_at <= %s
    AND EXISTS (SELECT 1 FROM newsletter_mailing WHERE id = %s AND state = 'sending')
  ORDER BY due_at, id LIMIT %s
"""
CLAIM = """
UPDATE newsletter_delivery SET attempts = attempts + 1, state = 'sending', lease = %s, lease_until = %s WHERE id
"""
CLAIM_ON_POSTGRESQL = f"{CLAIM} = ANY (ARRAY ({DUE} FOR UPDATE SKIP LOCKED))"
"""An array, so that the planner cannot run the inner query a second time and lock other rows."""
CLAIM_ON_SQLITE = f"{CLAIM} IN ({DUE})"
"""The transaction is immediate: nobody else writes in between."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One row that is ours to send, with all that filling its message needs."""

    delivery_id: int
    message_id: int
    attempts: int
    """This one included."""
    unknowns: int
    public_id: uuid.UUID
    address: str
    """As the subscriber typed it."""
    first_name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows under one lease."""

    lease: str
    until: dt.datetime
    claims: list[Claim]
    skipped: int
    """Rows claimed and left out, because the person left in the meantime."""


def claim(*, mailing: Mailing, limit: int, now: dt.datetime) -> Batch:
    """Up to `limit` due rows of `mailing`, while it is being sent. Two commits' worth of work in one transaction.

    A batch without claims and without skips means that nothing is due.
    """
    lease, until = secrets.token_hex(16), now + dt.timedelta(seconds=settings.LEASE_SECONDS)
    with transaction.atomic():
        taken = _take(mailing.pk, limit, lease, until, now)
        skipped = _leave_out(mailing, lease, now) if taken else 0
        claims = _claims(lease, mailing.pk) if taken > skipped else []
    return Batch(lease, until, claims, skipped)


def renew(*, lease: str, mailing_id: int, now: dt.datetime) -> int:
    """Prolong what `lease` still holds; how many rows that is. Fewer than expected: somebody else has taken them."""
    held = Delivery.objects.filter(mailing_id=mailing_id, state=DeliveryState.SENDING, lease=lease)
    return held.filter(lease_until__gt=now).update(lease_until=now + dt.timedelta(seconds=settings.LEASE_SECONDS))


def _take(mailing_id: int, limit: int, lease: str, until: dt.datetime, now: dt.datetime) -> int:
    moment = connection.ops.adapt_datetimefield_value
    claim_due = CLAIM_ON_POSTGRESQL if connection.vendor == "postgresql" else CLAIM_ON_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(claim_due, [lease, moment(until), mailing_id, moment(now), mailing_id, limit])
        return int(cursor.rowcount)


def _leave_out(mailing: Mailing, lease: str, now: dt.datetime) -> int:
    """Mark as skipped who unsubscribed, was suppressed or erased since the rows were written."""
    active = Subscription.objects.filter(
        subscriber=OuterRef("subscriber"), newsletter=mailing.edition.newsletter_id, state=SubscriptionState.ACTIVE
    )
    known = Suppression.objects.filter(fingerprint=OuterRef("fingerprint"))
    suppressed = Subscriber.objects.filter(Exists(known), pk=OuterRef("subscriber"))
    mine = Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENDING, lease=lease)
    out = mine.filter(Q(subscriber=None) | Exists(suppressed) | ~Exists(active))
    return out.update(
        state=DeliveryState.SKIPPED,
        skip_reason=Case(
            When(subscriber=None, then=Value(SkipReason.ERASED)),
            When(Exists(suppressed), then=Value(SkipReason.SUPPRESSED)),
            default=Value(SkipReason.UNSUBSCRIBED),
        ),
        lease="",
        lease_until=None,
        attempts=F("attempts") - 1,
        resolved_at=now,
    )


def _claims(lease: str, mailing_id: int) -> list[Claim]:
    rows = Delivery.objects.filter(mailing=mailing_id, state=DeliveryState.SENDING, lease=lease).order_by("id")
    fields = ("message_id", "attempts", "unknowns", "subscriber__public_id", "subscriber__address")
    return [Claim(*row) for row in rows.values_list("id", *fields, "subscriber__first_name")]
