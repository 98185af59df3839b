"""draft → approved: the one transition that lets an edition be mailed; a sensitive one takes two people (X13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.editions.models import Edition, EditionState

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User


def mark_first_approved(*, edition: Edition, by: User, now: dt.datetime, digest: str) -> bool:
    """Note the first of two approvers; whether it is theirs, or somebody approved exactly this (`digest`) before them."""
    here = Edition.objects.filter(pk=edition.pk).exclude(first_approved_digest=digest)
    first = bool(here.update(first_approved_by=by, first_approved_at=now, first_approved_digest=digest))
    edition.refresh_from_db(fields=["first_approved_by", "first_approved_at", "first_approved_digest"])
    return first


def has_two_approvers(edition: Edition) -> bool:
    """Whether two different people approved exactly what was approved last; the operator's approval counts for both.

    People who left since count as they did: their approval stands.
    """
    if edition.approved_by_id is None:
        return True
    same_words = edition.first_approved_digest == edition.approved_digest
    return same_words and edition.first_approved_by_id != edition.approved_by_id


def mark_approved(*, edition: Edition, by: User | None, now: dt.datetime, digest: str) -> None:
    """Note who approved what: `digest` is the SHA-256 over the composed messages that a send must find again.

    Composition calls it once nothing blocks; nobody else does.
    """
    edition.state = EditionState.APPROVED
    edition.approved_by = by
    edition.approved_at = now
    edition.approved_digest = digest
    edition.save(update_fields=["state", "approved_by", "approved_at", "approved_digest", "updated_at"])
