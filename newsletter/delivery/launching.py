"""Turns an approved edition into a mailing. What was approved is what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max

from campaigns.safeguarding.sensitivity import holds_unknown
from newsletter.composition.freezing import frozen_messages
from newsletter.delivery.models import Mailing, MailingState, UnknownPolicy

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

    from newsletter.editions.models import Edition


class AlreadyMailedError(Exception):
    """The edition has a mailing that is not cancelled: `mailing`. A command run twice sends nothing again."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__(f"edition {mailing.edition_id} has mailing {mailing.pk}")
        self.mailing = mailing


def launch(
    *,
    edition: Edition,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    by: User | None = None,
    unknown_policy: UnknownPolicy | None = None,
) -> Mailing:
    """A mailing of `edition`, to begin at `due_at` (aware; at once without it). The rows are written by the worker.

    Raises:
        AlreadyMailedError: it is being mailed or was.
        NotApprovedError, ChangedSinceApprovalError: from composition.freezing.
    """
    _refuse_a_second(edition)
    messages = frozen_messages(edition=edition, now=now)
    policy = unknown_policy or policy_for(edition=edition)
    try:
        with transaction.atomic():
            mailing = Mailing.objects.create(
                edition=edition,
                state=MailingState.SCHEDULED if due_at and due_at > now else MailingState.PREPARING,
                unknown_policy=policy,
                due_at=due_at or now,
                created_at=now,
                launched_by=by,
            )
            mailing.messages.set(messages)
    except IntegrityError:
        _refuse_a_second(edition)  # somebody launched it in the same moment
        raise
    return mailing


def policy_for(*, edition: Edition) -> UnknownPolicy:
    """Hold copies of unknown outcome where the edition is sensitive, else send them again (S4)."""
    found = edition.blocks.aggregate(news=Max("news_item__sensitivity"), campaign=Max("campaign__sensitivity"))
    return (
        UnknownPolicy.HOLD if holds_unknown(max(found["news"] or 0, found["campaign"] or 0)) else UnknownPolicy.RESEND
    )


def _refuse_a_second(edition: Edition) -> None:
    live = Mailing.objects.filter(edition=edition).exclude(state=MailingState.CANCELLED).first()
    if live is not None:
        raise AlreadyMailedError(live)
