from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.content.models import Campaign, NewsItem, State, Topic
from campaigns.feeds import importing
from campaigns.feeds.entries import Entry, ReadFeed
from campaigns.feeds.importing import MOST_WAITING, Taken, source_date, take
from campaigns.feeds.models import Feed, FeedEntry
from tests.integration.feeds.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def entry(number: int = 1, **facts: Any) -> Entry:
    return Entry(
        **{
            "guid": f"g{number}",
            "link": f"https://cert.example.org/{number}",
            "title": f"Title {number}",
            "summary": f"<p>Summary {number}.</p>",
            "published": NOW - dt.timedelta(hours=number),
            **facts,
        }
    )


def taken(feed: Feed, *entries: Entry, **facts: Any) -> Taken:
    return take(feed=feed, read=ReadFeed(entries=list(entries), link="https://cert.example.org/", **facts), now=NOW)


def the_item() -> NewsItem:
    return NewsItem.objects.prefetch_related("texts").get()


def test_an_entry_becomes_a_draft_with_everything_that_is_known(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed(language="pl", sensitivity=1)
    topic = Topic.objects.create(slug="texts")
    campaign = Campaign.objects.create(
        slug="sayno", owner="Europol", official_url="https://example.org/", launched_on=TODAY
    )
    feed.topics.add(topic)
    feed.campaigns.add(campaign)
    content = '<p>Długo <a href="/x">tu</a><script>x</script></p>'
    assert taken(feed, entry(title="Żółte światło", content=content, base="https://cert.example.org/1")) == Taken(
        made=1
    )
    item = the_item()
    text = item.texts.get()
    assert (item.state, item.source, item.sensitivity, item.slug) == (State.DRAFT, feed.source, 1, "zolte-swiatlo")
    assert (item.source_url, item.source_date, item.licence) == ("https://cert.example.org/1", TODAY, "CC BY 4.0")
    assert (item.checked_by, item.checked_on) == (None, None)
    assert (list(item.topics.all()), list(item.campaigns.all())) == ([topic], [campaign])
    assert (text.language, text.title, text.lead) == ("pl", "Żółte światło", "Summary 1.")
    assert text.body == '<p>Długo <a href="https://cert.example.org/x">tu</a></p>'
    assert FeedEntry.objects.get().notes == []
    assert item.revisions.get().content["rows"]["texts"][0]["title"] == "Żółte światło", (
        "what came can be compared with"
    )


def test_nothing_comes_twice(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    assert taken(feed, entry(1), entry(2), entry(1)).made == 2
    assert taken(feed, entry(2), entry(1), entry(3)) == Taken(made=1)
    assert taken(feed, entry(1, guid="another guid")) == Taken()
    assert taken(feed, entry(1, guid="another guid and title", title="Another")).made == 1
    NewsItem.objects.all().delete()
    assert taken(feed, entry(1), entry(2), entry(3)) == Taken(), "what somebody deleted stays away"


def test_two_feeds_have_each_their_own_memory(make_feed: Callable[..., Feed]) -> None:
    assert taken(make_feed("a"), entry(1)).made == taken(make_feed("b"), entry(1)).made == 1
    assert len(set(NewsItem.objects.values_list("slug", flat=True))) == 2


def test_ten_thousand_entries_become_the_newest_ones_and_the_rest_never_comes(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed(most_entries=5)
    many = [entry(n) for n in range(10_000, 0, -1)]
    assert taken(feed, *many) == Taken(made=5, left=9_995)
    newest = FeedEntry.objects.filter(news_item__isnull=False).order_by("-pk").values_list("link", flat=True)
    assert list(newest) == [f"https://cert.example.org/{n}" for n in range(1, 6)], "the newest has the highest id"
    assert taken(feed, *many) == Taken()
    assert FeedEntry.objects.count() == 10_000


def test_drafts_that_pile_up_stop_the_flow_and_what_waits_comes_later(
    make_feed: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_WAITING", 3)
    feed = make_feed()
    assert taken(feed, *[entry(n) for n in range(1, 6)]) == Taken(made=3, full=True)
    assert taken(feed, *[entry(n) for n in range(1, 6)]) == Taken(full=True)
    NewsItem.objects.filter(slug="title-1").update(state=State.APPROVED)
    assert taken(feed, *[entry(n) for n in range(1, 6)]) == Taken(made=1, full=True)
    assert MOST_WAITING == 200


def test_what_is_missing_is_made_up_for_and_noted(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    feed.source.licence = ""
    taken(feed, Entry(guid="1", title="<b>Only</b> a title that tells of rape"))
    item, row = the_item(), FeedEntry.objects.get()
    assert (item.source_url, item.source_date, item.licence) == ("https://cert.example.org/", TODAY, "")
    assert (item.texts.get().lead, item.texts.get().body) == ("Only a title that tells of rape", "")
    assert item.slug.startswith("news-2026-11-23-")
    assert row.notes == ["no_date", "no_link", "no_licence", "telling_slug", "no_summary"]
    assert all(str(sentence).endswith(".") for sentence in row.note_sentences)
    assert len(row.note_sentences) == 5


def test_an_entry_without_words_is_remembered_and_makes_no_draft(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    assert taken(feed, Entry(guid="1", content="<img src='x'>")) == Taken()
    assert (FeedEntry.objects.count(), NewsItem.objects.count()) == (1, 0)


def test_the_licence_is_the_entrys_then_the_feeds_then_the_sources(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    taken(feed, entry(1, licence="CC0"), licence="© CERT")
    taken(feed, entry(2), licence="© " + "CERT " * 60)
    assert NewsItem.objects.get(slug="title-1").licence == "CC0"
    assert len(NewsItem.objects.get(slug="title-2").licence) <= 200


def test_a_sensitive_feed_gives_neutral_addresses(make_feed: Callable[..., Feed]) -> None:
    taken(make_feed(sensitivity=2), entry(title="Passwords"))
    assert the_item().slug.startswith("news-2026-11-23-")


def test_an_address_that_is_taken_gets_a_mark(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    taken(feed, entry(1, title="Same"), entry(2, title="Same"))
    slugs = sorted(NewsItem.objects.values_list("slug", flat=True))
    assert slugs[0] == "same"
    assert slugs[1].startswith("same-")


def test_what_changes_at_the_source_is_noted_and_the_draft_is_left_alone(make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    taken(feed, entry(1), entry(2))
    later = NOW + dt.timedelta(hours=1)
    take(feed=feed, read=ReadFeed(entries=[entry(1, summary="<p>New words.</p>"), entry(2)]), now=later)
    changed = FeedEntry.objects.get(changed_at__isnull=False)
    assert (changed.link, changed.changed_at) == ("https://cert.example.org/1", later)
    assert changed.news_item is not None
    assert changed.news_item.texts.get().lead == "Summary 1."
    take(feed=feed, read=ReadFeed(entries=[entry(1, summary="<p>New words.</p>")]), now=later + dt.timedelta(hours=1))
    assert FeedEntry.objects.get(changed_at__isnull=False).changed_at == later


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (NOW, None, (TODAY, [])),
        (None, NOW - dt.timedelta(days=2), (dt.date(2026, 11, 21), [])),
        (dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC), None, (dt.date(2026, 11, 22), [])),
        (NOW + dt.timedelta(minutes=30), None, (TODAY, [])),
        (NOW + dt.timedelta(days=2), NOW, (TODAY, [])),
        (NOW + dt.timedelta(days=2), None, (TODAY, ["future_date"])),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), None, (TODAY, ["no_date"])),
        (None, None, (TODAY, ["no_date"])),
    ],
)
def test_a_source_date_is_never_in_the_future(
    published: dt.datetime | None, updated: dt.datetime | None, expected: tuple[dt.date, list[str]]
) -> None:
    assert source_date(Entry(published=published, updated=updated), now=NOW) == expected


def test_just_before_midnight_a_clock_that_is_ahead_does_not_reach_tomorrow() -> None:
    late = dt.datetime(2026, 11, 23, 22, 50, tzinfo=dt.UTC)
    assert source_date(Entry(published=late + dt.timedelta(minutes=30)), now=late) == (TODAY, [])
