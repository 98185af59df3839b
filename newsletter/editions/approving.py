"""draft → approved: the one transition that lets an edition be mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.editions.models import Edition, EditionState

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User


def mark_approved(*, edition: Edition, by: User | None, now: dt.datetime, digest: str) -> None:
    """Note who approved what: `digest` is the SHA-256 over the composed messages that a send must find again.

    Composition calls it once nothing blocks; nobody else does.
    """
    edition.state = EditionState.APPROVED
    edition.approved_by = by
    edition.approved_at = now
    edition.approved_digest = digest
    edition.save(update_fields=["state", "approved_by", "approved_at", "approved_digest", "updated_at"])
