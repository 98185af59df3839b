"""`manage.py up [--demo] [--port N]`: everything Wici needs, in one terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.running.folder import FolderError
from newsletter.running.ports import PortError
from newsletter.running.printing import Printer
from newsletter.running.starting import SettingsError, Wish, start
from newsletter.settings import site_url_at

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


PORTS = range(1, 65536)


class Command(BaseCommand):
    """Thin door to newsletter.running.starting."""

    help = "Start the site, the worker, the timer, Redis and the mail catcher; Ctrl-C stops all of them."
    requires_system_checks: list[str] = []  # made below, when the folder can be written

    def add_arguments(self, parser: CommandParser) -> None:
        """--demo, --port."""
        parser.add_argument("--demo", action="store_true", help="plant the demo's content and send its edition, once")
        parser.add_argument("--port", type=int, default=None, help="the site's port (8000)")

    def handle(self, *, demo: bool, port: int | None, **_options: Any) -> None:
        """Start, and stay until stopped."""
        if demo and not settings.CATCHING_MAIL:
            raise CommandError("The demo writes to invented people: unset SMTP_URL and DEBUG, then start it again.")
        port = settings.PORT if port is None else port
        if port not in PORTS:
            raise CommandError(f"--port {port} cannot be used: choose a number from 1 to 65535, such as 8000.")
        if not settings.SITE_URL_CHOSEN:
            settings.SITE_URL = site_url_at(port)  # what we compose here must point there
        try:
            failed = start(wish=Wish(port=port, demo=demo, now=timezone.now()), printer=Printer(sys.stdout))
        except (FolderError, PortError, SettingsError) as refused:
            raise CommandError(str(refused)) from refused
        if failed:
            raise CommandError(failed)
