"""What a check is worth: it holds for exactly what was checked, until its review date, and every step is kept.

Whoever changes an entry calls `edited` afterwards: the verification is gone unless nothing changed that readers see (G7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import get_language

from campaigns.helplines.digesting import digest_of, facts_of
from campaigns.helplines.models import REVIEW_WITHIN, Checked, Helpline, HelplineCheck

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.contrib.auth.models import User


class ChangedMeanwhileError(Exception):
    """The entry is no longer what the person had before them when they vouched for it."""


def verify(*, helplines: Iterable[Helpline], by: User | None, now: dt.datetime) -> int:
    """Note that `by` has checked `helplines` at their sources today (`now` is aware); how many they were.

    They are due again as late as the directory allows. Each gets a line in the history.
    """
    today = localtime(now).date()
    chosen = list(Helpline.objects.whole().filter(pk__in=[line.pk for line in helplines]).order_by("pk"))
    for line in chosen:
        line.verified_on, line.review_by, line.verified_by = today, today + REVIEW_WITHIN, by
    vouch(helplines=chosen, now=now)
    return len(chosen)


def verify_as_seen(*, helpline: Helpline, seen: str, by: User, now: dt.datetime) -> None:
    """Verify one entry, if it is still what `seen` (a digest) stood for.

    Raises:
        ChangedMeanwhileError: somebody changed it; look again.
    """
    with transaction.atomic():
        locked = Helpline.objects.select_for_update().get(pk=helpline.pk)
        if digest_of(locked) != seen:
            raise ChangedMeanwhileError
        verify(helplines=[locked], by=by, now=now)


@transaction.atomic
def vouch(*, helplines: list[Helpline], now: dt.datetime) -> None:
    """Bind the dates that `helplines` carry in memory to what stands in them, and write both with a line of history."""
    for line in helplines:
        line.checked_as = digest_of(line)
    Helpline.objects.bulk_update(helplines, ["verified_on", "review_by", "verified_by", "checked_as"], batch_size=200)
    HelplineCheck.objects.bulk_create(
        [line_of(line, Checked.VERIFIED, by=line.verified_by, now=now) for line in helplines]
    )


def edited(*, helpline: Helpline, before: str, by: User | None, now: dt.datetime) -> bool:
    """After an edit of what was `before` (a digest): whether that took the verification away."""
    fresh = Helpline.objects.whole().get(pk=helpline.pk)
    if fresh.verified_on is None or digest_of(fresh) == before:
        return False
    _unverify(fresh, Checked.CHANGED, by=by, now=now)
    return True


def stop(*, helpline: Helpline, by: User, now: dt.datetime) -> bool:
    """Take an entry out of print at once: it answers no longer, or not as it should. Whether it was in print."""
    fresh = Helpline.objects.whole().get(pk=helpline.pk)
    if fresh.verified_on is None:
        return False
    _unverify(fresh, Checked.STOPPED, by=by, now=now)
    return True


def dated(*, helpline: Helpline, by: User, now: dt.datetime) -> None:
    """Somebody wrote the day of a check by hand, or took it out: bind it to what stands there, and keep who said so."""
    fresh = Helpline.objects.whole().get(pk=helpline.pk)
    fresh.verified_by = by if fresh.verified_on else None
    if fresh.verified_on:
        vouch(helplines=[fresh], now=now)
    else:
        _unverify(fresh, Checked.STOPPED, by=by, now=now)


def is_as_checked(helpline: Helpline) -> bool:
    """Whether it is still what was checked, whoever wrote to the database since; older checks kept no digest."""
    return helpline.checked_as in ("", digest_of(helpline))


def digest_at_rest(helpline: Helpline) -> str:
    """The digest of what the database holds of an entry; empty for one that is new."""
    stored = Helpline.objects.whole().filter(pk=helpline.pk).first()
    return digest_of(stored) if stored else ""


def state_at_rest(helpline: Helpline) -> str:
    """What the database holds of an entry and of its check, in a word that changes with either; empty for a new entry."""
    dates = Helpline.objects.filter(pk=helpline.pk).values_list("verified_on", "review_by").first()
    return f"{digest_at_rest(helpline)} {dates}" if dates else ""


@transaction.atomic
def _unverify(helpline: Helpline, what: Checked, *, by: User | None, now: dt.datetime) -> None:
    line_of(helpline, what, by=by, now=now).save()
    Helpline.objects.filter(pk=helpline.pk).update(verified_on=None, review_by=None, verified_by=None, checked_as="")


def line_of(helpline: Helpline, what: Checked, *, by: User | None, now: dt.datetime) -> HelplineCheck:
    """A line of the history about `helpline` as it stands, not yet written."""
    return HelplineCheck(
        helpline=helpline,
        slug=helpline.slug,
        what=what,
        by=by,
        by_name=by.get_full_name() or by.get_username() if by else "",
        at=now,
        verified_on=helpline.verified_on,
        review_by=helpline.review_by,
        source_url=helpline.source_url,
        language=get_language() or "" if by else "",
        facts=facts_of(helpline),
    )
