"""Following the calendar: a private address per person. The key is shown once, kept as a hash, and can be made anew."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from campaigns.calendar.models import Follower

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

KEY_BYTES = 32
"""256 random bits: an address nobody guesses (X4)."""


def new_key(*, person: User, language: str, now: dt.datetime) -> str:
    """A new key for the feed of `person`; the one before opens nothing any more. It is returned here and never again."""
    key = secrets.token_urlsafe(KEY_BYTES)
    Follower.objects.update_or_create(
        person=person,
        defaults={"key_digest": _digest(key), "key_made_at": now},
        create_defaults={"language": language, "key_digest": _digest(key), "key_made_at": now},
    )
    return key


def revoke(*, person: User) -> None:
    """Close the feed of `person`; does nothing where there is none."""
    Follower.objects.filter(person=person).update(key_digest=None, key_made_at=None)


def follower_with(*, key: str) -> Follower | None:
    """Whose feed `key` opens; None for a key that was never made or is revoked, and for people who may not sign in."""
    found = Follower.objects.select_related("person").filter(key_digest=_digest(key))
    return found.filter(person__is_active=True, person__is_staff=True).first()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()  # of 256 random bits, which no dictionary holds: no salt needed
