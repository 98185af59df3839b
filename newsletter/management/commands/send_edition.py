"""`manage.py send_edition SLUG`: mails an approved edition; run twice, it sends nothing again."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from newsletter import tasks
from newsletter.composition.freezing import ChangedSinceApprovalError, FindingsError, NotApprovedError
from newsletter.delivery.launching import AlreadyMailedError, launch
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions.models import Edition
from newsletter.management.reporting import as_json, as_sentences

if TYPE_CHECKING:
    from argparse import ArgumentParser

AT_REST = (MailingState.FINISHED, MailingState.CANCELLED, MailingState.PAUSED)
NOTHING_LEFT_OUT = "It was sent already; nothing is sent again."


class Command(BaseCommand):
    """Thin door to newsletter.delivery.launching."""

    help = "Mail an approved edition to everybody who subscribes to its newsletter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read SLUG, --at, --wait and --json."""
        parser.add_argument("slug", help="the edition's slug")
        parser.add_argument("--at", help="when to begin, as 2026-11-24T08:00 (local time unless it names a zone)")
        parser.add_argument("--wait", action="store_true", help="wait until it has finished, is paused or cancelled")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        """Launch, nudge a worker, and say what became of it."""
        mailing, launched = _launched(options["slug"], _moment(options["at"]))
        if launched:
            tasks.nudge(mailing_id=mailing.pk)
        elif not options["json"]:
            self.stdout.write(NOTHING_LEFT_OUT)
        if options["wait"]:
            _wait_for(mailing)
        said = as_json if options["json"] else as_sentences
        self.stdout.write(said(mailing=mailing, now=timezone.now()))


def _launched(slug: str, due_at: dt.datetime | None) -> tuple[Mailing, bool]:
    edition = Edition.objects.select_related("newsletter").filter(slug=slug).first()
    if edition is None:
        raise CommandError(f"There is no edition “{slug}”. Its slug stands in the admin's list of editions.")
    try:
        return launch(edition=edition, now=timezone.now(), due_at=due_at), True
    except AlreadyMailedError as already:
        return already.mailing, False
    except NotApprovedError as error:
        raise CommandError("Approve it first: in the admin, open the edition and press “Approve”.") from error
    except ChangedSinceApprovalError as error:
        raise CommandError("It changed since it was approved. Look at it again and approve it anew.") from error
    except FindingsError as error:
        sentences = "\n".join(f"- {finding.sentence}" for finding in error.findings)
        raise CommandError(f"Something must be mended first:\n{sentences}") from error


def _moment(written: str | None) -> dt.datetime | None:
    """The moment in --at: ISO 8601, local unless it names a zone; a date alone means its first minute."""
    if written is None:
        return None
    try:
        moment = parse_datetime(written) or _midnight(parse_date(written))
        if moment:
            return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise CommandError(f"--at: “{written}” is not a moment. Write it like 2026-11-24T08:00.")


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time()) if day else None


def _wait_for(mailing: Mailing) -> None:
    while mailing.state not in AT_REST:
        time.sleep(0.25)
        mailing.refresh_from_db()
