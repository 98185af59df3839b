"""Planning an edition for a day of the awareness calendar: one draft per newsletter, observance and year."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from campaigns.content.addressing import free_slug
from campaigns.content.models import IN_PRINT, Campaign
from newsletter.editions.editing import next_code
from newsletter.editions.models import Block, BlockKind, Edition

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from campaigns.calendar.observances import Occurrence
    from newsletter.editions.models import Newsletter

TRIES = 5
"""Two people may take the same free slug at the same moment; not five times in a row."""
STEM = 36
"""Characters of a newsletter's slug that stand in an edition's: it takes fifty, and a date and a number follow."""


class OverError(Exception):
    """The observance's last day has passed: nobody plans for yesterday."""


def plan(*, occurrence: Occurrence, newsletter: Newsletter, today: dt.date) -> tuple[Edition, bool]:
    """The newsletter's edition for `occurrence`, and whether it is new: a draft with its date, a neutral slug, a code.

    Where an approved campaign belongs to the observance, it is the draft's first block. Any number of calls, also at the
    same moment, lead to one edition.

    Raises:
        OverError: the last day lies before `today`.
    """
    if occurrence.last < today:
        raise OverError
    for _try in range(TRIES - 1):
        with contextlib.suppress(
            IntegrityError
        ):  # somebody was first, with this observance or with the slug: look again
            return _found_or_drafted(occurrence, newsletter, today)
    return _found_or_drafted(occurrence, newsletter, today)


def planned_for(occurrence: Occurrence, *, newsletter: Newsletter) -> Edition | None:
    """The edition of `newsletter` that was planned for `occurrence`."""
    tie = {"observance": occurrence.observance.key, "observance_year": occurrence.year}
    return Edition.objects.filter(newsletter=newsletter, **tie).first()


def planned(occurrences: Iterable[Occurrence]) -> dict[str, list[Edition]]:
    """The editions planned for each of `occurrences`, by its mark, with their words; two queries however many there are."""
    marks = {one.mark for one in occurrences}
    keys, years = {mark.rpartition(":")[0] for mark in marks}, {int(mark.rpartition(":")[2]) for mark in marks}
    tied = Edition.objects.filter(observance__in=keys, observance_year__in=years).prefetch_related("texts")
    found: dict[str, list[Edition]] = {}
    for edition in tied.order_by("dated", "pk"):
        found.setdefault(f"{edition.observance}:{edition.observance_year}", []).append(edition)
    return {mark: editions for mark, editions in found.items() if mark in marks}


def slug_for(newsletter: Newsletter, dated: dt.date) -> str:
    """A slug no edition has, of the newsletter's own and the day alone: it tells nobody what the edition is about (G3)."""
    return free_slug(f"{newsletter.slug[:STEM].rstrip('-')}-{dated.isoformat()}", among=Edition.objects.all())


def _found_or_drafted(occurrence: Occurrence, newsletter: Newsletter, today: dt.date) -> tuple[Edition, bool]:
    if already := planned_for(occurrence, newsletter=newsletter):
        return already, False
    return _draft(occurrence, newsletter, max(occurrence.first, today)), True


@transaction.atomic
def _draft(occurrence: Occurrence, newsletter: Newsletter, dated: dt.date) -> Edition:
    edition = Edition.objects.create(
        newsletter=newsletter,
        slug=slug_for(newsletter, dated),
        code=next_code(newsletter=newsletter),
        dated=dated,
        observance=occurrence.observance.key,
        observance_year=occurrence.year,
    )
    if campaign := campaign_of(occurrence.observance.key):
        Block.objects.create(edition=edition, position=1, kind=BlockKind.CAMPAIGN, campaign=campaign)
    return edition


def campaign_of(observance: str) -> Campaign | None:
    """The campaign that belongs to the observance under this key and has an approved version, the youngest of several."""
    return Campaign.objects.filter(IN_PRINT, observance=observance).order_by("-launched_on", "-pk").first()
