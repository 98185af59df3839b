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
from newsletter.delivery import windows
from newsletter.delivery.launching import AlreadyMailedError, launch
from newsletter.delivery.models import Lane, Mailing, MailingState
from newsletter.editions.models import Edition
from newsletter.lib.wall_clock import first_moment
from newsletter.management.reporting import as_json, as_sentences

if TYPE_CHECKING:
    from argparse import ArgumentParser

AT_REST = (MailingState.FINISHED, MailingState.CANCELLED, MailingState.PAUSED)
NOTHING_LEFT_OUT = "It was sent already; nothing is sent again."


class Command(BaseCommand):
    """Thin door to newsletter.delivery.launching."""

    help = "Mail an approved edition to everybody who subscribes to its newsletter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read SLUG, when and how to send it, --wait and --json."""
        parser.add_argument("slug", help="the edition's slug")
        parser.add_argument("--at", help="when to begin, as 2026-11-24T08:00 (local time unless it names a zone)")
        parser.add_argument("--local-time", action="store_true", help="--at means each reader's own clock")
        parser.add_argument("--expires", help="when it is no longer news: whoever was not reached by then is left out")
        parser.add_argument("--urgent", action="store_true", help="before all other mailings and at any hour")
        parser.add_argument("--wait", action="store_true", help="wait until it has finished, is paused or cancelled")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        """Launch, nudge a worker, and say what became of it."""
        mailing, launched = _launched(_edition(options["slug"]), options)
        if launched:
            tasks.nudge(mailing_id=mailing.pk)
        elif not options["json"]:
            self.stdout.write(NOTHING_LEFT_OUT)
        if options["wait"]:
            _wait_for(mailing)
        said = as_json if options["json"] else as_sentences
        self.stdout.write(said(mailing=mailing, now=timezone.now()))


def _edition(slug: str) -> Edition:
    edition = Edition.objects.select_related("newsletter").filter(slug=slug).first()
    if edition is None:
        raise CommandError(f"There is no edition “{slug}”. Its slug stands in the admin's list of editions.")
    return edition


def _launched(edition: Edition, options: dict[str, Any]) -> tuple[Mailing, bool]:
    try:
        return launch(edition=edition, now=timezone.now(), **_wishes(edition, options)), True
    except AlreadyMailedError as already:
        return already.mailing, False
    except NotApprovedError as error:
        raise CommandError("Approve it first: in the admin, open the edition and press “Approve”.") from error
    except ChangedSinceApprovalError as error:
        raise CommandError("It changed since it was approved. Look at it again and approve it anew.") from error
    except FindingsError as error:
        sentences = "\n".join(f"- {finding.sentence}" for finding in error.findings)
        raise CommandError(f"Something must be mended first:\n{sentences}") from error


def _wishes(edition: Edition, options: dict[str, Any]) -> dict[str, Any]:
    """The options as `launch` takes them. A reader's clock is counted from the newsletter's."""
    if options["local_time"] and not options["at"]:
        raise CommandError("--local-time needs --at: the time that each reader's clock shows.")
    zone = windows.zone_of(edition.newsletter) if options["local_time"] else timezone.get_current_timezone()
    due_at, expires_at = _moment("at", options, zone), _moment("expires", options, timezone.get_current_timezone())
    if expires_at and expires_at <= (due_at or timezone.now()):
        raise CommandError("--expires: by then sending would not even have begun. Name a later moment.")
    lane = Lane.URGENT if options["urgent"] else Lane.NORMAL
    return {"due_at": due_at, "expires_at": expires_at, "at_local_time": options["local_time"], "lane": lane}


def _moment(name: str, options: dict[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    """The moment in --at or --expires: ISO 8601, in `zone` unless it names one; a date alone means its first minute."""
    written = options[name]
    if written is None:
        return None
    try:
        moment = parse_datetime(written) or _midnight(parse_date(written))
        if moment:
            return first_moment(wall=moment, zone=zone) if timezone.is_naive(moment) else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise CommandError(f"--{name}: “{written}” is not a moment. Write it like 2026-11-24T08:00.")


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time()) if day else None


def _wait_for(mailing: Mailing) -> None:
    while mailing.state not in AT_REST:
        time.sleep(0.25)
        mailing.refresh_from_db()
