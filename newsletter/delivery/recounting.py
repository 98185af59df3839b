"""What left lately, counted from the rows: for limits whose counters Redis lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import TruncHour, TruncMinute

from newsletter.delivery.models import Delivery, DeliveryState, Mailing
from newsletter.delivery.throttling import Counts

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.functions.datetime import TruncBase

    from newsletter.delivery.throttling import Limit

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TRIED = (DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.UNKNOWN)


def recount(*, limit: Limit, now: dt.datetime) -> Counts:
    """Per minute of the last hour and per hour of the last day; each counts as if it had left at the end of its slot.

    A row tried several times counts once, by its last try. Reads only mailings that were under way within the day.
    """
    rows = _rows(limit.key, now)
    by_minute, by_hour = TruncMinute("resolved_at", tzinfo=dt.UTC), TruncHour("resolved_at", tzinfo=dt.UTC)
    return Counts(
        hour=_ages(rows.filter(resolved_at__gt=now - HOUR), by_minute, dt.timedelta(minutes=1), now),
        day=_ages(rows, by_hour, HOUR, now) if limit.per_day else (),
    )


def _rows(key: str, now: dt.datetime) -> QuerySet[Delivery]:
    lately = Mailing.objects.filter(Q(finished_at=None) | Q(finished_at__gt=now - DAY), started_at__isnull=False)
    rows = Delivery.objects.filter(mailing__in=lately, state__in=TRIED, resolved_at__gt=now - DAY)
    what, _colon, name = key.partition(":")
    match what:
        case "provider":
            return rows.filter(provider="" if name == "others" else name)
        case "newsletter":
            return rows.filter(mailing__edition__newsletter=int(name))
        case "server":
            return rows.filter(server=name)
    return rows.none()


def _ages(rows: QuerySet[Delivery], begin: TruncBase, slot: dt.timedelta, now: dt.datetime) -> list[tuple[int, int]]:
    counted = rows.annotate(slot=begin).values_list("slot").annotate(number=Count("id")).order_by("slot")
    return [(max(0, int((now - begins - slot).total_seconds())), number) for begins, number in counted]
