"""Entries that are new → drafts of news items with source, date, licence and words. Nothing is published by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.timezone import localtime

from campaigns.content import revising
from campaigns.content.models import NewsItem, NewsItemText, State, Step
from campaigns.feeds import addressing, comparing, naming, wording
from campaigns.feeds.entries import Entry
from campaigns.feeds.models import FeedEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from campaigns.feeds.entries import ReadFeed
    from campaigns.feeds.models import Feed

MOST_WAITING = 200
"""Drafts of one feed that wait for somebody; beyond, it brings no more until some are dealt with."""
AT_ONCE = 400
"""Rows asked for or written in one statement."""
EARLIEST = dt.date(1990, 1, 1)
"""A date before the web is a program's zero, no date."""
LEEWAY = dt.timedelta(hours=1)
"""By which a server's clock may be ahead of ours."""


@dataclass(slots=True)
class Taken:
    """What a look at a feed brought: drafts made, new entries left out as too many, and whether its drafts pile up."""

    made: int = 0
    left: int = 0
    full: bool = False


@dataclass(slots=True)
class _Known:
    """What is remembered of a feed's entries."""

    keys: set[str] = field(default_factory=set)
    likenesses: set[str] = field(default_factory=set)

    def holds(self, entry: Entry) -> bool:
        return entry.key in self.keys or (bool(entry.likeness) and entry.likeness in self.likenesses)

    def add(self, entry: Entry) -> None:
        self.keys.add(entry.key)
        self.likenesses.add(entry.likeness)


def take(*, feed: Feed, read: ReadFeed, now: dt.datetime) -> Taken:
    """Make drafts of the newest entries of `read` that never came before, and remember all. Call it in a transaction.

    At most `feed.most_entries` become drafts; older new ones are remembered and left out. Where the feed's drafts pile up,
    what finds no room is not remembered: it comes later.
    """
    entries = read.newest_first()
    new = _unknown(feed, entries, now)
    room = max(0, MOST_WAITING - feed.entries.drafts().count())
    newest, older = new[: feed.most_entries], new[feed.most_entries :]
    # The oldest first, so that the newest has the highest id and stands on top.
    made = sum(_draft(feed, read, entry, now) for entry in reversed(newest[:room]))
    _remember(feed, older, now)
    return Taken(made=made, left=len(older), full=len(newest) > room)


def _unknown(feed: Feed, entries: Sequence[Entry], now: dt.datetime) -> list[Entry]:
    """Those that never came, each once, in order; what changed at the source since it came is noted on the way."""
    known = _Known()
    editions = {entry.key: entry.edition for entry in entries}
    for part in _parts(entries):
        rows = FeedEntry.objects.filter(_any_of(part), feed=feed).values_list("pk", "key", "likeness", "edition")
        changed = [pk for pk, key, _likeness, edition in rows if editions.get(key, edition) != edition]
        known.keys |= {key for _pk, key, _likeness, _edition in rows}
        known.likenesses |= {likeness for _pk, _key, likeness, _edition in rows}
        _note_changes(changed, editions, now)
    new = list[Entry]()
    for entry in entries:
        if not known.holds(entry):
            known.add(entry)
            new.append(entry)
    return new


def _any_of(entries: Sequence[Entry]) -> Q:
    likenesses = [entry.likeness for entry in entries if entry.likeness]
    return Q(key__in=[entry.key for entry in entries]) | Q(likeness__in=likenesses)


def _note_changes(ids: list[int], editions: dict[str, str], now: dt.datetime) -> None:
    rows = list(FeedEntry.objects.filter(pk__in=ids, news_item__isnull=False).only("key"))
    for row in rows:
        row.edition, row.changed_at = editions[row.key], now
    FeedEntry.objects.bulk_update(rows, ["edition", "changed_at"], batch_size=AT_ONCE)


def _remember(feed: Feed, entries: Sequence[Entry], now: dt.datetime) -> None:
    rows = [_row(feed, entry, now) for entry in entries]
    FeedEntry.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def _row(feed: Feed, entry: Entry, now: dt.datetime) -> FeedEntry:
    return FeedEntry(
        feed=feed, key=entry.key, likeness=entry.likeness, edition=entry.edition, link=entry.link, first_seen_at=now
    )


def _draft(feed: Feed, read: ReadFeed, entry: Entry, now: dt.datetime) -> bool:
    """Whether a draft was made; an entry without any words is only remembered."""
    row = _row(feed, entry, now)
    title, notes = wording.title_of(entry)
    if title:
        lead = wording.lead_of(entry)
        row.dated, about_date = source_date(entry, now=now)
        row.news_item, about_item = _item(feed, read, entry, title=title, day=row.dated)
        about_text = _text(row.news_item, feed.language, entry, title=title, lead=lead)
        revising.keep(item=row.news_item, step=Step.SAVED, by=None, now=now)  # what came can be compared with for ever
        row.notes = notes + about_date + about_item + about_text
        row.shingles = comparing.packed(comparing.shingles(title, lead))
        row.compared = False
    row.save()
    return bool(title)


def _item(feed: Feed, read: ReadFeed, entry: Entry, *, title: str, day: dt.date) -> tuple[NewsItem, list[str]]:
    slug, telling = naming.slug_for(title=title, sensitivity=feed.sensitivity, day=day, key=entry.key)
    licence = entry.licence or read.licence or feed.source.licence
    facts = {
        "source": feed.source,
        "source_url": entry.link or addressing.printable(read.link) or feed.source.website,
        "source_date": day,
        "licence": wording.shortened(licence, 200),
        "sensitivity": feed.sensitivity,
        "state": State.DRAFT,
    }
    item = _created(slug, entry, facts)
    item.topics.set(feed.topics.all())
    item.campaigns.set(feed.campaigns.all())
    said = {"no_link": not entry.link, "no_licence": not licence, "telling_slug": telling}
    return item, [note for note, true in said.items() if true]


def _created(slug: str, entry: Entry, facts: dict[str, object]) -> NewsItem:
    item, new = NewsItem.objects.get_or_create(slug=slug, defaults=facts)
    return item if new else NewsItem.objects.create(slug=naming.marked(slug, entry.key), **facts)


def _text(item: NewsItem, language: str, entry: Entry, *, title: str, lead: str) -> list[str]:
    body, notes = wording.body_of(entry)
    NewsItemText.objects.create(news_item=item, language=language, title=title, lead=lead or title, body=body)
    return notes if lead else [*notes, "no_summary"]


def source_date(entry: Entry, *, now: dt.datetime) -> tuple[dt.date, list[str]]:
    """The day it was published, else updated, in our time zone; never in the future. Without one today, and a note."""
    today = localtime(now).date()
    said = [moment for moment in (entry.published, entry.updated) if moment and moment.date() >= EARLIEST]
    past = next((moment for moment in said if moment <= now + LEEWAY), None)
    if past:
        return min(localtime(past).date(), today), []
    return today, ["future_date" if said else "no_date"]


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), AT_ONCE):
        yield entries[start : start + AT_ONCE]
