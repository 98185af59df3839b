"""Finds rows whose worker died and settles each from the journal; nobody needs to help."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from newsletter.delivery import journal, outcomes, sentences
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.recording import record

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.delivery.journal import Page
    from newsletter.delivery.outcomes import Outcome

MOST_LEASES = 100


def recover(*, now: dt.datetime) -> int:
    """Settle every lease that ran out before `now`; how many rows that were.

    Replied: that outcome. Announced without a reply, or the journal was lost: unknown, then the mailing's policy. Never
    announced: queued again. While the journal does not answer, nothing is decided.
    """
    expired = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lte=now)
    leases = expired.order_by().values_list("lease", flat=True).distinct()[:MOST_LEASES]
    return sum(_recover(lease, now) for lease in list(leases))


def _recover(lease: str, now: dt.datetime) -> int:
    try:
        page = journal.read(lease)
    except journal.JournalError:
        return 0
    rows = Delivery.objects.filter(state=DeliveryState.SENDING, lease=lease, lease_until__lte=now)
    settled = [_settled(row, page, now) for row in rows.select_related("mailing", "subscriber")]
    return record(lease=lease, outcomes=settled, expired_at=now)


def _settled(row: Delivery, page: Page, now: dt.datetime) -> Outcome:
    rng, address = random.SystemRandom(), row.subscriber.address if row.subscriber else ""
    attempt = outcomes.Attempt(row.pk, row.attempts, row.unknowns, address, row.mailing, now)
    if reply := page.replies.get(row.pk):
        return outcomes.replied(attempt=attempt, reply=reply, rng=rng)
    if row.pk in page.announced:
        return outcomes.unknown(attempt=attempt, text=sentences.DIED, rng=rng)
    if not page.whole:
        return outcomes.unknown(attempt=attempt, text=sentences.FORGOTTEN, rng=rng)
    return outcomes.untouched(delivery_id=row.pk, now=now)
