"""The demo: content planted, a person who may log in, and the first edition sent exactly once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model

from newsletter.running.folder import kept_password
from newsletter.seeding.planting import plant

if TYPE_CHECKING:
    import datetime as dt
    import threading

    from newsletter.running.printing import Printer

USER = "demo"
EDITION = "wici-2026-11"


def prepare(*, now: dt.datetime) -> None:
    """Plant seeds/ and make the user of the demo; any number of times."""
    plant(now=now)
    password = kept_password(folder=settings.VAR_DIR, password=secrets.token_urlsafe(12))
    user, created = get_user_model().objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True, "email": "demo@example.org"}
    )
    if created or not user.check_password(password):
        user.set_password(password)
        user.save()


def send(*, now: dt.datetime, printer: Printer, stopping: threading.Event) -> None:
    """Launch the demo edition, unless it was launched before, and say how it goes."""
    del now, printer, stopping
