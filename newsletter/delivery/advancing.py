"""What a nudge does: look at one mailing and do the next bounded piece of whatever it needs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from newsletter.delivery import preparing, sending, steering, tallying
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.transport import kept

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

NOT_YET = (MailingState.SCHEDULED, MailingState.PREPARING)
SENDERS = 4
"""How many workers a mailing asks for when its sending begins; the sweep adds more while rows are due."""


def advance(*, mailing_id: int, clock: Callable[[], dt.datetime], seconds: float) -> int:
    """Prepare, send, finish or clear away one mailing for about `seconds`; how many workers could go on with it at once.

    May run any number of times, in any number of workers at the same time; a mailing that is done needs nothing.
    """
    until = time.monotonic() + seconds
    _wake(mailing_id, clock())
    state = _state(mailing_id)
    if state == MailingState.PREPARING:
        return _prepare(mailing_id, clock, until)
    if state == MailingState.CANCELLED:
        return int(steering.skip_the_rest(mailing_id=mailing_id, now=clock()))
    if state != MailingState.SENDING or _waits(mailing_id, clock()):
        return 0
    if sending.send(mailing_id=mailing_id, clock=clock, seconds=seconds, transport=kept()):
        return 1
    finish(mailing_id=mailing_id, now=clock())
    return 0


def movable(*, now: dt.datetime) -> list[int]:
    """Ids of mailings that a worker could do something for at `now`, oldest first."""
    begins = Q(state=MailingState.SCHEDULED, due_at__lte=now) | Q(state=MailingState.PREPARING)
    asks_again = Q(waits_until=None) | Q(waits_until__lte=now)
    sends = Q(state=MailingState.SENDING) & asks_again
    found = list(Mailing.objects.filter(begins | sends | Q(state=MailingState.CANCELLED)).order_by("id"))
    sums = tallying.sums_of(mailing_ids=[mailing.pk for mailing in found if mailing.state not in NOT_YET])
    return [mailing.pk for mailing in found if mailing.state in NOT_YET or _can_move(mailing, sums[mailing.pk], now)]


def _can_move(mailing: Mailing, sums: dict[str, int], now: dt.datetime) -> bool:
    if mailing.state == MailingState.CANCELLED:
        return sums.get(DeliveryState.QUEUED, 0) + sums.get(DeliveryState.DEFERRED, 0) > 0
    return (
        sums.get(DeliveryState.QUEUED, 0) > 0
        or not tallying.waiting_in(sums)
        or Delivery.objects.filter(mailing=mailing, due_at__lte=now).exists()
    )


def finish(*, mailing_id: int, now: dt.datetime) -> bool:
    """Close a mailing in which no row waits any more, by the rows themselves; whether it was this call that closed it."""
    if tallying.waiting_in(tallying.sums_of(mailing_ids=[mailing_id])[mailing_id]):
        return False
    unsettled = Delivery.objects.filter(mailing=OuterRef("pk"), state__in=tallying.UNSETTLED)
    sent = Mailing.objects.filter(~Exists(unsettled), pk=mailing_id, state=MailingState.SENDING)
    return sent.update(state=MailingState.FINISHED, finished_at=now, waits_for="", waits_until=None) > 0


def _wake(mailing_id: int, now: dt.datetime) -> None:
    """A scheduled mailing whose time has come begins."""
    due = Mailing.objects.filter(pk=mailing_id, state=MailingState.SCHEDULED, due_at__lte=now)
    due.update(state=MailingState.PREPARING)


def _prepare(mailing_id: int, clock: Callable[[], dt.datetime], until: float) -> int:
    while preparing.prepare(mailing_id=mailing_id, now=clock()):
        if time.monotonic() > until:
            return 1
    return SENDERS


def _state(mailing_id: int) -> str:
    return Mailing.objects.filter(pk=mailing_id).values_list("state", flat=True).first() or ""


def _waits(mailing_id: int, now: dt.datetime) -> bool:
    return Mailing.objects.filter(pk=mailing_id, waits_until__gt=now).exists()
