"""Says in plain words why a mailing does not move, and when it will try again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsletter.delivery import sentences
from newsletter.delivery.models import Mailing
from newsletter.delivery.smtp import SmtpUnreachableError

if TYPE_CHECKING:
    from newsletter.delivery.smtp import SmtpError
    from newsletter.delivery.transport import NoServerError

ASK_AGAIN = dt.timedelta(seconds=30)


def nobody_answers(*, mailing: Mailing, error: NoServerError, now: dt.datetime) -> None:
    """None of the mail servers takes mail: wait half a minute, and say so."""
    if not error.failures:
        return _wait(mailing, now, _("No mail server is set. Put its address into SMTP_URL and restart the worker."))
    host, failure = error.failures[0]
    return server_refuses(mailing=mailing, host=host, failure=failure, now=now)


def server_refuses(*, mailing: Mailing, host: str, failure: SmtpError, now: dt.datetime) -> None:
    """One server does not answer, or does not let us in."""
    moment = _clock_time(now + ASK_AGAIN)
    if isinstance(failure, SmtpUnreachableError):
        said = _("The mail server %(host)s does not answer; trying again at %(time)s.")
        return _wait(mailing, now, said % {"host": host, "time": moment})
    said = _("The mail server %(host)s takes no mail from us now: %(reply)s. Trying again at %(time)s.")
    reply = sentences.said(text=failure.text)[:120].rstrip(".")
    return _wait(mailing, now, said % {"host": host, "reply": reply, "time": moment})


def journal_is_away(*, mailing: Mailing, now: dt.datetime) -> None:
    """Redis does not take notes: sending without them could mail people twice."""
    said = _("Redis does not answer, and without its journal nobody is mailed; trying again at %(time)s.")
    _wait(mailing, now, said % {"time": _clock_time(now + ASK_AGAIN)})


def something_broke(*, mailing: Mailing, now: dt.datetime) -> None:
    """A fault of ours; its traceback is in the worker's log."""
    said = _("Something went wrong in the worker; its log says what. Trying again at %(time)s.")
    _wait(mailing, now, said % {"time": _clock_time(now + ASK_AGAIN)})


def nothing_in_the_way(*, mailing: Mailing) -> None:
    """Mail flows: forget what it waited for."""
    if mailing.waits_for:
        Mailing.objects.filter(pk=mailing.pk).update(waits_for="", waits_until=None)
        mailing.waits_for = ""


def _wait(mailing: Mailing, now: dt.datetime, sentence: str) -> None:
    mailing.waits_for = sentence[:300]
    Mailing.objects.filter(pk=mailing.pk).update(waits_for=mailing.waits_for, waits_until=now + ASK_AGAIN)


def _clock_time(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "TIME_FORMAT")
