"""`manage.py mailing ID`: shows one mailing, follows it, or pauses, resumes or cancels it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter import tasks
from newsletter.delivery import steering
from newsletter.delivery.models import Mailing
from newsletter.management.reporting import as_sentences, as_whole_json
from newsletter.management.watching import watch

if TYPE_CHECKING:
    from argparse import ArgumentParser

WITH = "edition__newsletter"
LEFT_ALONE = "You stopped watching; the mailing goes on as before. To hold it: manage.py mailing %d --pause"
INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


class Command(BaseCommand):
    """Thin door to newsletter.delivery.steering and newsletter.reports.figures."""

    help = "Show where a mailing stands, follow it, or pause, resume or cancel it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read ID, one of the three actions, --watch and --json."""
        parser.add_argument("id", type=int, help="the mailing's number")
        action = parser.add_mutually_exclusive_group()
        for name in ("pause", "resume", "cancel"):
            action.add_argument(f"--{name}", dest="action", action="store_const", const=name)
        parser.add_argument("--watch", action="store_true", help="follow it until it is finished or cancelled")
        parser.add_argument(
            "--json", action="store_true", help="print JSON and nothing else: one object, or one per line"
        )

    def handle(self, **options: Any) -> None:
        """Steer, then show or follow."""
        mailing = Mailing.objects.select_related(WITH).filter(pk=options["id"]).first()
        if mailing is None:
            raise CommandError(
                f"There is no mailing {options['id']}. Its number stands in the admin's list of mailings."
            )
        if options["action"]:
            mailing = _steered(options["action"], mailing.pk)
        if options["watch"]:
            return self._watch(mailing, json=options["json"])
        said = as_whole_json if options["json"] else as_sentences
        return self.stdout.write(said(mailing=mailing, now=timezone.now()))

    def _watch(self, mailing: Mailing, *, json: bool) -> None:
        try:
            watch(mailing=mailing, out=self.stdout, json=json)
        except KeyboardInterrupt:
            self.stderr.write(f"\n{LEFT_ALONE % mailing.pk}")
            sys.exit(INTERRUPTED)


def _steered(action: str, mailing_id: int) -> Mailing:
    steer = {"pause": steering.pause, "resume": steering.resume, "cancel": steering.cancel}[action]
    try:
        mailing = steer(mailing_id=mailing_id, now=timezone.now())
    except steering.MailingTransitionError as error:
        raise CommandError(f"A mailing that is {error.state} cannot {error.action}.") from error
    tasks.nudge(mailing_id=mailing_id)
    return mailing
