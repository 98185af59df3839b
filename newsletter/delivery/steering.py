"""Pause, resume, cancel, and the decision about copies whose outcome nobody knows. Each is one conditional update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Value

from newsletter.delivery import claiming
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, SkipReason

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

MOVING = (MailingState.SCHEDULED, MailingState.PREPARING, MailingState.SENDING)
ROWS_PER_STEP = 20_000


class MailingTransitionError(Exception):
    """A mailing in `state` cannot do `action` (pause, resume, cancel, decide)."""

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


def decide(*, mailing_id: int, resend: bool, now: dt.datetime) -> int:
    """What a person says about copies of unknown outcome: send them again (same Message-ID), or leave them; how many.

    Raises:
        MailingTransitionError: to resend, the mailing must be sending, paused or finished.
    """
    held = Delivery.objects.filter(mailing=mailing_id, unknowns__gt=0, state=DeliveryState.UNKNOWN, decided_at=None)
    if not resend:
        return held.update(decided_at=now)
    with transaction.atomic():
        finished = _in(mailing_id, MailingState.FINISHED)
        finished.update(state=MailingState.SENDING, finished_at=None)
        alive = _in(mailing_id, MailingState.SENDING, MailingState.PAUSED).update(waits_for=Value(""))
        _now(mailing_id, "decide", alive)
        return held.update(state=DeliveryState.QUEUED, due_at=now)


def _in(mailing_id: int, *states: MailingState) -> QuerySet[Mailing]:
    return Mailing.objects.filter(pk=mailing_id, state__in=states)


def _now(mailing_id: int, action: str, moved: int, already: MailingState | None = None) -> Mailing:
    mailing = Mailing.objects.select_related("edition").get(pk=mailing_id)
    if not moved and mailing.state != already:
        raise MailingTransitionError(action, mailing.state)
    return mailing
