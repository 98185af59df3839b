"""Sessions in the database, by keys as Django makes them: a cookie of rubbish never reaches PostgreSQL, which refuses NUL."""

from __future__ import annotations

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    """Django's; a key of other letters counts as none."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and set(key or "") <= set(VALID_KEY_CHARS) and bool(super()._validate_session_key(key))  # type: ignore[misc]  # Django's own hook, absent from the stubs
