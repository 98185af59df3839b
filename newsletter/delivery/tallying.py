"""Reads the sums that the database keeps over deliveries (see guarding), and folds old seconds together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from newsletter.delivery.bookkeeping import Tally
from newsletter.delivery.models import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models.expressions import Combinable

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


@dataclass(frozen=True, slots=True)
class Sums:
    """How many deliveries are in one state, and by how many that changed in two spans of time before now."""

    number: int = 0
    lately: int = 0
    """In the last `span`, whole seconds, without the one that is running."""
    before: int = 0
    """In the `span` before that."""


def flow_of(*, mailing_id: int, now: dt.datetime, span: dt.timedelta) -> dict[tuple[str, str], Sums]:
    """The sums of a mailing per receiving provider and state, as it stands and as it moves; `span` is a minute at most.

    Costs as much as there are providers and seconds that were not folded yet, however many deliveries there are.
    """
    end = now.replace(microsecond=0)
    lately = Q(at__gte=end - span, at__lt=end)
    before = Q(at__gte=end - 2 * span, at__lt=end - span)
    grouped = Tally.objects.filter(mailing_id=mailing_id).order_by().values_list("provider", "state")
    rows = grouped.annotate(
        number=Sum("change"), lately=Sum("change", filter=lately), before=Sum("change", filter=before)
    )
    return {(provider, state): Sums(*(sums or 0 for sums in found)) for provider, state, *found in rows}


def sum_in(states: Collection[str]) -> Combinable:
    """For annotating mailings: how many of their deliveries are in one of `states`, off the same sums."""
    own = Tally.objects.filter(mailing_id=OuterRef("pk"), state__in=states).order_by().values("mailing_id")
    return Coalesce(Subquery(own.annotate(number=Sum("change")).values("number")), 0)


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
