"""Takes a batch of a mailing's rows under a lease; who is no longer entitled is left out here, seconds before sending (H7)."""

from __future__ import annotations

import datetime as dt
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.models import Delivery, DeliveryState, SkipReason
from newsletter.lib.columns import among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from newsletter.delivery.models import Mailing

CLAIM = """
UPDATE newsletter_delivery SET attempts = attempts + 1, state = 'sending', lease = %s, due_at = NULL
WHERE id {among} AND state IN ('queued', 'deferred')
  AND EXISTS (SELECT 1 FROM newsletter_mailing WHERE id = %s AND state = 'sending')
RETURNING id, provider, subscriber_id, message_id, attempts, unknowns
"""
TIMED = """SELECT id FROM (SELECT id FROM newsletter_delivery WHERE mailing_id = %s AND due_at <= %s AND provider = %s
  AND state IN ('queued', 'deferred') ORDER BY due_at, id LIMIT %s {lock}) AS timed"""
"""Who cancels at the same time has these rows first and wants the stream then: nobody may wait for them here."""
FRESH = """SELECT id FROM (SELECT id FROM newsletter_delivery WHERE mailing_id = %s AND provider = %s AND id > %s
  AND state = 'queued' AND due_at IS NULL ORDER BY id LIMIT %s) AS fresh"""
"""The stream's lock keeps other claims away, and the update looks at each row's state again: a lock of their own would cost
more than the claim. None may be passed over: it would be behind `claimed_to`, and nobody would come back for it."""

READ = """
SELECT id, public_id, address, first_name,
  CASE WHEN (SELECT 1 FROM newsletter_suppression WHERE fingerprint = s.fingerprint) IS NOT NULL THEN 'suppressed'
  WHEN (SELECT state FROM newsletter_subscription WHERE subscriber_id = s.id AND newsletter_id = %s) = 'active' THEN ''
  ELSE 'unsubscribed' END
FROM newsletter_subscriber AS s WHERE id {among}
"""
"""Scalar subqueries and a list of ids: PostgreSQL looks each row up, where for joins it would read whole tables per batch."""


OUT = 4
"""Where a row of READ says why this person is not written to after all; empty where they are."""


class Claim(NamedTuple):
    """One row that is ours to send, with all that filling its message needs. A tuple: there is one for every copy."""

    delivery_id: int
    message_id: int
    attempts: int
    """This one included."""
    unknowns: int
    provider: str
    public_id: uuid.UUID
    address: str
    """As the subscriber typed it."""
    first_name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows under one lease."""

    lease: int
    claims: list[Claim]
    skipped: int
    """Rows left out, because the person left in the meantime."""
    renew_at: float
    """When (`time.monotonic()`) the lease is to be prolonged: it has been running since before the claim."""


def claim(*, mailing: Mailing, portions: Mapping[str, int], now: dt.datetime) -> Batch:
    """At most so many due rows of `mailing` per receiving provider as `portions` says, while it is being sent.

    Retries and handed-back rows come first, then those nobody has tried yet, in the order of their ids. One transaction.
    A batch without claims and without skips means that nothing is due.
    """
    lease, renew_at = secrets.randbits(63), time_to_renew()
    with transaction.atomic():
        claims, out = _entitled(mailing, _take(mailing.pk, lease, portions, now))
        _leave_out(lease, out, now)
        if claims:
            _sign(lease, mailing.pk, claims, now)
    return Batch(lease, claims, len(out), renew_at)


def renew(*, lease: int, now: dt.datetime) -> bool:
    """Prolong `lease`; False where it had run out: its rows are somebody else's now."""
    return Lease.objects.filter(pk=lease, until__gt=now).update(until=_end(now)) > 0


def leave_out_the_gone(*, mailing: Mailing, lease: int, claims: Iterable[Claim], now: dt.datetime) -> frozenset[int]:
    """Skip those of `claims`, held under `lease`, whose reader left since the claim (H7); their delivery ids.

    Whoever has the rows must not send to these any more, even where the lease was lost meanwhile. Two short looks, and a
    transaction where somebody left.
    """
    in_hand = Delivery.objects.filter(pk__in=[each.delivery_id for each in claims])
    readers = dict(in_hand.values_list("pk", "subscriber_id"))
    people = _people(mailing, [subscriber_id for subscriber_id in readers.values() if subscriber_id])
    whys = {delivery_id: _why(people.get(subscriber_id or 0)) for delivery_id, subscriber_id in readers.items()}
    if out := {delivery_id: why for delivery_id, why in whys.items() if why}:
        with transaction.atomic():
            _leave_out(lease, out, now)
    return frozenset(out)


def time_to_renew() -> float:
    """When (`time.monotonic()`) a lease that is prolonged now should be prolonged again."""
    return time.monotonic() + float(settings.LEASE_SECONDS) / 4


