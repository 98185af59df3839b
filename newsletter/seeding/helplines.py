"""Plants the help directory. What staff verified or edited is theirs; a record of a check holds for what was checked only."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils.timezone import localtime

from campaigns.helplines import verifying
from campaigns.helplines.digesting import digest, digest_of, facts_of
from campaigns.helplines.models import REVIEW_WITHIN, Checked, Helpline, HelplineHours, HelplineText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from newsletter.seeding import records

FACTS = (
    *("country", "kind", "audience", "spoken_languages", "phone", "sms", "chat_url", "web_url"),
    *("charge", "round_the_clock", "on_holidays", "time_zone", "source_url"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One file's entry beside the row that stands for it, if there is one; the rows it wants are not written yet."""

    seed: records.Helpline
    row: Helpline | None
    wanted: Helpline
    texts: list[HelplineText]
    intervals: list[HelplineHours]

    @property
    def facts(self) -> dict[str, Any]:
        """What a reader would see, in the form that checks are kept in."""
        return facts_of(self.wanted, texts=self.texts, intervals=self.intervals)


@transaction.atomic
def plant_helplines(seeds: Iterable[records.Helpline], *, now: dt.datetime) -> dict[str, int]:
    """Plant every entry at `now` (aware): how many there are, and how many of them somebody must check before they print."""
    seeds = list(seeds)
    slugs = [seed.slug for seed in seeds]
    rows = {row.slug: row for row in Helpline.objects.whole().prefetch_related("checks").filter(slug__in=slugs)}
    touched = _touched_in_the_admin([row for row in rows.values() if not row.seeded_as])
    plans = [_plan(seed, rows.get(seed.slug)) for seed in seeds]
    ours = [plan for plan in plans if plan.row is None or not _is_theirs(plan.row, touched)]
    _create([plan for plan in ours if plan.row is None])
    for plan in ours:
        if plan.row is not None and plan.row.seeded_as != digest(plan.facts):
            _bring_back(plan, plan.row, now=now)
    _record(ours, now=now)
    printable = Helpline.objects.printable(today=localtime(now).date()).filter(slug__in=slugs).count()
    return {"helplines": len(plans), "helplines to be checked": len(plans) - printable}


def _plan(seed: records.Helpline, row: Helpline | None) -> Plan:
    facts = {name: getattr(seed, name) for name in FACTS}
    return Plan(
        seed=seed,
        row=row,
        wanted=Helpline(slug=seed.slug, order=seed.order, **facts),
        texts=[HelplineText(language=language, **words) for language, words in seed.texts.items()],
        intervals=[HelplineHours(**dataclasses.asdict(line)) for line in seed.hours],
    )


def _touched_in_the_admin(rows: list[Helpline]) -> set[int]:
    """Which of `rows`, planted before digests were kept, somebody has saved since."""
    log = LogEntry.objects.filter(content_type__app_label="campaigns", content_type__model="helpline")
    keys = log.filter(object_id__in=[str(row.pk) for row in rows]).values_list("object_id", flat=True)
    return {int(key) for key in keys if key}


def _is_theirs(row: Helpline, touched: set[int]) -> bool:
    """Whether somebody who works here vouched for it, took it out of print or wrote in it."""
    if row.verified_by_id or any(check.by_name for check in row.checks.all()):
        return True
    return row.pk in touched if not row.seeded_as else digest_of(row) != row.seeded_as


def _create(plans: list[Plan]) -> None:
    for plan in plans:
        plan.wanted.seeded_as = digest(plan.facts)
    Helpline.objects.bulk_create([plan.wanted for plan in plans])
    _write_what_hangs_on([(plan, plan.wanted) for plan in plans])


def _bring_back(plan: Plan, row: Helpline, *, now: dt.datetime) -> None:
    """What the file says now; a verification of what it said before is gone (G7)."""
    before = digest_of(row)
    facts = {name: getattr(plan.seed, name) for name in FACTS}
    Helpline.objects.filter(pk=row.pk).update(seeded_as=digest(plan.facts), **facts)
    row.texts.all().delete()
    row.intervals.all().delete()
    _write_what_hangs_on([(plan, row)])
    verifying.edited(helpline=row, before=before, by=None, now=now)


def _write_what_hangs_on(pairs: list[tuple[Plan, Helpline]]) -> None:
    for plan, row in pairs:
        hanging: list[HelplineText | HelplineHours] = [*plan.texts, *plan.intervals]
        for each in hanging:
            each.helpline = row
    HelplineText.objects.bulk_create([text for plan, _row in pairs for text in plan.texts])
    HelplineHours.objects.bulk_create([line for plan, _row in pairs for line in plan.intervals])


def _record(plans: list[Plan], *, now: dt.datetime) -> None:
    """Take over the files' records of checks where they tell something new."""
    today = localtime(now).date()
    slugs = [plan.seed.slug for plan in plans]
    rows = Helpline.objects.whole().prefetch_related("checks").filter(slug__in=slugs).in_bulk(field_name="slug")
    vouched = []
    for plan in plans:
        row = rows[plan.seed.slug]
        dates = _dates(plan, row, today)
        if dates and dates != (row.verified_on, row.review_by):
            row.verified_on, row.review_by = dates
            vouched.append(row)
    verifying.vouch(helplines=vouched, now=now)


def _dates(plan: Plan, row: Helpline, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """From when to when it counts as checked; None where the file's record tells nothing about what stands there.

    Where the record does not hold today, an installation that is being tried out counts the entry as checked today; any
    other keeps the record, and the overdue entry is not printed.
    """
    checked, review = plan.seed.verified_on, plan.seed.review_by
    if checked is None or review is None or _is_spent(plan, row):
        return None
    if row.verified_on and row.review_by and row.verified_on >= checked and row.verified_on <= today <= row.review_by:
        return None
    if settings.TRYING_OUT and not checked <= today <= review:
        return today, today + REVIEW_WITHIN
    return checked, review


def _is_spent(plan: Plan, row: Helpline) -> bool:
    """Whether the file's record was already used for other words or numbers than those that stand there now."""
    recorded = plan.seed.verified_on
    return any(
        check.facts not in ({}, plan.facts)
        for check in row.checks.all()
        if check.what == Checked.VERIFIED and check.verified_on and recorded and check.verified_on >= recorded
    )
