"""How far a mailing is and what the servers said: sums over rows, made by the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from newsletter.delivery import sentences
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState

RECENT = dt.timedelta(seconds=30)
MOST_REPLIES = 5
WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)


@dataclass(frozen=True, slots=True)
class ServerReply:
    """What servers answered to deliveries that did not arrive at once, and how many got that answer."""

    code: int | None
    enhanced_code: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a mailing stands."""

    state: str
    counts: dict[str, int]
    """Rows per delivery state; every state is there."""
    total: int
    done: int
    """Rows that need no more work: sent, failed, unknown or skipped."""
    rate_per_second: float
    """Outcomes per second over the last half minute (less where it began later)."""
    seconds_left: int | None
    """At that rate; None where nothing moves."""
    waits_for: str
    last_replies: list[ServerReply]
    once_unknown: int
    """Readers who may have more than one copy: an outcome was unknown, and it was sent again."""
    undecided: int
    """Deliveries of unknown outcome that wait for a person to decide."""


def progress_of(*, mailing: Mailing, now: dt.datetime) -> Progress:
    """The figures of `mailing` as its rows stand at `now`."""
    mailing.refresh_from_db(fields=["state", "waits_for", "started_at", "finished_at"])
    rows = _rows(mailing, now)
    counts = {state.value: rows.get(state, _Row()).count for state in DeliveryState}
    waiting = sum(counts[state] for state in WAITING)
    rate = _rate(mailing, sum(row.recent for row in rows.values()), now)
    return Progress(
        state=mailing.state,
        counts=counts,
        total=sum(counts.values()),
        done=sum(counts.values()) - waiting,
        rate_per_second=rate,
        seconds_left=round(waiting / rate) if rate else None,
        waits_for=sentences.said(text=mailing.waits_for),
        last_replies=_replies(mailing),
        once_unknown=sum(row.once_unknown for row in rows.values()),
        undecided=sum(row.undecided for row in rows.values()),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    count: int = 0
    recent: int = 0
    once_unknown: int = 0
    undecided: int = 0


def _rows(mailing: Mailing, now: dt.datetime) -> dict[str, _Row]:
    """One pass over the mailing's rows, per state."""
    grouped = Delivery.objects.filter(mailing=mailing).order_by().values_list("state")
    found = grouped.annotate(
        count=Count("id"),
        recent=Count("id", filter=Q(resolved_at__gt=now - RECENT)),
        uncertain=Count("id", filter=Q(unknowns__gt=0) & ~Q(state=DeliveryState.UNKNOWN)),
        undecided=Count("id", filter=Q(state=DeliveryState.UNKNOWN, decided_at=None)),
    )
    return {state: _Row(*figures) for state, *figures in found}


def _rate(mailing: Mailing, recent: int, now: dt.datetime) -> float:
    if mailing.state != MailingState.SENDING or mailing.started_at is None:
        return 0.0
    return recent / max(1.0, min(RECENT, now - mailing.started_at).total_seconds())


def _replies(mailing: Mailing) -> list[ServerReply]:
    """The most frequent answers other than "accepted", grouped by code, each with one of its texts."""
    odd = Delivery.objects.filter(
        mailing=mailing, state__in=[DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.UNKNOWN]
    )
    grouped = odd.order_by().values_list("code", "enhanced_code").annotate(last=Max("reply"), number=Count("id"))
    return [
        ServerReply(code, enhanced, sentences.said(text=text), number)
        for code, enhanced, text, number in grouped.order_by("-number")[:MOST_REPLIES]
    ]
