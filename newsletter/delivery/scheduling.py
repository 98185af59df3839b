"""When a mailing may begin and go on: its time, its newsletter's hours, the second person's release, and "too late"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import sentences, waiting, windows
from newsletter.delivery.models import Lane, Mailing, MailingState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.editions.models import Newsletter

LOOK_AGAIN = dt.timedelta(minutes=1)
"""A newsletter's hours may be changed while a mailing waits for them; the row also shows that a worker was alive then."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a mailing does not move at this moment."""

    sentence: str
    """English, as it is kept in the row."""
    until: dt.datetime
    """When to look again."""


def may_send(*, mailing: Mailing, now: dt.datetime) -> Wait | None:
    """None while `mailing` (loaded with edition and newsletter) may send at `now`; asked every two seconds, no query."""
    if mailing.expires_at and mailing.expires_at <= now:
        return Wait(sentences.EXPIRED, now)
    if mailing.lane == Lane.URGENT:
        return None
    opening = opens_at(newsletter=mailing.edition.newsletter, now=now)
    return (
        None if opening <= now else Wait(_window(opening, mailing.edition.newsletter), min(opening, now + LOOK_AGAIN))
    )


def opens_at(*, newsletter: Newsletter, now: dt.datetime) -> dt.datetime:
    """`now` while the hours of `newsletter` allow sending, else when they do again."""
    window = windows.window_of(newsletter=newsletter)
    return windows.next_open(window=window, now=now) if window else now


def may_begin(*, mailing: Mailing, now: dt.datetime) -> Wait | None:
    """None where `mailing`, whose time has come, may begin: it is released where two people must launch it, in its hours."""
    if mailing.lane == Lane.URGENT and mailing.released_at is None:
        return Wait(sentences.RELEASE, now + LOOK_AGAIN)
    return may_send(mailing=mailing, now=now) if mailing.expires_at is None or mailing.expires_at > now else None


def begin(*, mailing: Mailing, now: dt.datetime) -> bool:
    """Let a mailing begin whose time has come, or say what it waits for, or hold it if it is too late; whether it may go on.

    May run any number of times, in several workers at once: each step is one conditional update.
    """
    if mailing.state == MailingState.PREPARING and mailing.prepared_to:
        return True
    if mailing.state == MailingState.SCHEDULED and mailing.due_at > now:
        return False
    if wait := may_begin(mailing=mailing, now=now):
        waiting.until(mailing=mailing, sentence=wait.sentence, moment=wait.until)
        return False
    if _should_have_begun(mailing) + dt.timedelta(minutes=mailing.late_margin) < now:
        _hold(mailing)
        return False
    return _not_begun(mailing).update(state=MailingState.PREPARING, waits_for="", waits_until=None) > 0


def _should_have_begun(mailing: Mailing) -> dt.datetime:
    """As its time and hours say; a worker that let it wait was alive at that moment."""
    alive = max(mailing.due_at, mailing.waits_until or mailing.due_at)
    return alive if mailing.lane == Lane.URGENT else opens_at(newsletter=mailing.edition.newsletter, now=alive)


def _hold(mailing: Mailing) -> None:
    zone = windows.zone_of(mailing.edition.newsletter)
    moment = f"{_should_have_begun(mailing).astimezone(zone):%Y-%m-%d %H:%M}"
    _not_begun(mailing).update(
        paused_from=MailingState.SCHEDULED,
        state=MailingState.PAUSED,
        waits_for=sentences.LATE % {"moment": moment, "zone": zone.key},
        waits_until=None,
    )


def _not_begun(mailing: Mailing) -> QuerySet[Mailing]:
    """The mailing as it was read, unless somebody moved it meanwhile."""
    return Mailing.objects.filter(pk=mailing.pk, state=mailing.state, due_at=mailing.due_at)


def _window(opening: dt.datetime, newsletter: Newsletter) -> str:
    local = opening.astimezone(windows.zone_of(newsletter))
    day = sentences.WEEKDAYS[local.weekday()]
    return sentences.WINDOW % {"day": day, "time": f"{local.hour}:{local:%M}", "zone": local.tzinfo}
