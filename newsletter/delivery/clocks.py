"""Notices that the clock was set back, and lets nothing wait until it shows again what it showed before.

What was to come at once comes at once, and whoever waits asks again. A time that a person chose stays theirs, and so does a
wait that a mail server asked for, as long as it is not longer than any we ever set.
"""

from __future__ import annotations

import contextlib
import datetime as dt

from django.conf import settings
from django.db.models import F, Q
from redis import RedisError

from newsletter.audience import corresponding
from newsletter.delivery import breaking, retrying
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.receivers import Provider
from newsletter.lib.redis import connection

CLOCKS_AGREE = dt.timedelta(minutes=1)
"""The clocks of two hosts differ by less than this."""
SHOWN = "wici:{clock}:shown"
"""What the clock showed at the last sweep, in seconds since 1970. Where Redis forgets it, what waits may wait for that long."""


def mend(*, now: dt.datetime) -> bool:
    """Let nothing wait for a moment that only a clock since set back made so late; whether it was, since the last sweep."""
    _shorten_leases(now)
    was_set_back = _shown() > (now + CLOCKS_AGREE).timestamp()
    if was_set_back:
        _bring_forward(now)
    with contextlib.suppress(RedisError):  # last, so that whoever dies before is followed by another sweep
        connection().set(SHOWN, now.timestamp())
    return was_set_back


def _shown() -> float:
    with contextlib.suppress(RedisError):
        return float(connection().get(SHOWN) or 0)
    return 0.0


def _shorten_leases(now: dt.datetime) -> None:
    """A living worker renews its lease all the same."""
    end = now + dt.timedelta(seconds=settings.LEASE_SECONDS)
    Lease.objects.filter(until__gt=end + CLOCKS_AGREE).update(until=end)


def _bring_forward(now: dt.datetime) -> None:
    _mailings(now)
    _deliveries(now)
    Stream.objects.filter(waits_until__gt=now).update(waits_until=now)
    longest = now + breaking.CAP
    Provider.objects.filter(stopped_until__gt=longest).update(stopped_until=longest)
    corresponding.bring_forward(now=now)


def _mailings(now: dt.datetime) -> None:
    """Whatever stood in the way says so anew if it still does; what was launched or released to begin at once begins."""
    Mailing.objects.filter(waits_until__gt=now).update(waits_until=now)
    at_once = Q(due_at__lte=F("created_at")) | Q(due_at__lte=F("released_at"))
    Mailing.objects.filter(at_once, state=MailingState.SCHEDULED, due_at__gt=now).update(due_at=now)


def _deliveries(now: dt.datetime) -> None:
    """Handed back, or unknown for the first time: at once. Put off: no longer than the longest time between two tries."""
    moving = Mailing.objects.filter(state__in=[MailingState.SENDING, MailingState.PAUSED])
    rows = Delivery.objects.filter(mailing__in=moving, due_at__gt=now)
    handed_back = Q(unknowns=1) | Q(unknowns=0, mailing__wall_time="")  # else it may be the reader's own hour
    rows.filter(handed_back, state=DeliveryState.QUEUED).update(due_at=now)
    put_off = Q(state=DeliveryState.DEFERRED) | Q(state=DeliveryState.QUEUED, unknowns__gt=0)
    rows.filter(put_off, due_at__gt=now + retrying.CAP).update(due_at=now + retrying.CAP)
