"""Approval freezes what was composed; a send finds exactly that again, or learns why not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.composition.message import Message
from newsletter.composition.preflight import Finding, examined
from newsletter.editions.approving import mark_approved
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
    └── ChangedSinceApprovalError   what it is composed of is no longer what was approved
    """


class FindingsError(FreezingError):
    """Something must be mended first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(sorted({finding.rule for finding in findings})))
        self.findings = list(findings)


class NotApprovedError(FreezingError):
    """The edition is a draft."""


class ChangedSinceApprovalError(FreezingError):
    """An item, a helpline or the newsletter changed after approval: somebody must look at it again."""


@transaction.atomic
def approve(*, edition: Edition, by: User | None, now: dt.datetime) -> list[Message]:
    """Compose and keep a Message per language, and mark the edition approved by `by` at `now` (aware).

    Returns the kept Messages in the newsletter's order of languages. Doing it again keeps what is the same.

    Raises:
        FindingsError: with the blocking findings; nothing was changed.
    """
    messages = [_kept(message) for message in _sound(edition, now)]
    mark_approved(edition=edition, by=by, now=now, digest=_digest(messages))
    return messages


def frozen_messages(*, edition: Edition, now: dt.datetime) -> list[Message]:
    """The Messages that were approved, in the newsletter's order of languages.

    Composes once more to see that nothing changed since: a withdrawn item, an overdue helpline, an edited word.

    Raises:
        NotApprovedError: nobody approved it.
        FindingsError: what was approved may no longer be sent; the findings say why.
        ChangedSinceApprovalError: it would read differently now.
    """
    if edition.state != EditionState.APPROVED:
        raise NotApprovedError
    composed = _sound(edition, now)
    if _digest(composed) != edition.approved_digest:
        raise ChangedSinceApprovalError
    return [_kept(message) for message in composed]


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
