"""Turns an approved edition into a mailing. What was approved is what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction

from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition.freezing import frozen_messages
from newsletter.delivery import local_times, scheduling, windows
from newsletter.delivery.models import Lane, Mailing, MailingState, UnknownPolicy

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

    from newsletter.editions.models import Edition


class AlreadyMailedError(Exception):
    """The edition has a mailing that is not cancelled: `mailing`. A command run twice sends nothing again."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__(f"edition {mailing.edition_id} has mailing {mailing.pk}")
        self.mailing = mailing


def launch(  # noqa: PLR0913 (what the launch dialog asks, each by its name)
    *,
    edition: Edition,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    by: User | None = None,
    unknown_policy: UnknownPolicy | None = None,
    lane: Lane = Lane.NORMAL,
    expires_at: dt.datetime | None = None,
    at_local_time: bool = False,
    late_margin: int | None = None,
) -> Mailing:
    """A mailing of `edition`, to begin at `due_at` (aware; at once without it). The rows are written by the worker.

    With `at_local_time` everybody gets it when their own clock shows what the newsletter's shows at `due_at`; it begins
    with the first of them. An urgent mailing that a person launches (`by`) waits for a second person's release; the
    operator's, from the command line, does not. `late_margin` is in minutes.

    Raises:
        AlreadyMailedError: it is being mailed or was.
        NotApprovedError, ChangedSinceApprovalError: from composition.freezing.
    """
    _refuse_a_second(edition)
    messages = frozen_messages(edition=edition, now=now)
    mailing = Mailing(
        edition=edition,
        unknown_policy=unknown_policy or policy_for(edition=edition),
        due_at=due_at or now,
        expires_at=expires_at,
        lane=lane,
        late_margin=settings.LATE_MARGIN_MINUTES if late_margin is None else late_margin,
        created_at=now,
        launched_by=by,
        released_at=now if lane == Lane.URGENT and by is None else None,
    )
    if at_local_time:
        _by_the_readers_clock(mailing, now)
    _stand_where_it_may(mailing, now)
    try:
        with transaction.atomic():
            mailing.save(force_insert=True)
            mailing.messages.set(messages)
    except IntegrityError:
        _refuse_a_second(edition)  # somebody launched it in the same moment
        raise
    return mailing


def policy_for(*, edition: Edition) -> UnknownPolicy:
    """Hold copies of unknown outcome where the edition is sensitive, else send them again (S4)."""
    return UnknownPolicy.HOLD if care_at(edition.sensitivity).holds_unknown else UnknownPolicy.RESEND


def _by_the_readers_clock(mailing: Mailing, now: dt.datetime) -> None:
    newsletter = mailing.edition.newsletter
    wall = mailing.due_at.astimezone(windows.zone_of(newsletter)).replace(tzinfo=None)
    mailing.wall_time = wall.isoformat(timespec="minutes")
    first, _last = local_times.span(newsletter=newsletter, wall=wall)
    mailing.due_at = max(first, now)


def _stand_where_it_may(mailing: Mailing, now: dt.datetime) -> None:
    """Scheduled, or preparing where nothing is in the way."""
    mailing.state = MailingState.SCHEDULED
    if mailing.due_at > now:
        return
    if wait := scheduling.may_begin(mailing=mailing, now=now):
        mailing.waits_for, mailing.waits_until = wait.sentence, wait.until
    else:
        mailing.state = MailingState.PREPARING


def _refuse_a_second(edition: Edition) -> None:
    live = Mailing.objects.filter(edition=edition).exclude(state=MailingState.CANCELLED).first()
    if live is not None:
        raise AlreadyMailedError(live)
