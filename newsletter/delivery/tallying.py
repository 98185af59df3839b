"""Reads the sums that the database keeps over deliveries (see guarding), and folds old seconds together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Sum

from newsletter.delivery.bookkeeping import Tally
from newsletter.delivery.models import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Collection

UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
FOLD_AFTER = dt.timedelta(minutes=2)
"""Seconds younger than this stand alone: the rate is read off them."""
OLD = "WHERE at < %s AND at > %s"
GONE = f"DELETE FROM newsletter_tally {OLD}"  # noqa: S608 (a constant)
SUMMED = """INSERT INTO newsletter_tally (mailing_id, provider, state, at, writer, change)
SELECT mailing_id, provider, state, CAST(%s AS {moment}), 0, SUM(change) FROM {rows} GROUP BY mailing_id, provider, state
ON CONFLICT (mailing_id, provider, state, at, writer) DO UPDATE SET change = newsletter_tally.change + EXCLUDED.change"""


def sums_of(*, mailing_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many deliveries of each mailing are in each state; a state nobody is in may be missing."""
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Tally.objects.filter(mailing_id__in=mailing_ids).order_by().values_list("mailing_id", "state")
    for mailing_id, state, number in rows.annotate(number=Sum("change")):
        sums[mailing_id][state] = number
    return sums


def waiting_by_provider(*, mailing_id: int) -> dict[str, int]:
    """How many deliveries of a mailing wait for a try, per receiving provider that has any."""
    waiting = Tally.objects.filter(mailing_id=mailing_id, state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED])
    rows = waiting.order_by().values_list("provider").annotate(number=Sum("change")).filter(number__gt=0)
    return dict(rows)


def waiting_in(sums: dict[str, int]) -> int:
    """How many of these deliveries still wait for an outcome."""
    return sum(sums.get(state, 0) for state in UNSETTLED)


def fold(*, now: dt.datetime) -> None:
    """Add what is older than two minutes into one row per mailing, provider and state. Any number of times, at any time.

    On PostgreSQL one statement, so that what somebody else commits in the meantime is neither lost nor added twice; on SQLite
    nobody else writes in between.
    """
    moment = connection.ops.adapt_datetimefield_value
    long_ago, old = moment(LONG_AGO), [moment(now - FOLD_AFTER), moment(LONG_AGO)]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            summed = SUMMED.format(moment="timestamptz", rows="gone")
            cursor.execute(f"WITH gone AS ({GONE} RETURNING *) {summed}", [*old, long_ago])
        else:
            summed = SUMMED.format(moment="text", rows=f"newsletter_tally {OLD}")
            cursor.execute(summed, [long_ago, *old])
            cursor.execute(GONE, old)
