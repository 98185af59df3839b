"""What is no longer news is not sent: rows that still wait when their mailing expires are settled, a bounded step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.delivery import claiming
from newsletter.delivery.models import Delivery, DeliveryState, SkipReason

if TYPE_CHECKING:
    import datetime as dt

ROWS_PER_STEP = 20_000


def expire(*, mailing_id: int, now: dt.datetime) -> int:
    """Settle one step of an expired mailing's waiting rows; how many those were: with none, nobody waits any more.

    Who was put off has been tried, so it failed, with the server's last words; who was never tried is left out.
    """
    put_off = Delivery.objects.filter(mailing=mailing_id, due_at__isnull=False, state=DeliveryState.DEFERRED)
    ids = list(put_off.order_by("due_at").values_list("pk", flat=True)[:ROWS_PER_STEP])
    failed = put_off.filter(pk__in=ids).update(state=DeliveryState.FAILED, due_at=None, resolved_at=now)
    return failed or claiming.leave_out_waiting(
        mailing_id=mailing_id, reason=SkipReason.EXPIRED, limit=ROWS_PER_STEP, now=now
    )
