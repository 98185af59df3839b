"""All background work on one page. A task is a nudge: it looks at rows, acts, and may run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaigns.helplines import reminding as helplines_reminding
from newsletter.audience import corresponding
from newsletter.delivery import advancing, lanes, recovering, resolving, tallying
from newsletter.editions import reminding as dates_reminding
from newsletter.lib import notifying

log = logging.getLogger(__name__)

SLICE_SECONDS = 2.0
"""How long a worker stays with one mailing before the others get their turn."""
LOOK_UP_SECONDS = 20.0
"""How long one round of looking up domains may take."""
NUDGE_EXPIRES = 30
"""Seconds after which a nudge that nobody took is worth nothing: the next sweep says the same."""


@shared_task
def work(*, mailing_id: int) -> None:
    """Look at this mailing now: prepare, send, finish, a slice at a time."""
    lanes.nudge_taken(mailing_id=mailing_id)
    workers = advancing.advance(mailing_id=mailing_id, clock=timezone.now, seconds=SLICE_SECONDS)
    for _ in range(1, workers):
        nudge(mailing_id=mailing_id)
    if workers:
        nudge_once(mailing_id=mailing_id)


def nudge(*, mailing_id: int) -> None:
    """Ask for work once the transaction is committed. A broker that is away is no failure: the sweep asks again."""
    transaction.on_commit(lambda: _ask_for_work(mailing_id))


def nudge_once(*, mailing_id: int) -> None:
    """Ask for work unless that is in the queue already: each mailing stands there once, so that they take turns."""
    if lanes.may_nudge(mailing_id=mailing_id):
        nudge(mailing_id=mailing_id)


def _ask_for_work(mailing_id: int) -> None:
    queue = lanes.queue_for(mailing_id=mailing_id)
    try:
        work.apply_async(kwargs={"mailing_id": mailing_id}, expires=NUDGE_EXPIRES, queue=queue)
    except OperationalError:
        log.warning("no broker to nudge about mailing %s; the sweep will", mailing_id)


@shared_task
def sweep() -> None:
    """Every few seconds: settle what dead workers left, and nudge every mailing and letter that can move."""
    now = timezone.now()
    recovering.recover(now=now)
    tallying.fold(now=now)
    for mailing_id in advancing.movable(now=now):
        nudge_once(mailing_id=mailing_id)
    if corresponding.letters_due(now=now, limit=1):
        send_letters.apply_async(expires=NUDGE_EXPIRES)


@shared_task
def send_letters() -> None:
    """Send the letters to readers that are due. Doors nudge it after a sign-up, the sweep nudges it anyway."""
    corresponding.send_due(clock=timezone.now, limit=50)


@shared_task
def send_my_link(fingerprint: str, language: str) -> None:
    """Mail the preferences link, if the fingerprint is that of an address we write to."""
    corresponding.send_my_link(fingerprint=fingerprint, language=language, now=timezone.now())


@shared_task
def look_up_domains() -> None:
    """Find out which provider receives for each reader's domain. While mail is only caught, nobody out there is asked."""
    ask = None if settings.CATCHING_MAIL else resolving.ask_dns
    resolving.keep_up(now=timezone.now(), seconds=LOOK_UP_SECONDS, ask=ask)


@shared_task
def remind_of_dates() -> None:
    """Write to those who plan editions which dates of the awareness calendar draw near; rows say who knows already."""
    dates_reminding.remind(clock=timezone.localtime)


@shared_task
def remind_of_helplines() -> None:
    """Write to who looks after the help directory about what falls due soon; rows remember what was said."""
    helplines_reminding.remind(now=timezone.now(), send=_sent_to_keeper)


def _sent_to_keeper(notice: helplines_reminding.Notice) -> bool:
    return notifying.notify(
        to=notice.person.email,
        language=notice.language,
        template="helplines_due",
        context=notice.context,
        occasion=notice.occasion,
    )
