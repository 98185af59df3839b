"""`manage.py seed`: plants what seeds/ says; any number of runs have the same end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.seeding.fields import SeedError
from newsletter.seeding.planting import plant


class Command(BaseCommand):
    """Thin door to newsletter.seeding.planting."""

    help = "Plant the content, newsletter, people and edition of seeds/. Running it again changes nothing."

    def handle(self, **_options: Any) -> None:
        """Plant, then print one line per kind."""
        try:
            planted = plant(now=timezone.now())
        except SeedError as error:
            raise CommandError(str(error)) from error
        for kind, count in planted.items():
            self.stdout.write(f"{count:4} {kind}")
