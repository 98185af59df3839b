"""Finds leases whose worker died and settles their rows from the journal; nobody needs to help."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, Min, OuterRef

from newsletter.delivery import clocks, journal, outcomes, sentences
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.recording import take_over
from newsletter.delivery.tallying import sum_in

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.delivery.journal import Page
    from newsletter.delivery.outcomes import Outcome

MOST_LEASES = 100
MOVING = (MailingState.SENDING, MailingState.PAUSED, MailingState.CANCELLED)
"""States in which rows may be in somebody's hands."""


def recover(*, now: dt.datetime) -> int:
    """Settle every lease that ran out by `now`; how many rows that were.

    Replied: that outcome. Announced without a reply, or the journal lost its page: unknown, then the mailing's policy.
    Never announced: queued again. While the journal does not answer, nothing is decided.
    """
    clocks.mend(now=now)
    _write_lost_leases_anew(now)
    return sum(_recover(lease, now) for lease in Lease.objects.filter(until__lte=now).order_by("until")[:MOST_LEASES])


def _write_lost_leases_anew(now: dt.datetime) -> None:
    """Rows in hand under a lease that is gone would wait for ever. Nothing of ours leaves any; if it happens, it ran out."""
    without = Mailing.objects.filter(~Exists(Lease.objects.filter(mailing=OuterRef("pk"))), state__in=MOVING)
    for mailing in without.annotate(in_hand=sum_in([DeliveryState.SENDING])).filter(in_hand__gt=0):
        rows = Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENDING).order_by()
        lost = rows.exclude(lease__in=Lease.objects.values("pk")).values_list("lease")
        Lease.objects.bulk_create(
            [
                Lease(pk=lease, mailing=mailing, until=now, first_id=first, last_id=last)
                for lease, first, last in lost.annotate(first=Min("pk"), last=Max("pk"))
            ],
            ignore_conflicts=True,
        )


def _recover(lease: Lease, now: dt.datetime) -> int:
    try:
        page = journal.close(lease.pk)
    except journal.JournalError:
        return 0
    rows = Delivery.objects.filter(mailing=lease.mailing_id, pk__range=(lease.first_id, lease.last_id))
    held = rows.filter(state=DeliveryState.SENDING, lease=lease.pk).select_related("mailing", "subscriber")
    settled = [_settled(row, page, now) for row in held]
    return len(settled) if take_over(lease=lease.pk, outcomes=settled, now=now) else 0


def _settled(row: Delivery, page: Page, now: dt.datetime) -> Outcome:
    rng, address = random.SystemRandom(), row.subscriber.address if row.subscriber else ""
    attempt = outcomes.Try(row.pk, row.attempts, row.unknowns, address, row.mailing, now, page.servers.get(row.pk, ""))
    if reply := page.replies.get(row.pk):
        return outcomes.replied(attempt=attempt, reply=reply, rng=rng)
    if row.pk in page.announced:
        return outcomes.unknown(attempt=attempt, text=sentences.DIED, rng=rng)
    if page.is_lost:
        return outcomes.unknown(attempt=attempt, text=sentences.FORGOTTEN, rng=rng)
    return outcomes.untouched(delivery_id=row.pk, now=now)
