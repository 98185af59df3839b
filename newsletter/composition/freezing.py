"""Approval freezes what was composed; a send finds exactly that again, or learns why not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition.message import Message
from newsletter.composition.preflight import Finding, examined
from newsletter.editions.approving import has_two_approvers, mark_approved, mark_first_approved
from newsletter.editions.models import EditionState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.contrib.auth.models import User

    from newsletter.editions.models import Edition


class FreezingError(Exception):
    """An edition that may not be sent as it is.

    FreezingError
    ├── FindingsError               something blocks; `findings` say what to mend
    ├── NotApprovedError            nobody approved it, or it was edited since
    │   └── SecondApproverError     its level asks for two people, and only one approved it
    ├── SamePersonError             who approved it first cannot be the second
    └── ChangedSinceApprovalError   what it is composed of is no longer what was approved
    """


class FindingsError(FreezingError):
    """Something must be mended first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(sorted({finding.rule for finding in findings})))
        self.findings = list(findings)


class NotApprovedError(FreezingError):
    """The edition is a draft."""


class SecondApproverError(NotApprovedError):
    """One person approved what needs two."""


class SamePersonError(FreezingError):
    """The first approver came again; somebody else must be the second."""


class ChangedSinceApprovalError(FreezingError):
    """An item, a helpline or the newsletter changed after approval: somebody must look at it again."""


@transaction.atomic
def approve(*, edition: Edition, by: User | None, now: dt.datetime) -> list[Message]:
    """Compose and keep a Message per language, and mark the edition approved by `by` at `now` (aware).

    Where its level asks for two approvers (X13), the first one's approval is only noted, for exactly these words; None, the
    operator at the command line, counts for both. Returns the kept Messages in the newsletter's order of languages, and none
    while a second approver is needed. Doing it again keeps what is the same.

    Raises:
        FindingsError: with the blocking findings; nothing was changed.
        SamePersonError: `by` approved exactly this already; a second person is needed.
    """
    composed = _sound(edition, now)
    digest = _digest(composed)
    if by is not None and care_at(edition.sensitivity).second_approver and not _is_second(edition, by, now, digest):
        return []
    messages = [_kept(message) for message in composed]
    mark_approved(edition=edition, by=by, now=now, digest=digest)
    return messages


def frozen_messages(*, edition: Edition, now: dt.datetime) -> list[Message]:
    """The Messages that were approved, in the newsletter's order of languages.

    Composes once more to see that nothing changed since: a withdrawn item, an overdue helpline, an edited word.

    Raises:
        NotApprovedError: nobody approved it.
        SecondApproverError: its level asks for two approvers, and one approved it.
        FindingsError: what was approved may no longer be sent; the findings say why.
        ChangedSinceApprovalError: it would read differently now.
    """
    if edition.state != EditionState.APPROVED:
        raise NotApprovedError
    if care_at(edition.sensitivity).second_approver and not has_two_approvers(edition):
        raise SecondApproverError
    composed = _sound(edition, now)
    if _digest(composed) != edition.approved_digest:
        raise ChangedSinceApprovalError
    return [_kept(message) for message in composed]


def _is_second(edition: Edition, by: User, now: dt.datetime, digest: str) -> bool:
    if mark_first_approved(edition=edition, by=by, now=now, digest=digest):
        return False
    if edition.first_approved_by_id == by.pk:
        raise SamePersonError
    return True


def _sound(edition: Edition, now: dt.datetime) -> list[Message]:
    findings, messages = examined(edition=edition, now=now)
    blocking = [finding for finding in findings if finding.blocking]
    if blocking:
        raise FindingsError(blocking)
    return messages


def _kept(message: Message) -> Message:
    kept, _ = Message.objects.get_or_create(
        edition=message.edition,
        language=message.language,
        digest=message.digest,
        defaults={name: getattr(message, name) for name in ("subject", "preheader", "html", "text", "links")},
    )
    return kept


def _digest(messages: Sequence[Message]) -> str:
    parts = sorted(f"{message.language}:{message.digest}" for message in messages)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
