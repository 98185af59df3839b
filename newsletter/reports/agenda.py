"""What lies on which days: observances, campaigns, editions and mailings, as one kind of entry (standards 6.4).

A handful of queries whatever the number of rows; nothing is computed for rows the reader may not see.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.calendar.observances import Occurrence, occurrences
from campaigns.content.models import Campaign, State, words_at_hand
from campaigns.safeguarding.sensitivity import care_at
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions import planning
from newsletter.editions.models import Block, Edition, EditionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from campaigns.calendar.observances import Observance

SENT = "sent"
OWNERS = ("news_item", "news_item__in_use", "campaign", "campaign__in_use")
"""What holds a level: each block's object, and the version of it that is printed while a newer one is being written."""


class Kind(StrEnum):
    """What an entry is."""

    OBSERVANCE = "observance"
    CAMPAIGN = "campaign"
    EDITION = "edition"
    MAILING = "mailing"


KINDS = {
    Kind.OBSERVANCE: _("observance"),
    Kind.CAMPAIGN: _("campaign"),
    Kind.EDITION: _("edition"),
    Kind.MAILING: _("mailing"),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """Which kinds of rows somebody may see; observances everybody may."""

    campaigns: bool
    editions: bool
    mailings: bool


def sight_of(person: User) -> Sight:
    """What the person's permissions let them see."""
    may = person.has_perm
    return Sight(
        campaigns=may("campaigns.view_campaign"),
        editions=may("newsletter.view_edition"),
        mailings=may("newsletter.view_edition") and may("newsletter.view_mailing"),
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """A topic's slug, and an observance's country (`international` for none); empty: all."""

    topic: str = ""
    country: str = ""


INTERNATIONAL = "international"
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing on the calendar, from `first` to `last` (both included)."""

    kind: Kind
    id: str
    """An observance's key, or the row's id; a campaign's phase has its own after a hyphen: `7-3`."""
    first: dt.date
    last: dt.date
    title: str
    discreet: str
    """What may stand on a screen that others see (G3, R5)."""
    changed_at: dt.datetime
    state: str = ""
    """One word of the row's states; empty for an observance."""
    said: str = ""
    """The state as people read it."""
    occurrence: Occurrence | None = None
    editions: Sequence[Edition] = field(default_factory=list)
    """Those planned for an observance, as far as they may be seen."""

    @property
    def page_id(self) -> str:
        """By which its page is found: a phase stands on its campaign's."""
        return self.id.partition("-")[0] if self.kind is Kind.CAMPAIGN else self.id

    @property
    def endless(self) -> bool:
        """Whether nobody set a last day."""
        return self.last == dt.date.max

    @property
    def what(self) -> str | _StrPromise:
        """The kind in words."""
        return KINDS[self.kind]


def entries(
    first: dt.date,
    last: dt.date,
    *,
    observances: Iterable[Observance],
    sight: Sight,
    chosen: Filter = EVERYTHING,
) -> list[Entry]:
    """Everything from `first` to `last` (both included) that may be seen and is `chosen`, by first day."""
    found = [
        *dates(first, last, observances=observances, with_editions=sight.editions, chosen=chosen),
        *(_campaigns(first, last, chosen) if sight.campaigns else ()),
        *(_mailings(first, last, chosen) if sight.mailings else ()),
        *(_editions(first, last, chosen, sight) if sight.editions else ()),
    ]
    order = list(Kind)
    return sorted(found, key=lambda one: (one.first, order.index(one.kind), one.last, one.id))


def dates(
    first: dt.date,
    last: dt.date,
    *,
    observances: Iterable[Observance],
    with_editions: bool,
    chosen: Filter = EVERYTHING,
) -> list[Entry]:
    """The observances alone, by first day; `with_editions` those planned for each, too (two queries, else none)."""
    found = occurrences(first, last, among=[one for one in observances if _is_chosen(one, chosen)])
    planned = planning.planned(found) if with_editions else {}
    return [_date(one, planned.get(one.mark, [])) for one in found]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a campaign: all of it, or one of its phases; `last` is None for one without an end."""

    id: str
    name: str
    """Of the phase; empty for the whole."""
    first: dt.date
    last: dt.date | None


def spans_of(campaign: Campaign) -> list[Span]:
    """The campaign as a whole, then its phases in their order."""
    phases = sorted(campaign.phases.all(), key=lambda phase: (phase.order, phase.first_day, phase.pk))
    whole = Span(str(campaign.pk), "", campaign.launched_on, campaign.ends_on)
    return [whole, *(Span(f"{campaign.pk}-{one.pk}", str(one), one.first_day, one.last_day) for one in phases)]


def _date(one: Occurrence, editions: Sequence[Edition]) -> Entry:
    return Entry(
        kind=Kind.OBSERVANCE,
        id=one.observance.key,
        first=one.first,
        last=one.last,
        title=one.observance.name(),
        discreet=one.observance.discreet_name(),
        changed_at=one.observance.changed_at,
        occurrence=one,
        editions=editions,
    )


def _is_chosen(observance: Observance, chosen: Filter) -> bool:
    in_topic = not chosen.topic or chosen.topic in observance.topics
    return in_topic and chosen.country in ("", observance.country or INTERNATIONAL)


def _campaigns(first: dt.date, last: dt.date, chosen: Filter) -> list[Entry]:
    runs = Q(launched_on__lte=last) & (Q(ends_on__isnull=True) | Q(ends_on__gte=first))
    rows = Campaign.objects.filter(runs).exclude(state=State.WITHDRAWN).select_related("in_use")
    rows = rows.prefetch_related("texts", "phases__texts")
    if chosen.topic:
        rows = rows.filter(topics__slug=chosen.topic)
    spans = (_campaign(one, span) for one in rows.order_by("launched_on", "pk") for span in spans_of(one))
    return [entry for entry in spans if entry.first <= last and entry.last >= first]


def _campaign(campaign: Campaign, span: Span) -> Entry:
    level = max(campaign.sensitivity, campaign.in_use.sensitivity if campaign.in_use else 0)
    neutral = words_at_hand(campaign, "public_name") or gettext("Campaign no. %(id)d") % {"id": campaign.pk}
    title = f"{campaign}: {span.name}" if span.name else str(campaign)
    return Entry(
        kind=Kind.CAMPAIGN,
        id=span.id,
        first=span.first,
        last=span.last or dt.date.max,
        title=title,
        discreet=neutral if care_at(level).neutral else title,
        changed_at=campaign.updated_at,
        state=campaign.state,
        said=campaign.get_state_display(),
    )


def _editions(first: dt.date, last: dt.date, chosen: Filter, sight: Sight) -> Iterator[Entry]:
    rows = _with_levels(Edition.objects.filter(dated__range=(first, last)), chosen)
    for edition in rows.order_by("dated", "pk"):
        if not (sight.mailings and _is_told_by_a_mailing(edition)):
            state, said = _standing(edition)
            yield _entry(Kind.EDITION, edition.pk, edition, edition.dated, state, said)


def _standing(edition: Edition) -> tuple[str, str]:
    if edition.published_at:
        return SENT, gettext("sent")
    return edition.state, str(EditionState(edition.state).label)


def _is_told_by_a_mailing(edition: Edition) -> bool:
    """Whether a mailing of it lies on the edition's own day: one entry says both."""
    return any(_day_of(one) == edition.dated for one in edition.mailings.all() if one.state != MailingState.CANCELLED)


def _mailings(first: dt.date, last: dt.date, chosen: Filter) -> Iterator[Entry]:
    around = (_utc(first - dt.timedelta(days=1)), _utc(last + dt.timedelta(days=2)))  # whatever clock counts
    rows = Mailing.objects.exclude(state=MailingState.CANCELLED).filter(due_at__range=around)
    editions = {one.pk: one for one in _with_levels(Edition.objects.filter(mailings__in=rows), chosen)}
    for mailing in rows.order_by("due_at", "pk"):
        edition, day = editions.get(mailing.edition_id), _day_of(mailing)
        if edition and first <= day <= last:
            yield _entry(Kind.MAILING, mailing.pk, edition, day, *_steps(mailing))


def _steps(mailing: Mailing) -> tuple[str, str]:
    if mailing.state == MailingState.FINISHED:
        return SENT, gettext("sent")
    label = str(MailingState(mailing.state).label)
    if mailing.state != MailingState.SCHEDULED:
        return mailing.state, label
    return mailing.state, f"{label}, {time_format(mailing.wall or localtime(mailing.due_at), 'TIME_FORMAT')}"


def _day_of(mailing: Mailing) -> dt.date:
    """By the site's clock, or by each reader's own where it goes by that."""
    return (mailing.wall or localtime(mailing.due_at)).date()


def _utc(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _with_levels(rows: QuerySet[Edition], chosen: Filter) -> QuerySet[Edition]:
    """The chosen editions with their words, mailings and highest sensitivity."""
    if chosen.topic:
        blocks = Block.objects.filter(Q(campaign__topics__slug=chosen.topic) | Q(news_item__topics__slug=chosen.topic))
        rows = rows.filter(pk__in=blocks.values("edition"))
    levels = {f"level_of_{owner}": Max(f"blocks__{owner}__sensitivity") for owner in OWNERS}
    return rows.annotate(**levels).prefetch_related("texts", "mailings", "newsletter__texts")


def _entry(kind: Kind, pk: int, edition: Any, day: dt.date, state: str, said: str) -> Entry:
    level = max(getattr(edition, f"level_of_{owner}") or 0 for owner in OWNERS)
    return Entry(
        kind=kind,
        id=str(pk),
        first=day,
        last=day,
        title=str(edition),
        discreet=f"{edition.newsletter} {edition.code}" if care_at(level).neutral else str(edition),
        changed_at=edition.updated_at,
        state=state,
        said=said,
    )
