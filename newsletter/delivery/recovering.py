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
    announced: queued again. Where Redis died too, the few rows after the last note may have been announced: unknown.
    While the journal does not answer, nothing is decided.
    """
    expired = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lte=now)
    leases = expired.order_by().values_list("lease", flat=True).distinct()[:MOST_LEASES]
    return sum(_recover(lease, now) for lease in list(leases))


def _recover(lease: str, now: dt.datetime) -> int:
    try:
        page = journal.read(lease)
    except journal.JournalError:
        return 0
    rows = Delivery.objects.filter(state=DeliveryState.SENDING, lease=lease, lease_until__lte=now).order_by("id")
    leased = list(rows.select_related("mailing", "subscriber"))
    lost = _perhaps_announced([row.pk for row in leased], page)
    settled = [_settled(row, page, lost, now) for row in leased]
    return record(lease=lease, outcomes=settled, expired_at=now)


def _perhaps_announced(leased: list[int], page: Page) -> set[int]:
    """Rows whose note may have died with Redis: rows are sent in the order of their ids, so they follow the last note."""
    if page.lag is None:
        return set(leased)
    last = max([*page.replies, *page.announced], default=0)
    return set([pk for pk in leased if pk > last][: page.lag])


def _settled(row: Delivery, page: Page, lost: set[int], now: dt.datetime) -> Outcome:
    rng, address = random.SystemRandom(), row.subscriber.address if row.subscriber else ""
    attempt = outcomes.Attempt(row.pk, row.attempts, row.unknowns, address, row.mailing, now)
    if reply := page.replies.get(row.pk):
        return outcomes.replied(attempt=attempt, reply=reply, rng=rng)
    if row.pk in page.announced:
        return outcomes.unknown(attempt=attempt, text=sentences.DIED, rng=rng)
    if row.pk in lost:
        return outcomes.unknown(attempt=attempt, text=sentences.FORGOTTEN, rng=rng)
    return outcomes.untouched(delivery_id=row.pk, now=now)
