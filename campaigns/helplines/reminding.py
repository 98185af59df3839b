"""Letters to those who look after the directory: 30 and 7 days before an entry must be checked again.

A row per entry, person, review date and step remembers what was said, so that any number of runs say it once. A new
review date begins anew. Whoever gets a letter is told of everything of theirs that falls due, in one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from campaigns.content.models import words_at_hand
from campaigns.helplines.countries import name_of
from campaigns.helplines.models import Helpline, HelplineCheck, HelplineReminder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEPS = (30, 7)
"""Days before the review date."""
MAY = "campaigns.change_helpline"
FIRST_HOUR = 7
"""Of the site's day: nobody is written to at midnight, when the date changes."""
LEASE = dt.timedelta(minutes=10)
"""Longer than one hand-over may take: a worker that died with a letter in hand is followed by another one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told: the entries that fall due, the most urgent first, in the language they work in."""

    person: User
    language: str
    today: dt.date
    entries: Sequence[Helpline]

    @property
    def occasion(self) -> str:
        """The same for two attempts at one letter (F3)."""
        return " ".join(f"{line.pk}:{line.review_by}" for line in self.entries) + f" {self.today}"

    @property
    def context(self) -> dict[str, object]:
        """What the letter's templates are told."""
        with translation.override(self.language):
            return {"lines": [self._line(line) for line in self.entries], "list_url": self._list_url()}

    def _line(self, line: Helpline) -> dict[str, object]:
        review_by = line.review_by or self.today
        return {
            "name": words_at_hand(line, "name") or line.slug,
            "number": line.phone or line.sms,
            "country": str(name_of(line.country)),
            "review_by": review_by,
            "days": (review_by - self.today).days,
            "is_overdue": review_by < self.today,
            "url": f"{settings.SITE_URL}{reverse('admin:helpline_check', args=[line.pk])}",
        }

    def _list_url(self) -> str:
        return f"{settings.SITE_URL}{reverse('admin:campaigns_helpline_changelist')}?standing=due"


def remind(*, now: dt.datetime, send: Callable[[Notice], bool]) -> int:
    """Write to everybody who has something new falling due at `now` (aware); how many letters went out.

    `send` hands one letter over and says whether it went out; one that did not is tried again at the next run.
    """
    if localtime(now).hour < FIRST_HOUR:
        return 0
    told = [_tell(person, lines, now=now, send=send) for person, lines in _due(localtime(now).date())]
    return sum(told)


def _due(today: dt.date) -> list[tuple[User, list[Helpline]]]:
    """Who is to be told of what: the responsible person, and where there is none who can, everybody who may change it."""
    within = dt.timedelta(days=max(STEPS))
    lines = Helpline.objects.falling_due(today=today, within=within).order_by("review_by", "pk")
    due: dict[User, list[Helpline]] = {}
    everybody = _keepers()
    for line in lines.prefetch_related("texts"):
        for person in [one for one in everybody if one.pk == line.responsible_id] or everybody:
            due.setdefault(person, []).append(line)
    return list(due.items())


def _keepers() -> list[User]:
    """Everybody who may change helplines today and can be written to."""
    people = User.objects.with_perm(MAY, backend="django.contrib.auth.backends.ModelBackend")
    return list(people.filter(is_staff=True, is_active=True).exclude(email="").order_by("pk"))


def _tell(person: User, lines: list[Helpline], *, now: dt.datetime, send: Callable[[Notice], bool]) -> bool:
    today = localtime(now).date()
    claimed = _claim(person, lines, now)
    if not claimed:
        return False
    went_out = send(Notice(person=person, language=_language_of(person), today=today, entries=lines))
    mine = HelplineReminder.objects.filter(pk__in=claimed)
    mine.update(leased_until=None, **({"told_at": now} if went_out else {}))
    return went_out


def _claim(person: User, lines: list[Helpline], now: dt.datetime) -> list[int]:
    """Ids of the rows this letter answers, leased; empty where all was said, or somebody is about it."""
    today = localtime(now).date()
    wanted = [
        HelplineReminder(helpline=line, person=person, review_by=line.review_by or today, days=_step(line, today))
        for line in lines
    ]
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)  # one letter to a person at a time
        HelplineReminder.objects.bulk_create(wanted, ignore_conflicts=True)
        rows = HelplineReminder.objects.filter(_any_of(wanted), person=person, told_at=None)
        if rows.filter(leased_until__gt=now).exists():
            return []
        ids = list(rows.values_list("pk", flat=True))
        HelplineReminder.objects.filter(pk__in=ids).update(leased_until=now + LEASE)
    return ids


def _any_of(wanted: list[HelplineReminder]) -> Q:
    steps: dict[int, list[int]] = {}
    dates = {row.review_by for row in wanted}
    for row in wanted:
        steps.setdefault(row.days, []).append(row.helpline_id)
    any_step = Q()
    for days, ids in steps.items():
        any_step |= Q(days=days, helpline__in=ids)
    return any_step & Q(review_by__in=dates)


def _step(line: Helpline, today: dt.date) -> int:
    """The nearest step that `line` has reached; what is overdue stands at the last one."""
    left = ((line.review_by or today) - today).days
    return min(step for step in STEPS if left <= step)


def _language_of(person: User) -> str:
    """The language in which the person last vouched for an entry; the site's where they never did."""
    checks = HelplineCheck.objects.filter(by=person).exclude(language="").order_by("-at", "-pk")
    known = dict(settings.LANGUAGES)
    return next(
        (code for code in checks.values_list("language", flat=True)[:1] if code in known), settings.LANGUAGE_CODE
    )
