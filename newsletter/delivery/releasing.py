"""An urgent mailing is launched by two people: whoever launched it, and whoever releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, Value, When

from newsletter.delivery.models import Lane, Mailing, MailingState

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

NOT_BEGUN = (MailingState.SCHEDULED, MailingState.PAUSED)


class SamePersonError(Exception):
    """Who launched a mailing cannot release it too."""


class NothingToReleaseError(Exception):
    """The mailing is not urgent, was released already, or is over."""


def release(*, mailing_id: int, by: User, now: dt.datetime) -> Mailing:
    """Let an urgent mailing begin that another person launched: at its time, or at once where that has come.

    Raises:
        SamePersonError: `by` launched it.
        NothingToReleaseError: it waits for nobody. (Releasing twice is that.)
    """
    waiting = Mailing.objects.filter(pk=mailing_id, lane=Lane.URGENT, state__in=NOT_BEGUN, released_at=None)
    another = waiting.filter(~Q(launched_by=by) | Q(launched_by=None))
    if not another.update(released_by=by, released_at=now, due_at=not_before(now), waits_for="", waits_until=None):
        raise SamePersonError if waiting.exists() else NothingToReleaseError
    return Mailing.objects.select_related("edition").get(pk=mailing_id)


def not_before(now: dt.datetime) -> Case:
    """Its time, or `now` where that has passed: what a person held up was not late."""
    return Case(When(due_at__lt=now, then=Value(now)), default=F("due_at"))
