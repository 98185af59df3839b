"""Looks again at rows that have been in hand for a while: who left since the claim is left out (H7). One short statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F

from newsletter.delivery.models import Delivery, DeliveryState, SkipReason
from newsletter.lib.columns import array_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.models import Mailing

GONE = """
SELECT d.id, CASE WHEN s.id IS NULL THEN 'erased' WHEN p.id IS NOT NULL THEN 'suppressed' ELSE 'unsubscribed' END
FROM newsletter_delivery d
LEFT JOIN newsletter_subscriber s ON s.id = d.subscriber_id
LEFT JOIN newsletter_suppression p ON p.fingerprint = s.fingerprint
LEFT JOIN newsletter_subscription c ON c.subscriber_id = s.id AND c.newsletter_id = %s AND c.state = 'active'
WHERE d.id {among} AND (c.id IS NULL OR p.id IS NOT NULL)
"""


def leave_out_the_gone(*, mailing: Mailing, lease: int, claims: Iterable[Claim], now: dt.datetime) -> frozenset[int]:
    """Skip those of `claims`, held under `lease`, whose reader is no longer entitled to `mailing`; their delivery ids.

    Whoever has the rows must not send to these any more, even where the lease was lost meanwhile. One transaction where
    there are any.
    """
    gone = _gone(mailing.edition.newsletter_id, [each.delivery_id for each in claims])
    if gone:
        with transaction.atomic():
            for reason in set(gone.values()):
                ids = [pk for pk, why in gone.items() if why == reason]
                Delivery.objects.filter(pk__in=ids, lease=lease, state=DeliveryState.SENDING).update(
                    state=DeliveryState.SKIPPED,
                    skip_reason=SkipReason(reason),
                    lease=None,
                    attempts=F("attempts") - 1,
                    resolved_at=now,
                )
    return frozenset(gone)


def _gone(newsletter_id: int, delivery_ids: Sequence[int]) -> dict[int, str]:
    if not delivery_ids:
        return {}
    among, ids = "IN (SELECT value FROM json_each(%s))", f"[{','.join(map(str, delivery_ids))}]"
    if connection.vendor == "postgresql":
        among, ids = "= ANY (%s::bigint[])", array_of(delivery_ids)
    with connection.cursor() as cursor:
        cursor.execute(GONE.format(among=among), [newsletter_id, ids])
        return dict(cursor.fetchall())