def leave_out_waiting(*, mailing_id: int, reason: SkipReason, limit: int, now: dt.datetime) -> int:
    """Mark at most `limit` rows per stream that wait for a try as skipped; how many those were. One transaction."""
    with transaction.atomic():
        waiting = Delivery.objects.filter(mailing=mailing_id, state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED])
        timed = waiting.filter(due_at__isnull=False).order_by("due_at").values("pk")[:limit]
        left = _skip(Delivery.objects.filter(pk__in=list(timed.values_list("pk", flat=True))), reason, now)
        for stream in Stream.objects.select_for_update().filter(mailing=mailing_id).order_by("id"):
            fresh = waiting.filter(provider=stream.provider, pk__gt=stream.claimed_to, due_at=None).order_by("pk")
            ids = list(fresh.values_list("pk", flat=True)[:limit])
            left += _skip(waiting.filter(pk__in=ids), reason, now)
            Stream.objects.filter(pk=stream.pk).update(claimed_to=max(ids, default=stream.claimed_to))
        return left


def _skip(rows: QuerySet[Delivery], reason: SkipReason, now: dt.datetime) -> int:
    return rows.update(state=DeliveryState.SKIPPED, skip_reason=reason, due_at=None, resolved_at=now)


def _end(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=settings.LEASE_SECONDS)


class _Taken(NamedTuple):
    """A row that is ours now."""

    delivery_id: int
    provider: str
    subscriber_id: int | None
    message_id: int
    attempts: int
    unknowns: int


def _take(mailing_id: int, lease: int, portions: Mapping[str, int], now: dt.datetime) -> list[_Taken]:
    left = dict(portions)
    streams = list(Stream.objects.select_for_update().filter(mailing=mailing_id, provider__in=left).order_by("id"))
    moment = connection.ops.adapt_datetimefield_value(now)
    timed = _claimed(
        TIMED, lease, mailing_id, [(mailing_id, moment, each.provider, left[each.provider]) for each in streams]
    )
    for each in timed:
        left[each.provider] -= 1
    wanted = [each for each in streams if left[each.provider] > 0]
    fresh = _claimed(
        FRESH, lease, mailing_id, [(mailing_id, s.provider, s.claimed_to, left[s.provider]) for s in wanted]
    )
    _move_on(wanted, fresh)
    return sorted([*timed, *fresh])


def _claimed(
    select: str, lease: int, mailing_id: int, parameters: Sequence[tuple[int | str | None, ...]]
) -> list[_Taken]:
    """Claim what the selects find, one per stream."""
    if not parameters:
        return []
    is_postgresql = connection.vendor == "postgresql"
    # An array, so that PostgreSQL's planner cannot run the inner query a second time and find other rows.
    these, lock = ("= ANY (ARRAY ({}))", "FOR UPDATE SKIP LOCKED") if is_postgresql else ("IN ({})", "")
    found = " UNION ALL ".join([select.format(lock=lock)] * len(parameters))
    with connection.cursor() as cursor:
        statement = CLAIM.format(among=these.format(found))
        cursor.execute(statement, [lease, *(value for row in parameters for value in row), mailing_id])
        return list(map(_Taken._make, cursor.fetchall()))


def _move_on(streams: Iterable[Stream], fresh: Iterable[_Taken]) -> None:
    last = {each.provider: each.delivery_id for each in sorted(fresh)}
    for stream in streams:
        if stream.provider in last:
            Stream.objects.filter(pk=stream.pk).update(claimed_to=last[stream.provider])


def _entitled(mailing: Mailing, taken: Sequence[_Taken]) -> tuple[list[Claim], dict[int, SkipReason]]:
    """Who may still be written to, in the order of ids, and who not, and why."""
    people = _people(mailing, [subscriber_id for _, _, subscriber_id, *_ in taken if subscriber_id])
    claims: list[Claim] = []
    out: dict[int, SkipReason] = {}
    for delivery_id, provider, subscriber_id, message_id, attempts, unknowns in taken:
        person = people.get(subscriber_id or 0)
        if person is None or person[OUT]:
            out[delivery_id] = _why(person)
        else:
            claims.append(Claim(delivery_id, message_id, attempts, unknowns, provider, *person[1:OUT]))
    return claims, out


def _why(person: tuple[Any, ...] | None) -> SkipReason:
    """Why a person whose row of READ this is (None: there is none any more) is not written to; NONE where they are."""
    return SkipReason.ERASED if person is None else SkipReason(person[OUT])


def _people(mailing: Mailing, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Per subscriber what READ says."""
    if not ids:
        return {}
    these, listed = among(ids, vendor=connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(READ.format(among=these), [mailing.edition.newsletter_id, listed])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if connection.vendor == "sqlite":  # keeps a UUID as text
        rows = [(row[0], uuid.UUID(row[1]), *row[2:]) for row in rows]
    return {row[0]: row for row in rows}


def _leave_out(lease: int, out: Mapping[int, SkipReason], now: dt.datetime) -> None:
    for reason in set(out.values()):
        rows = Delivery.objects.filter(pk__in=[pk for pk, why in out.items() if why == reason], lease=lease)
        rows.update(
            state=DeliveryState.SKIPPED, skip_reason=reason, lease=None, attempts=F("attempts") - 1, resolved_at=now
        )


def _sign(lease: int, mailing_id: int, claims: Sequence[Claim], now: dt.datetime) -> None:
    first, last = claims[0].delivery_id, claims[-1].delivery_id
    Lease.objects.create(pk=lease, mailing_id=mailing_id, until=_end(now), first_id=first, last_id=last)
