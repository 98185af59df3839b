"""What a nudge does: look at one mailing and do the next bounded piece of whatever it needs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from newsletter.delivery import choosing, expiring, lanes, preparing, scheduling, sending, steering, tallying, waiting
from newsletter.delivery.models import Delivery, DeliveryState, Lane, Mailing, MailingState
from newsletter.delivery.transport import kept

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from newsletter.delivery.transport import Transport

NOT_YET = (MailingState.SCHEDULED, MailingState.PREPARING)
_UNWRITTEN = Q(state=MailingState.SENDING, prepared_at=None)
SENDERS = 4
"""How many workers a mailing asks for when its sending begins; the sweep adds more while rows are due."""


def advance(*, mailing_id: int, clock: Callable[[], dt.datetime], seconds: float) -> int:
    """Prepare, send, finish or clear away one mailing for about `seconds`; how many workers could go on with it at once.

    May run any number of times, in any number of workers at the same time; a mailing that is done needs nothing.
    """
    mailing = Mailing.objects.select_related("edition__newsletter").filter(pk=mailing_id).first()
    if mailing is None:
        return 0
    workers = _step(mailing, clock, seconds)
    if mailing.lane == Lane.URGENT:
        lanes.say_urgent(mailing_id=mailing_id, waits=workers > 0)
    return workers


def movable(*, now: dt.datetime) -> list[int]:
    """Ids of mailings that a worker could do something for at `now`, the urgent ones first, then the oldest."""
    begins = Q(state=MailingState.SCHEDULED, due_at__lte=now) | Q(state=MailingState.PREPARING)
    asks_again = Q(waits_until=None) | Q(waits_until__lte=now) | Q(expires_at__lte=now) | _UNWRITTEN
    moves = (begins | Q(state=MailingState.SENDING)) & asks_again
    found = list(Mailing.objects.filter(moves | Q(state=MailingState.CANCELLED)).order_by("-lane", "id"))
    sums = tallying.sums_of(mailing_ids=[mailing.pk for mailing in found if mailing.state not in NOT_YET])
    return [mailing.pk for mailing in found if mailing.state in NOT_YET or _can_move(mailing, sums[mailing.pk], now)]


def _can_move(mailing: Mailing, sums: dict[str, int], now: dt.datetime) -> bool:
    if mailing.state == MailingState.CANCELLED or _is_old(mailing, now):
        return sums.get(DeliveryState.QUEUED, 0) + sums.get(DeliveryState.DEFERRED, 0) > 0
    return (
        mailing.prepared_at is None
        or sums.get(DeliveryState.QUEUED, 0) > 0
        or not tallying.waiting_in(sums)
        or Delivery.objects.filter(mailing=mailing, due_at__lte=now).exists()
    )


def finish(*, mailing_id: int, now: dt.datetime) -> bool:
    """Close a mailing whose rows are all written and of which none waits, by the rows themselves; whether this call did it."""
    if tallying.waiting_in(tallying.sums_of(mailing_ids=[mailing_id])[mailing_id]):
        return False
    unsettled = Delivery.objects.filter(mailing=OuterRef("pk"), state__in=tallying.UNSETTLED)
    written = Mailing.objects.filter(prepared_at__isnull=False)
    sent = written.filter(~Exists(unsettled), pk=mailing_id, state=MailingState.SENDING)
    return sent.update(state=MailingState.FINISHED, finished_at=now, waits_for="", waits_until=None) > 0


def _step(mailing: Mailing, clock: Callable[[], dt.datetime], seconds: float) -> int:
    until = time.monotonic() + seconds
    if mailing.state in NOT_YET:
        return _begin(mailing, clock)
    if mailing.state == MailingState.CANCELLED:
        return int(steering.skip_the_rest(mailing_id=mailing.pk, now=clock()))
    if mailing.state != MailingState.SENDING:
        return 0
    if mailing.prepared_at is None and _prepare(mailing, clock, until):
        return 1
    if _is_old(mailing, clock()):
        return _clear_away(mailing.pk, clock, until)
    return 0 if _waits(mailing, clock()) else _send(mailing, clock, until - time.monotonic())


def _begin(mailing: Mailing, clock: Callable[[], dt.datetime]) -> int:
    """Write the first rows; from then on some workers send what others write."""
    if not scheduling.begin(mailing=mailing, now=clock()):
        return 0
    preparing.prepare(mailing_id=mailing.pk, now=clock())
    return SENDERS


def _prepare(mailing: Mailing, clock: Callable[[], dt.datetime], until: float) -> bool:
    """Write rows until all are written (or somebody else is at it), or the time is over: then there is more."""
    while preparing.prepare(mailing_id=mailing.pk, now=clock()):
        if time.monotonic() > until or lanes.makes_room(mailing=mailing):
            return True
    return False


def _send(mailing: Mailing, clock: Callable[[], dt.datetime], seconds: float) -> int:
    """Send for a turn; somebody urgent may have this worker at once, and all but one of its connections."""
    transport = _transport(mailing)
    with transport.taken_up():
        goes_on = sending.send(mailing_id=mailing.pk, clock=clock, seconds=seconds, transport=transport)
        if lanes.makes_room(mailing=mailing):
            transport.shrink()
            return 0
    if not goes_on:
        finish(mailing_id=mailing.pk, now=clock())
    return int(goes_on)


def _transport(mailing: Mailing) -> Transport:
    """Over the servers its newsletter chose; where they are not there any more, over none."""
    return kept(tuple(choosing.servers_for(newsletter=mailing.edition.newsletter)))


def _clear_away(mailing_id: int, clock: Callable[[], dt.datetime], until: float) -> int:
    while expiring.expire(mailing_id=mailing_id, now=clock()):
        if time.monotonic() > until:
            return 1
    finish(mailing_id=mailing_id, now=clock())
    return 0


def _is_old(mailing: Mailing, now: dt.datetime) -> bool:
    return mailing.expires_at is not None and mailing.expires_at <= now


def _waits(mailing: Mailing, now: dt.datetime) -> bool:
    """Whether its server is asked again only later, or its newsletter's hours are over."""
    if mailing.waits_until and mailing.waits_until > now:
        return True
    if wait := scheduling.may_send(mailing=mailing, now=now):
        waiting.until(mailing=mailing, sentence=wait.sentence, moment=wait.until)
    return wait is not None
