"""`manage.py catch_mail`: the mail catcher alone; `manage.py up` starts it."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsletter.inbox.catching import catch


class Command(BaseCommand):
    """Thin door to newsletter.inbox.catching."""

    help = "Catch outgoing mail for /inbox/ (part of `manage.py up`)."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        """Serve until stopped."""
        if not settings.CATCHING_MAIL:
            raise CommandError("Mail really leaves here (SMTP_URL is set, or DEBUG is off): there is nothing to catch.")
        try:
            asyncio.run(catch(port=settings.CATCHER_PORT, ready=lambda: self.stdout.write("catching mail")))
        except OSError as error:
            raise CommandError(
                f"Port {settings.CATCHER_PORT} cannot be had: set CATCHER_PORT to a free one."
            ) from error
