"""The demo: content planted, a person who may log in, and the first edition sent exactly once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from newsletter import tasks
from newsletter.composition.freezing import ChangedSinceApprovalError, FindingsError, NotApprovedError, approve
from newsletter.delivery.launching import AlreadyMailedError, launch
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions.models import Edition
from newsletter.reports.figures import shares_of
from newsletter.running.folder import demo_password, kept_password
from newsletter.seeding.campaigns import make_kits
from newsletter.seeding.planting import plant

if TYPE_CHECKING:
    import datetime as dt
    import threading

    from newsletter.running.printing import Printer

PEOPLE = ("demo", "demo-second")
"""Two, because nobody approves alone what is sensitive (X13)."""
EDITION = "wici-2026-11"
PAUSE = 0.2
OVER = (MailingState.FINISHED, MailingState.CANCELLED)


def prepare(*, now: dt.datetime, printer: Printer) -> None:
    """Plant seeds/ unless the edition was launched before (then `manage.py seed` does it), and let somebody log in."""
    if not Mailing.objects.filter(edition__slug=EDITION).exists():
        printer.line("wici", "planting the demo's newsletter, news and readers")
        plant(now=now)
        make_kits(now=now)
    if not demo_password(folder=settings.VAR_DIR) or get_user_model().objects.filter(username__in=PEOPLE).count() < len(
        PEOPLE
    ):
        _let_in(kept_password(folder=settings.VAR_DIR, password=secrets.token_urlsafe(12)))


def _let_in(password: str) -> None:
    for name in PEOPLE:
        rights = {"is_staff": True, "is_superuser": True, "email": f"{name}@example.org"}
        user, _created = get_user_model().objects.get_or_create(username=name, defaults=rights)
        user.set_password(password)
        user.save()


def send(*, now: dt.datetime, printer: Printer, stopping: threading.Event) -> None:
    """Launch the demo edition unless it was launched before, and say how it goes until it is over."""
    edition = Edition.objects.get(slug=EDITION)
    try:
        mailing = _launched(edition, now)
    except AlreadyMailedError as already:
        mailing = already.mailing
        if mailing.finished_at:
            return printer.block(
                f"  The demo edition {EDITION} was sent on {_day(mailing.finished_at)}; it is not sent again.\n"
            )
    except FindingsError as error:
        sentences = "\n".join(f"  - {finding.sentence}" for finding in error.findings)
        return printer.block(f"  The demo edition cannot be sent as it is:\n{sentences}\n")
    tasks.nudge(mailing_id=mailing.pk)
    return _watch(mailing, printer, stopping)


def _launched(edition: Edition, now: dt.datetime) -> Mailing:
    """Launched as approved; approved again where the site moved to another port since, as links would show."""
    try:
        return launch(edition=edition, now=now)
    except (NotApprovedError, ChangedSinceApprovalError):
        approve(edition=edition, by=None, now=now)
        return launch(edition=edition, now=now)


def _watch(mailing: Mailing, printer: Printer, stopping: threading.Event) -> None:
    announced = False
    while not stopping.wait(PAUSE):
        mailing.refresh_from_db(fields=["state"])
        share = shares_of(mailing_ids=[mailing.pk])[mailing.pk]
        if not announced and (mailing.state == MailingState.SENDING or mailing.state in OVER):
            announced = True
            printer.block(f"  Sending the demo edition {EDITION} to {share.total} subscribers ...")
        if mailing.state in OVER:
            others = [f"{count} {state}" for state, count in share.counts.items() if count and state != "sent"]
            sent = ", ".join([f"{share.counts['sent']} sent", *others])
            return printer.block(f"  {sent}; read them at {settings.SITE_URL}/inbox/\n")
    return None


def _day(moment: dt.datetime) -> str:
    with override("en"):
        return date_format(localtime(moment), "j F Y, H:i")
