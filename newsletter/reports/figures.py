"""How far a mailing is, for whom it waits and why: sums that the database keeps over the rows, and look-ups of bounded size.

What it costs grows with the number of receiving providers, never with the number of recipients.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from newsletter.delivery import scheduling, sentences, tallying
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.models import Delivery, DeliveryState, Lane, Mailing, MailingState
from newsletter.reports import pacing, receiving
from newsletter.reports.answers import Answers, last_answers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from newsletter.reports.receiving import Flow, ProviderFigures

MOST_COUNTED = 10_000
"""Rows whose outcome was once unknown are counted one by one, up to so many."""
STILL = dt.timedelta(minutes=1)
"""After so long without any movement or reason, something is wrong."""
UNDER_WAY = (MailingState.PREPARING, MailingState.SENDING, MailingState.PAUSED)
READ_ANEW = (
    *("state", "waits_for", "waits_until", "due_at", "prepared_at", "started_at", "finished_at"),
    "unknown_policy",
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a mailing's rows need no more work."""

    counts: dict[str, int]
    """Rows per delivery state; every state is there."""

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Rows without an outcome."""
        return tallying.waiting_in(self.counts)

    @property
    def done(self) -> int:
        """Rows that are sent, failed, unknown or skipped."""
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        """How many in a hundred are done, rounded down."""
        return pacing.percent(done=self.done, total=self.total)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Rows whose outcome was unknown at some time."""

    once_unknown: int
    """Readers who may have more than one copy, because it was sent again."""
    undecided: int
    """Rows that wait for a person to decide."""
    exact: bool
    """False where there are more than MOST_COUNTED: then both are at least so many."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a mailing stands."""

    state: str
    is_written: bool
    """Whether all rows exist; sending begins before the last of them is written."""
    share: Share
    pace: pacing.Pace
    """Messages with an outcome per second: in the last half minute, and in the one before."""
    left: pacing.Left
    waits_for: str
    """Why nothing moves, in the reader's language; empty where it does, and where nobody knows."""
    stands_still: bool
    """It should move, did not for a minute, nobody has it in hand, and no reason is noted."""
    providers: list[ProviderFigures]
    """Those it has any row for, the ones most wait for first."""
    answers: Answers
    uncertain: Uncertain

    @property
    def once_unknown(self) -> int:
        """Readers who may have more than one copy."""
        return self.uncertain.once_unknown

    @property
    def undecided(self) -> int:
        """Rows that wait for a person to decide."""
        return self.uncertain.undecided

    @property
    def counts(self) -> dict[str, int]:
        """Rows per delivery state; every state is there."""
        return self.share.counts

    @property
    def total(self) -> int:
        """All rows."""
        return self.share.total

    @property
    def done(self) -> int:
        """Rows that need no more work."""
        return self.share.done


def progress_of(*, mailing: Mailing, now: dt.datetime) -> Progress:
    """The figures of `mailing` (with its edition and newsletter) as they stand at `now`: at most nine bounded queries."""
    mailing.refresh_from_db(fields=READ_ANEW)
    flow = tallying.flow_of(mailing_id=mailing.pk, now=now, span=pacing.SPAN)
    moves = mailing.state == MailingState.SENDING
    within = pacing.spans(started_at=mailing.started_at if moves else None, now=now)
    share = Share(receiving.counts_in((state, sums.number) for (_, state), sums in flow.items()))
    total = receiving.pace_of([(state, sums) for (_, state), sums in flow.items()], within)
    providers = receiving.figures_by_provider(mailing=mailing, flow=flow, within=within, now=now)
    return Progress(
        state=mailing.state,
        is_written=mailing.prepared_at is not None or mailing.state not in UNDER_WAY,
        share=share,
        pace=total,
        left=_left(mailing, share, providers, total, now) if moves and share.waiting else pacing.Left(),
        waits_for=sentences.said(text=mailing.waits_for),
        stands_still=_stands_still(mailing, flow, providers, now),
        providers=providers,
        answers=last_answers(mailing_id=mailing.pk),
        uncertain=_uncertain(mailing),
    )


def shares_of(*, mailing_ids: Collection[int]) -> Mapping[int, Share]:
    """How far each of these mailings is; one query over their sums."""
    sums = tallying.sums_of(mailing_ids=mailing_ids)
    return {pk: Share(receiving.counts_in(sums.get(pk, {}).items())) for pk in mailing_ids}


def _left(
    mailing: Mailing, share: Share, providers: list[ProviderFigures], total: pacing.Pace, now: dt.datetime
) -> pacing.Left:
    timed = share.counts[DeliveryState.DEFERRED] > 0 or mailing.wall is not None
    stop = _waits_until(mailing, now)
    if mailing.prepared_at is None:  # nobody knows how many they will be
        return pacing.Left(waits_until=stop if stop and stop > now + pacing.MOMENTARY else None)
    due = _first_and_last_due(mailing) if timed else None
    ready = any(each.ready for each in providers)
    if mailing.wall and not total.lately and due:
        ready = due[0] <= now  # nobody's clock shows the time just now
    return pacing.left(
        lines=[pacing.Line(each.ready, each.pace, each.waits_until) for each in providers],
        total=total,
        now=now,
        waits_until=stop,
        due=due,
        ready=ready,
    )


def _waits_until(mailing: Mailing, now: dt.datetime) -> dt.datetime | None:
    """When the newsletter's hours begin again, or the mail server is asked again."""
    if (
        mailing.lane == Lane.NORMAL
        and (opens := scheduling.opens_at(newsletter=mailing.edition.newsletter, now=now)) > now
    ):
        return opens
    return mailing.waits_until if mailing.waits_for else None


def _first_and_last_due(mailing: Mailing) -> tuple[dt.datetime, dt.datetime] | None:
    """Of the rows that wait for a moment: two looks at the ends of an index."""
    due = Delivery.objects.filter(mailing=mailing, due_at__isnull=False).values_list("due_at", flat=True)
    first, last = due.order_by("due_at").first(), due.order_by("-due_at").first()
    return (first, last) if first and last else None


def _stands_still(mailing: Mailing, flow: Flow, providers: list[ProviderFigures], now: dt.datetime) -> bool:
    since = mailing.started_at or mailing.due_at
    if mailing.waits_for or now - since < STILL or any(each.waits_for for each in providers):
        return False
    if any(sums.lately or sums.before for sums in flow.values()):
        return False
    if mailing.state == MailingState.SENDING:
        rows_could_move = any(each.ready for each in providers) and not mailing.wall
        return rows_could_move and not Lease.objects.filter(mailing=mailing, until__gt=now).exists()
    return mailing.state in (MailingState.SCHEDULED, MailingState.PREPARING)


def _uncertain(mailing: Mailing) -> Uncertain:
    """Counted over an index that holds these rows alone, and never more than MOST_COUNTED of them."""
    rows = Delivery.objects.filter(mailing=mailing, unknowns__gt=0).order_by("pk")[: MOST_COUNTED + 1]
    unknown = Q(state=DeliveryState.UNKNOWN)
    found = rows.aggregate(
        looked_at=Count("pk"),
        once_unknown=Count("pk", filter=~unknown | Q(unknowns__gt=1)),
        undecided=Count("pk", filter=unknown & Q(decided_at=None)),
    )
    return Uncertain(found["once_unknown"], found["undecided"], found["looked_at"] <= MOST_COUNTED)
