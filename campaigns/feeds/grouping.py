"""Finds what several feeds report alike and makes one story of it (comparing.py says how alike), the first one chosen.

Compared are entries in the same language of different feeds whose source dates lie at most seven days apart. It runs after a
look and by itself: entries that nobody compared yet, because a worker died, are compared at the next look.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, Subquery

from campaigns.feeds import comparing
from campaigns.feeds.models import Feed, FeedEntry, Story

if TYPE_CHECKING:
    from campaigns.feeds.models import FeedEntryQuerySet

APART = dt.timedelta(days=7)
AT_ONCE = 100


@transaction.atomic
def group_new() -> int:
    """Compare what nobody compared yet, a hundred entries at a time; how many joined a story."""
    _alone()
    new = list(_with_items().filter(compared=False).order_by("pk").values_list("pk", "dated")[:AT_ONCE])
    if not new:
        return 0
    kept = _Kept([day for _pk, day in new if day])
    joined = sum(kept.join(pk) for pk, _day in new)
    FeedEntry.objects.filter(pk__in=[pk for pk, _day in new]).update(compared=True)
    return joined


def choose(*, entry: FeedEntry) -> None:
    """Let its item be the one of its story that is worked on."""
    if entry.story and entry.news_item_id:
        Story.objects.filter(pk=entry.story.pk).update(chosen=entry.news_item_id)


def part(*, entry: FeedEntry) -> None:
    """Take it out of its story: it tells another one. It is not compared again."""
    FeedEntry.objects.filter(pk=entry.pk).update(story=None)
    oldest = _with_items().filter(story=entry.story_id).order_by("pk").values("news_item")[:1]
    Story.objects.filter(pk__in=[entry.story_id], chosen=entry.news_item_id).update(chosen=Subquery(oldest))


def _alone() -> None:
    """Let one worker group at a time: two would make two stories of one. The oldest feed's row is the token."""
    list(Feed.objects.select_for_update().order_by("pk")[:1])


def _with_items() -> FeedEntryQuerySet:
    return FeedEntry.objects.filter(news_item__isnull=False).select_related("feed")


class _Kept:
    """Entries from about the same days as the new ones, with their runs of words."""

    def __init__(self, days: list[dt.date]) -> None:
        rows = _with_items().filter(dated__gte=min(days) - APART, dated__lte=max(days) + APART).order_by("pk")
        rows = rows.only("dated", "shingles", "story_id", "news_item_id", "feed__language")
        self._rows = {row.pk: (row, comparing.unpacked(row.shingles)) for row in rows}

    def join(self, pk: int) -> bool:
        """Put the entry into one story with what is most alike, if anything is."""
        entry, runs = self._rows[pk]
        other = self._most_alike(entry, runs)
        if other:
            self._unite(entry, other)
        return other is not None

    def _most_alike(self, entry: FeedEntry, runs: frozenset[int]) -> FeedEntry | None:
        """The entry of another feed that is most alike; the oldest of several."""
        found = [
            (comparing.alike(runs, theirs), -row.pk, row)
            for row, theirs in self._rows.values()
            if row.feed_id != entry.feed_id and row.feed.language == entry.feed.language and _close(row, entry)
        ]
        best = max(found, key=lambda each: each[:2], default=None)
        return best[2] if best and best[0] >= comparing.ALIKE else None

    def _unite(self, entry: FeedEntry, other: FeedEntry) -> None:
        stories = sorted({row.story_id for row in (entry, other) if row.story_id})
        oldest = min(entry, other, key=lambda row: row.pk)
        story = stories[0] if stories else Story.objects.create(chosen_id=oldest.news_item_id).pk
        FeedEntry.objects.filter(Q(pk__in=[entry.pk, other.pk]) | Q(story__in=stories)).update(story=story)
        Story.objects.filter(pk__in=stories[1:]).delete()
        for row, _runs in self._rows.values():
            if row.pk in {entry.pk, other.pk} or row.story_id in stories:
                row.story_id = story


def _close(one: FeedEntry, other: FeedEntry) -> bool:
    return bool(one.dated and other.dated and abs(one.dated - other.dated) <= APART)
