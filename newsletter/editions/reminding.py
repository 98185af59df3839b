"""Letters that say which dates of the awareness calendar draw near: one a day at most to each who may plan an edition.

The row is the queue. A letter's row is made before it is sent and says `sent` after; one that the mail server put off is
tried again on the same day, and what it named is named again on the next. What a sent letter named is never named again.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import override

from campaigns.calendar import gathering, leading
from campaigns.calendar.models import Follower, LetterState, ReminderLetter
from campaigns.calendar.saying import days_said
from newsletter.editions import planning
from newsletter.lib.letters import Letter, LetterDeferredError, LetterRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from campaigns.calendar.observances import Occurrence
    from newsletter.editions.models import Edition

PERMISSION = "newsletter.add_edition"
FROM_HOUR = 7
"""By the site's clock: nobody's telephone rings at night because of an anniversary."""
TAKEN_FOR = dt.timedelta(hours=1)
"""After so long, a letter that was taken and has no outcome is tried again; its Message-ID is the same."""
REMEMBERED = dt.timedelta(days=800)


def remind(*, clock: Callable[[], dt.datetime]) -> int:
    """Send what is due by `clock` (aware, in the site's time zone); how many letters went out."""
    now = clock()
    if now.hour < FROM_HOUR:
        return 0
    today = now.date()
    due = leading.due(today=today, among=gathering.everything())
    if not due:
        return 0
    planned = planning.planned(due)
    return sum(_reminded(person, due, planned, clock=clock, today=today) for person in _people())


def _people() -> list[tuple[User, str]]:
    """Whoever may plan an edition, has an address and did not say no; each with their language."""
    allowed = User.objects.with_perm(PERMISSION, backend="django.contrib.auth.backends.ModelBackend")
    people = allowed.filter(is_staff=True).exclude(email="").order_by("pk").distinct()
    followers = {one.person_id: one for one in Follower.objects.filter(person__in=people)}
    unwanted = {pk for pk, one in followers.items() if not one.wants_letters}
    return [
        (one, followers[one.pk].language if one.pk in followers else settings.LANGUAGE_CODE)
        for one in people
        if one.pk not in unwanted
    ]


def _reminded(
    who: tuple[User, str],
    due: Sequence[Occurrence],
    planned: dict[str, list[Edition]],
    *,
    clock: Callable[[], dt.datetime],
    today: dt.date,
) -> bool:
    person, language = who
    row = _row(person, due, today=today)
    named = [one for one in due if row and one.mark in row.marks]
    if row is None or not named or not _taken(row, now=clock()):
        return False
    return _sent(row, _letter(person, language, named, planned, today=today))


def _row(person: User, due: Sequence[Occurrence], *, today: dt.date) -> ReminderLetter | None:
    """Today's letter to `person`, waiting; None where there is nothing new or today's is done."""
    row = ReminderLetter.objects.filter(person=person, day=today).first()
    if row is None:
        known = _known(person, today=today)
        if marks := [one.mark for one in due if one.mark not in known]:
            row, _new = ReminderLetter.objects.get_or_create(person=person, day=today, defaults={"marks": marks})
    return row if row and row.state == LetterState.WAITING else None


def _known(person: User, *, today: dt.date) -> set[str]:
    told = ReminderLetter.objects.filter(person=person, day__gte=today - REMEMBERED).exclude(state=LetterState.WAITING)
    return {mark for marks in told.values_list("marks", flat=True) for mark in marks}


def _taken(row: ReminderLetter, *, now: dt.datetime) -> bool:
    """Whether the letter is ours to send: one conditional update says so."""
    free = Q(taken_at__isnull=True) | Q(taken_at__lt=now - TAKEN_FOR)
    waiting = ReminderLetter.objects.filter(free, pk=row.pk, state=LetterState.WAITING)
    return bool(waiting.update(taken_at=now))


def _sent(row: ReminderLetter, letter: Letter) -> bool:
    rows = ReminderLetter.objects.filter(pk=row.pk)
    try:
        letter.send()
    except LetterRefusedError:
        rows.update(state=LetterState.REFUSED)
        return False
    except LetterDeferredError:
        rows.update(taken_at=None)
        return False
    rows.update(state=LetterState.SENT)
    return True


def _letter(
    person: User, language: str, named: Sequence[Occurrence], planned: dict[str, list[Edition]], *, today: dt.date
) -> Letter:
    with override(language):
        dates = [
            {
                "name": one.observance.name(),
                "days": days_said(one.first, one.last),
                "left": (one.first - today).days,
                "editions": [edition.code for edition in planned.get(one.mark, [])],
                "url": settings.SITE_URL + reverse("admin:calendar_observance", args=[one.observance.key]),
            }
            for one in named
        ]
    return Letter(
        to=person.email,
        language=language,
        template="coming_dates",
        context={"dates": dates, "count": len(dates), "url": settings.SITE_URL + reverse("admin:calendar")},
        occasion=f"{person.pk}, dates of {today.isoformat()}",
    )
