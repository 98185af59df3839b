"""Keeps the addresses we may not mail, as keyed hashes: the list itself names nobody (R2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.audience.addresses import fingerprint
from newsletter.audience.models import Suppression, SuppressionReason

if TYPE_CHECKING:
    import datetime as dt


def suppress(*, key: str, reason: SuppressionReason, now: dt.datetime) -> None:
    """Never mail the address of `key` again. What was said first stays; a complaint or an erasure outweighs a bounce."""
    kept, made = Suppression.objects.get_or_create(fingerprint=fingerprint(key), defaults={"reason": reason, "at": now})
    if not made and kept.reason == SuppressionReason.BOUNCED and reason != kept.reason:
        Suppression.objects.filter(pk=kept.pk).update(reason=reason, at=now)


def lift(*, key: str) -> bool:
    """Let the address of `key` be mailed again; whether it was suppressed."""
    return Suppression.objects.filter(fingerprint=fingerprint(key)).delete()[0] > 0


def is_suppressed(*, key: str) -> bool:
    """Whether the address of `key` (`Address.key`) may not be mailed."""
    return Suppression.objects.filter(fingerprint=fingerprint(key)).exists()
