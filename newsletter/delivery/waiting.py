"""Says in plain words why a mailing does not move, and when it will try again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.delivery import sentences
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.conversing import SmtpUnreachableError
from newsletter.delivery.models import Mailing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.delivery.allowing import Allowance
    from newsletter.delivery.conversing import SmtpError
    from newsletter.delivery.transport import NoServerError
    from newsletter.lib.servers import Server

ASK_AGAIN = dt.timedelta(seconds=30)
PACES = [
    pattern
    for sentence, pattern in sentences.PATTERNS
    if sentence in (sentences.PACED, sentences.SERVER_PACED, sentences.BUSY)
]
ASK_REDIS_AGAIN = dt.timedelta(seconds=5)
"""It is ours, comes back within seconds, and asking it disturbs nobody."""
MOMENTARY = 10.0
"""Seconds."""


def nobody_answers(*, mailing: Mailing, error: NoServerError, now: dt.datetime) -> None:
    """None of the mail servers takes mail: wait half a minute, and say so."""
    if not error.failures:
        chosen = mailing.edition.newsletter.servers
        return _wait(mailing, now, sentences.NOT_THE_CHOSEN if chosen else sentences.NO_SERVER)
    host, failure = error.failures[0]
    return server_refuses(mailing=mailing, host=host, failure=failure, now=now)


def server_refuses(*, mailing: Mailing, host: str, failure: SmtpError, now: dt.datetime) -> None:
    """One server does not answer, or does not let us in."""
    if isinstance(failure, SmtpUnreachableError):
        return _wait(mailing, now, sentences.NO_ANSWER, host=host)
    return _wait(mailing, now, sentences.NO_MAIL_NOW, host=host, reply=failure.text[:120].rstrip("."))


def journal_is_away(*, mailing: Mailing, now: dt.datetime) -> None:
    """Redis does not take notes: sending without them could mail people twice."""
    _wait(mailing, now, sentences.NO_JOURNAL, after=ASK_REDIS_AGAIN)


def counters_are_away(*, mailing: Mailing, now: dt.datetime) -> None:
    """Something is limited and Redis does not count: nobody knows how much has left already."""
    _wait(mailing, now, sentences.NO_COUNTERS, after=ASK_REDIS_AGAIN)


def limited(*, mailing: Mailing, sentence: str, seconds: float, now: dt.datetime) -> None:
    """A limit, a rest or a warm-up is in the way: `sentence` says which; asked again after `seconds`."""
    again = now + dt.timedelta(seconds=max(seconds, 1.0))
    mailing.waits_for = sentence[:300]
    Mailing.objects.filter(pk=mailing.pk).update(waits_for=mailing.waits_for, waits_until=again)


def server_limited(*, mailing: Mailing, server: Server, seconds: float, now: dt.datetime) -> None:
    """`server` has carried what it may, and no other one may stand in; asked again after `seconds`."""
    time = f"{timezone.localtime(now + dt.timedelta(seconds=seconds)):%H:%M}"
    limited(
        mailing=mailing,
        sentence=sentences.SERVER_LIMIT % {"server": server.name, "time": time},
        seconds=seconds,
        now=now,
    )


def server_busy(*, mailing: Mailing, server: Server, now: dt.datetime) -> None:
    """Other workers have all connections to `server`; where one of them sends this mailing, nothing is amiss."""
    if not Lease.objects.filter(mailing=mailing.pk, until__gt=now).exists():
        limited(mailing=mailing, sentence=sentences.SERVER_BUSY % {"server": server.name}, seconds=0, now=now)


def paced(*, mailing: Mailing, sentence: str) -> None:
    """Mail flows as fast as a limit per second lets it: `sentence` says so (empty: nothing holds it back any more).

    Nobody waits for that: the worker itself counts the moments.
    """
    if mailing.waits_for != sentence and (sentence or is_pace(mailing.waits_for)):
        mailing.waits_for = sentence
        Mailing.objects.filter(pk=mailing.pk).update(waits_for=sentence, waits_until=None)


def is_pace(sentence: str) -> bool:
    """Whether `sentence` speaks of a pace, and not of something in the way."""
    return any(pattern.fullmatch(sentence) for pattern in PACES)


def for_providers(*, mailing: Mailing, allowed: Mapping[str, Allowance], now: dt.datetime) -> None:
    """Note at each receiving provider why nothing leaves to it, and forget it where mail flows again. Mostly one look.

    A wait of a moment is the pace, and another worker's connections at work: that is no reason to tell anybody.
    """
    noted = {each.provider: each for each in Stream.objects.filter(mailing=mailing).exclude(waits_for="")}
    for key, each in allowed.items():
        old = noted.get(key)
        if each.rows or each.wait <= MOMENTARY:
            if old:
                _note_at(mailing, key, "", None)
        elif old is None or old.waits_for != each.sentence[:300] or old.waits_until is None or old.waits_until <= now:
            _note_at(mailing, key, each.sentence[:300], now + dt.timedelta(seconds=each.wait))


def _note_at(mailing: Mailing, provider: str, sentence: str, until: dt.datetime | None) -> None:
    Stream.objects.filter(mailing=mailing, provider=provider).update(waits_for=sentence, waits_until=until)


def something_broke(*, mailing: Mailing, now: dt.datetime) -> None:
    """A fault of ours; its traceback is in the worker's log."""
    _wait(mailing, now, sentences.BROKEN)


def until(*, mailing: Mailing, sentence: str, moment: dt.datetime) -> None:
    """It is not its time: say so, and look again at `moment`. A mailing that somebody moved meanwhile is left alone."""
    mailing.waits_for = sentence
    Mailing.objects.filter(pk=mailing.pk, state=mailing.state).update(waits_for=sentence, waits_until=moment)


def nothing_in_the_way(*, mailing: Mailing) -> None:
    """Mail flows: forget what it waited for."""
    if mailing.waits_for and not is_pace(mailing.waits_for):
        Mailing.objects.filter(pk=mailing.pk).update(waits_for="", waits_until=None)
        mailing.waits_for = ""


def _wait(mailing: Mailing, now: dt.datetime, sentence: str, *, after: dt.timedelta = ASK_AGAIN, **slots: str) -> None:
    """Kept in English; `sentences.said` tells it to each reader in their language."""
    again = now + after
    mailing.waits_for = (sentence % {**slots, "time": f"{timezone.localtime(again):%H:%M}"})[:300]
    Mailing.objects.filter(pk=mailing.pk).update(waits_for=mailing.waits_for, waits_until=again)
