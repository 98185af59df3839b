"""`manage.py archive_deliveries [ID …] [--older-than DAYS] [--dry-run] [--json]`."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.delivery.archiving import Archived, StillNeededError, archive
from newsletter.delivery.models import Delivery, Mailing, MailingState

if TYPE_CHECKING:
    from argparse import ArgumentParser

A_YEAR = 365


class Command(BaseCommand):
    """Thin door to newsletter.delivery.archiving."""

    help = (
        "Move the rows of old finished mailings into compressed files in VAR_DIR/archive, without addresses, and delete "
        "them from the database. The mailings and their figures stay. Stopped anywhere, it goes on when run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read mailing numbers, --older-than, --dry-run and --json."""
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="mailings; without any, all old enough")
        parser.add_argument("--older-than", type=int, default=A_YEAR, metavar="DAYS", help="finished so long ago (365)")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        """Archive and tell."""
        chosen = options["ids"] or _old_enough(timezone.now() - dt.timedelta(days=options["older_than"]))
        archived = [_archived(mailing_id, dry_run=options["dry_run"]) for mailing_id in chosen]
        told = _as_json if options["json"] else _as_sentences
        self.stdout.write(told(archived, dry_run=options["dry_run"]))


def _old_enough(before: dt.datetime) -> list[int]:
    with_rows = Delivery.objects.order_by().values("mailing").distinct()
    finished = Mailing.objects.filter(state=MailingState.FINISHED, finished_at__lt=before, pk__in=with_rows)
    return list(finished.order_by("id").values_list("id", flat=True))


def _archived(mailing_id: int, *, dry_run: bool) -> Archived:
    try:
        return archive(mailing_id=mailing_id, folder=settings.VAR_DIR / "archive", dry_run=dry_run)
    except Mailing.DoesNotExist as error:
        raise CommandError(f"There is no mailing {mailing_id}.") from error
    except StillNeededError as error:
        raise CommandError(f"Mailing {error.mailing_id} {error.why}: its rows stay.") from error
    except OSError as error:
        raise CommandError(
            f"{error.filename}: {error.strerror}. Nothing is lost; mend it and run this again."
        ) from error


def _as_json(archived: list[Archived], *, dry_run: bool) -> str:
    mailings = [{"mailing": one.mailing_id, "rows": one.rows, "folder": str(one.folder)} for one in archived]
    return json.dumps({"dry_run": dry_run, "mailings": mailings})


def _as_sentences(archived: list[Archived], *, dry_run: bool) -> str:
    did = "would be moved" if dry_run else "moved"
    lines = [f"Mailing {one.mailing_id}: {one.rows} rows {did} to {one.folder}." for one in archived]
    return "\n".join(lines or ["No mailing is old enough."])
