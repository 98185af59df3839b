from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from campaigns.content.models import NewsItem, State
from campaigns.feeds import comparing
from campaigns.feeds.grouping import AT_ONCE, choose, group_new, part
from campaigns.feeds.models import Feed, FeedEntry, Story

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
PARCEL = "Criminals send texts that ask for a small customs fee and the link leads to a page that collects card details"
ROUTER = (
    "A critical flaw lets attackers take over the router without a password until version 2 is installed by its owner"
)


def report(feed: Feed, words: str = PARCEL, *, day: dt.date = DAY) -> FeedEntry:
    """A draft that came from `feed`, not yet compared with anything."""
    number = FeedEntry.objects.count()
    item = NewsItem.objects.create(
        slug=f"item-{number}", source=feed.source, source_url="https://example.org/", source_date=day, state=State.DRAFT
    )
    return FeedEntry.objects.create(
        feed=feed,
        key=f"{number}",
        dated=day,
        first_seen_at=NOW,
        news_item=item,
        shingles=comparing.packed(comparing.shingles(words, "")),
        compared=False,
    )


def others(entry: FeedEntry) -> list[FeedEntry]:
    return FeedEntry.objects.told().get(pk=entry.pk).others


def test_what_two_feeds_report_alike_becomes_one_story_with_the_first_one_chosen(
    make_feed: Callable[..., Feed],
) -> None:
    first, second, other = (
        report(make_feed("a")),
        report(make_feed("b"), f"Police: {PARCEL}"),
        report(make_feed("c"), ROUTER),
    )
    assert group_new() == 2
    assert (str(first), str(FeedEntry(key="0123456789")), str(Story(pk=7))) == ("item-0", "01234567", "7")
    assert (others(first), others(second), others(other)) == ([second], [first], [])
    assert [each.is_chosen for each in FeedEntry.objects.order_by("pk")] == [True, False, False]
    assert set(FeedEntry.objects.one_of_each()) == {first, other}
    assert group_new() == 0


def test_a_report_that_comes_later_joins(make_feed: Callable[..., Feed]) -> None:
    first, second = report(make_feed("a")), report(make_feed("b"))
    group_new()
    third = report(make_feed("c"))
    assert group_new() == 1
    assert others(third) == [first, second]


@pytest.mark.parametrize(
    ("facts", "day"), [({"language": "pl"}, DAY), ({}, DAY + dt.timedelta(days=8)), ({}, DAY - dt.timedelta(days=8))]
)
def test_another_language_or_another_week_is_another_story(
    make_feed: Callable[..., Feed], facts: dict[str, Any], day: dt.date
) -> None:
    report(make_feed("a"))
    report(make_feed("b", **facts), day=day)
    assert group_new() == 0
    assert not Story.objects.exists()


def test_a_feed_is_not_compared_with_itself(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    report(feed)
    report(feed)
    assert group_new() == 0


def test_two_stories_that_turn_out_to_be_one_are_united(make_feed: Callable[..., Feed]) -> None:
    both = f"{PARCEL} {ROUTER}"
    rows = [
        report(make_feed(name), words) for name, words in (("a", PARCEL), ("b", PARCEL), ("c", ROUTER), ("d", ROUTER))
    ]
    group_new()
    assert Story.objects.count() == 2
    FeedEntry.objects.filter(pk=rows[3].pk).update(
        shingles=comparing.packed(comparing.shingles(both, "")), compared=False
    )
    FeedEntry.objects.filter(pk=rows[2].pk).update(dated=DAY - dt.timedelta(days=30))
    group_new()
    assert Story.objects.count() == 1
    assert FeedEntry.objects.filter(story__isnull=False).count() == 4


def test_somebody_chooses_another_report_or_takes_one_out(make_feed: Callable[..., Feed]) -> None:
    first, second, third = (report(make_feed(name)) for name in "abc")
    group_new()
    choose(entry=FeedEntry.objects.get(pk=second.pk))
    assert [each.is_chosen for each in FeedEntry.objects.order_by("pk")] == [False, True, False]
    part(entry=FeedEntry.objects.get(pk=second.pk))
    assert [each.is_chosen for each in FeedEntry.objects.order_by("pk")] == [True, False, False]
    assert (others(second), others(first)) == ([], [third])
    assert group_new() == 0, "it is not grouped again"
    choose(entry=FeedEntry.objects.get(pk=second.pk))


def test_the_last_one_that_is_taken_out_leaves_nobody_chosen(make_feed: Callable[..., Feed]) -> None:
    first, second = report(make_feed("a")), report(make_feed("b"))
    group_new()
    for entry in (first, second):
        part(entry=FeedEntry.objects.get(pk=entry.pk))
    assert Story.objects.get().chosen is None


def test_a_hundred_are_compared_at_a_time(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    for number in range(AT_ONCE + 1):
        report(feed, f"{PARCEL} {number}")
    group_new()
    assert FeedEntry.objects.filter(compared=False).count() == 1
    group_new()
    assert FeedEntry.objects.filter(compared=False).count() == 0


def test_a_report_whose_draft_was_deleted_is_passed_over(make_feed: Callable[..., Feed]) -> None:
    first, second = report(make_feed("a")), report(make_feed("b"))
    group_new()
    NewsItem.objects.filter(reports=first).delete()
    assert others(second) == []
    assert FeedEntry.objects.one_of_each().filter(pk=second.pk).exists(), "the story has lost the chosen one"


@pytest.mark.django_db(transaction=True)
def test_workers_that_group_at_the_same_moment_make_one_story(make_feed: Callable[..., Feed]) -> None:
    for name in "abcd":
        report(make_feed(name))

    def worker() -> None:
        try:
            group_new()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(worker) for _ in range(4)]:
            each.result()
    assert Story.objects.filter(reports__isnull=False).distinct().count() == 1
    assert FeedEntry.objects.filter(story__isnull=False).count() == 4
