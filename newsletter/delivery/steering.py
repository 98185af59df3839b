"""Pause, resume, cancel, and the decision about copies whose outcome nobody knows. Each is one conditional update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, Value

from newsletter.delivery import claiming
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, SkipReason, UnknownPolicy

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

MOVING = (MailingState.SCHEDULED, MailingState.PREPARING, MailingState.SENDING)
ROWS_PER_STEP = 20_000
DECIDED_PER_STEP = 2_000


class MailingTransitionError(Exception):
    """A mailing in `state` cannot do `action` (pause, resume, cancel, choose, decide)."""

    def __init__(self, action: str, state: str) -> None:
        super().__init__(f"cannot {action} a mailing that is {state}")
        self.action = action
        self.state = state


def pause(*, mailing_id: int, now: dt.datetime) -> Mailing:  # noqa: ARG001 (every steering function takes the moment)
    """Hold a mailing that is scheduled, preparing or sending; batches under way stop between two messages.

    Raises:
        MailingTransitionError: it does not move. (Pausing twice is fine.)
    """
    moved = _in(mailing_id, *MOVING).update(paused_from=F("state"), state=MailingState.PAUSED)
    return _now(mailing_id, "pause", moved, already=MailingState.PAUSED)


def resume(*, mailing_id: int, now: dt.datetime) -> Mailing:
    """Let a paused mailing go on where it was; one whose time has come meanwhile begins now, for that is what was asked.

    Raises:
        MailingTransitionError: it is not paused.
    """
    paused = _in(mailing_id, MailingState.PAUSED)
    paused.filter(prepared_to=0, due_at__lt=now).update(due_at=now)
    moved = paused.update(state=F("paused_from"), paused_from="", waits_for="", waits_until=None)
    return _now(mailing_id, "resume", moved)


def cancel(*, mailing_id: int, now: dt.datetime) -> Mailing:
    """End a mailing for good; whoever was not mailed yet becomes skipped(cancelled).

    Raises:
        MailingTransitionError: it has finished. (Cancelling twice is fine.)
    """
    moved = _in(mailing_id, *MOVING, MailingState.PAUSED).update(
        state=MailingState.CANCELLED, finished_at=now, paused_from="", waits_for="", waits_until=None
    )
    mailing = _now(mailing_id, "cancel", moved, already=MailingState.CANCELLED)
    skip_the_rest(mailing_id=mailing_id, now=now)
    return mailing


def skip_the_rest(*, mailing_id: int, now: dt.datetime) -> bool:
    """Mark one step of a cancelled mailing's waiting rows as skipped; True where there may be more."""
    if not _in(mailing_id, MailingState.CANCELLED).exists():
        return False
    return (
        claiming.leave_out_waiting(mailing_id=mailing_id, reason=SkipReason.CANCELLED, limit=ROWS_PER_STEP, now=now)
        >= ROWS_PER_STEP
    )


def decide(*, mailing_id: int, resend: bool, now: dt.datetime, only: int | None = None) -> int:
    """What a person says about copies of unknown outcome: send them again (same Message-ID), or leave them; how many.

    `only` is the id of the one delivery that is meant; without it, all of the mailing that wait for a decision, a bounded step
    per transaction.

    Raises:
        MailingTransitionError: to resend, the mailing must be sending, paused or finished, and still be news.
    """
    decided = step = _decide_step(mailing_id, resend, now, only)
    while step == DECIDED_PER_STEP:
        step = _decide_step(mailing_id, resend, now, only)
        decided += step
    return decided


def choose_policy(*, mailing_id: int, policy: UnknownPolicy, now: dt.datetime) -> Mailing:  # noqa: ARG001 (as above)
    """What is to happen from now on to copies of unknown outcome; those that are held already stay held.

    Raises:
        MailingTransitionError: it is over, so nothing can become unknown any more.
    """
    moved = _in(mailing_id, *MOVING, MailingState.PAUSED).update(unknown_policy=policy)
    return _now(mailing_id, "choose", moved)


def held(*, mailing_id: int) -> QuerySet[Delivery]:
    """Deliveries of unknown outcome that wait for a person's decision, in the order of ids."""
    rows = Delivery.objects.filter(mailing=mailing_id, unknowns__gt=0)
    return rows.filter(state=DeliveryState.UNKNOWN, decided_at=None).order_by("pk")


def _decide_step(mailing_id: int, resend: bool, now: dt.datetime, only: int | None) -> int:  # noqa: FBT001 (as asked)
    waiting = held(mailing_id=mailing_id)
    if only is not None:
        waiting = waiting.filter(pk=only)
    rows = Delivery.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[:DECIDED_PER_STEP]))
    undecided = rows.filter(state=DeliveryState.UNKNOWN, decided_at=None)
    if not resend:
        return undecided.update(decided_at=now)
    if not undecided.exists():  # decided already: a finished mailing does not begin anew for nobody
        return 0
    with transaction.atomic():
        news = Q(expires_at=None) | Q(expires_at__gt=now)
        _in(mailing_id, MailingState.FINISHED).filter(news).update(state=MailingState.SENDING, finished_at=None)
        alive = _in(mailing_id, MailingState.SENDING, MailingState.PAUSED).filter(news).update(waits_for=Value(""))
        _now(mailing_id, "decide", alive)
        return undecided.update(state=DeliveryState.QUEUED, due_at=now)


def _in(mailing_id: int, *states: MailingState) -> QuerySet[Mailing]:
    return Mailing.objects.filter(pk=mailing_id, state__in=states)


def _now(mailing_id: int, action: str, moved: int, already: MailingState | None = None) -> Mailing:
    mailing = Mailing.objects.select_related("edition").get(pk=mailing_id)
    if not moved and mailing.state != already:
        raise MailingTransitionError(action, mailing.state)
    return mailing
