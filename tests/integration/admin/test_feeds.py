from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.content.models import NewsItem, NewsItemText, Source
from campaigns.feeds.models import Feed, FeedEntry, Story
from tests.integration.admin.filled import filled
from tests.integration.feeds.conftest import certificate, internet, make_feed
from tests.integration.feeds.writing import item, rss
from tests.peers.web import Page, Web

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["certificate", "internet", "make_feed"]
pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/feed/add/"
URL = "https://feeds.example.org/news"


def change(feed: Feed) -> str:
    return reverse("admin:campaigns_feed_change", args=[feed.pk])


def page(client: Client, url: str, /, **posted: Any) -> str:
    answer = client.post(url, posted, follow=True) if posted else client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def source() -> Source:
    return Source.objects.create(name="CERT", website="https://cert.example.org/")


def test_a_feed_is_entered_and_looked_at_at_once(chief: Client, source: Source) -> None:
    typed = filled(
        chief, ADD, url=" Feeds.example.org/news#x ", name="News", source=source.pk, language="pl", _save="1"
    )
    assert chief.post(ADD, typed).status_code == 302
    feed = Feed.objects.get()
    assert feed.url == URL
    assert feed.due_at is not None
    assert feed.due_at <= timezone.now()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1/feed", "private network"),
        ("http://localhost:6379/", "private network"),
        ("https://me:secret@example.org/", "user name or a password"),
        ("ftp://example.org/feed", "begin with https://"),
        ("javascript:alert(1)", "begin with https://"),
        ("https://example.org:8080/", "Port 8080"),
        ("http://0x7f.1/", "web address"),
        ("", "required"),
    ],
)
def test_an_address_that_is_never_fetched_is_refused_at_the_field_and_nothing_is_lost(
    chief: Client, source: Source, url: str, words: str
) -> None:
    typed = filled(chief, ADD, url=url, name="Żółte News", source=source.pk, language="pl", _save="1")
    text = page(chief, ADD, **typed)
    assert words in text
    assert 'value="Żółte News"' in text
    assert not Feed.objects.exists()


def test_a_try_shows_what_would_come_keeps_what_was_typed_and_saves_nothing(chief: Client, internet: Web) -> None:
    internet.pages["/news"] = rss(*[item(n) for n in range(1, 8)])
    text = page(chief, ADD, **filled(chief, ADD, url=URL, name="Half a na", most_entries="7", _try="1"))
    assert "It works: News, 7 entries" in text
    assert [f"Title {n}" in text for n in range(1, 8)] == [True] * 5 + [False] * 2
    assert 'value="Half a na"' in text
    assert "This field is required" not in text
    assert "Nothing was saved" in text
    assert not Feed.objects.exists()


def test_a_try_of_a_web_page_offers_the_feed_it_names(chief: Client, internet: Web) -> None:
    internet.pages["/"] = Page(b'<html><link rel="alternate" type="application/rss+xml" href="/news"></html>')
    internet.pages["/news"] = rss(item(1))
    typed = filled(chief, ADD, url="https://feeds.example.org/", name="N", _try="1")
    assert f"This is a web page. Its feed may be at {URL}." in page(chief, ADD, **typed)
    found = {**typed, "_found": URL}
    del found["_try"]
    text = page(chief, ADD, **found)
    assert "It works" in text
    assert f'value="{URL}"' in text
    assert not Feed.objects.exists()


def test_a_try_of_a_wrong_address_says_so_at_the_field(chief: Client, internet: Web) -> None:
    text = page(chief, ADD, **filled(chief, ADD, url="http://127.1/", _try="1"))
    assert "no web address" in text
    assert internet.requests == []
    assert "This cannot be used yet" in page(chief, ADD, **filled(chief, ADD, url=URL, _try="1"))


def test_an_existing_feed_is_tried_without_being_changed(
    chief: Client, internet: Web, make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    internet.pages["/other"] = rss(item(1))
    text = page(chief, change(feed), **filled(chief, change(feed), url="https://feeds.example.org/other", _try="1"))
    assert "It works" in text
    feed.refresh_from_db()
    assert feed.url == URL


def test_hostile_words_of_a_feed_are_words_in_the_admin(chief: Client, internet: Web) -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;<x> {{ 7|add:7 }}"
    internet.pages["/news"] = rss(item(1, title=f"T {evil}", summary=f"S {evil}"))
    text = page(chief, ADD, **filled(chief, ADD, url=URL, _try="1"))
    assert "<script>alert" not in text
    assert "{{ 7|add:7 }}" in text


def test_look_now_fetches_and_says_what_came(chief: Client, internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    look = reverse("admin:feed_look", args=[feed.pk])
    internet.pages["/news"] = rss(item(1), item(2))
    assert "2 new drafts came" in page(chief, look, now="1")
    assert "nothing in it is new" in page(chief, look, now="1")
    internet.pages["/news"] = Page(status=304)
    Feed.objects.update(etag='"1"')
    assert "has not changed" in page(chief, look, now="1")
    internet.pages["/news"] = Page(status=500)
    text = page(chief, look, now="1")
    assert "fault of its own (HTTP 500)" in text
    assert "Failing since" in text
    Feed.objects.update(leased_until=timezone.now() + dt.timedelta(minutes=1))
    assert "Somebody is looking at this feed" in page(chief, look, now="1")


def test_a_new_address_is_taken_by_a_button(chief: Client, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed(moved_to="https://feeds.example.org/new")
    assert "Take the new address" in page(chief, change(feed))
    adopt = reverse("admin:feed_adopt", args=[feed.pk])
    assert "The new address is taken" in page(chief, adopt, now="1")
    assert "was not taken" in page(chief, adopt, now="1")


def test_buttons_act_by_post_and_for_whoever_may(
    chief: Client, staff: Callable[..., Client], make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    entry = FeedEntry.objects.create(feed=feed, key="1", first_seen_at=timezone.now())
    names = [
        ("feed_look", feed.pk),
        ("feed_adopt", feed.pk),
        ("feed_entry_choose", entry.pk),
        ("feed_entry_part", entry.pk),
    ]
    reader = staff("campaigns.view_feed", "campaigns.view_feedentry", "campaigns.view_newsitem")
    for name, pk in names:
        url = reverse(f"admin:{name}", args=[pk])
        assert chief.get(url).status_code == 405
        assert reader.post(url).status_code == 403
        assert chief.post(reverse(f"admin:{name}", args=[10**9])).status_code == 404
    assert "Look now" not in page(reader, change(feed))


def test_a_new_address_or_a_switch_turned_on_begins_afresh_and_a_new_name_does_not(
    chief: Client, make_feed: Callable[..., Feed]
) -> None:
    later = timezone.now() + dt.timedelta(days=1)
    feed = make_feed(due_at=later, failures=7, trouble="gone", active=False, failing_since=timezone.now())
    chief.post(change(feed), filled(chief, change(feed), name="Other", _save="1"))
    feed.refresh_from_db()
    assert (feed.name, feed.due_at, feed.failures) == ("Other", later, 7)
    chief.post(change(feed), filled(chief, change(feed), active="on", _save="1"))
    feed.refresh_from_db()
    assert (feed.failures, feed.trouble, feed.failing_since) == (0, "", None)
    assert feed.due_at is not None
    assert feed.due_at <= timezone.now()


def test_a_draft_says_where_it_came_from_and_who_else_reports_it(chief: Client, make_feed: Callable[..., Feed]) -> None:
    now = timezone.now()
    story = Story.objects.create()
    rows = []
    for name in ("first", "second"):
        feed = make_feed(name)
        news = NewsItem.objects.create(slug=name, source=feed.source, source_url=URL, source_date=now.date())
        NewsItemText.objects.create(news_item=news, language="en", title=f"By {name}", lead="L")
        rows.append(FeedEntry.objects.create(feed=feed, key="1", first_seen_at=now, news_item=news, story=story, dated=now.date(), notes=["no_date"], changed_at=now))  # fmt: skip
    Story.objects.update(chosen=rows[0].news_item)
    first, second = (reverse("admin:campaigns_newsitem_change", args=[row.news_item_id]) for row in rows)
    text = page(chief, second)
    assert "Imported: verify before use" in text
    assert "The feed gave no date" in text
    assert "The source has changed its text since" in text
    assert f'href="{first}">first</a>' in text
    listed = page(chief, "/admin/campaigns/feedentry/")
    assert ("By first" in listed, "By second" in listed) == (True, False)
    assert "By second" in page(chief, "/admin/campaigns/feedentry/?reports=all")
    assert "Chosen" in page(chief, reverse("admin:feed_entry_choose", args=[rows[1].pk]), now="1")
    assert "By second" in page(chief, "/admin/campaigns/feedentry/")
    assert "By second" in page(chief, change(rows[1].feed))
    assert "Taken out" in page(chief, reverse("admin:feed_entry_part", args=[rows[1].pk]), now="1")
    assert "Also reported by" not in page(chief, second)
    NewsItem.objects.update(state="approved")
    assert "Imported from a feed" in page(chief, second)


def test_a_feed_is_deleted_with_its_memory_and_its_drafts_stay(
    chief: Client, internet: Web, make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    internet.pages["/news"] = rss(item(1))
    chief.post(reverse("admin:feed_look", args=[feed.pk]))
    delete = reverse("admin:campaigns_feed_delete", args=[feed.pk])
    assert "feed entries: 1" in page(chief, delete).lower()
    chief.post(delete, {"post": "yes"})
    assert (Feed.objects.count(), FeedEntry.objects.count(), NewsItem.objects.count()) == (0, 0, 1)


def test_the_pages_of_feeds_cost_the_same_with_ten_thousand_entries(
    chief: Client, make_feed: Callable[..., Feed], django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    feeds = [make_feed(f"f{n}") for n in range(100)]
    facts = {"source": feeds[0].source, "source_url": URL, "source_date": now.date()}
    items = NewsItem.objects.bulk_create(NewsItem(slug=f"item-{n}", **facts) for n in range(10_000))
    NewsItemText.objects.bulk_create(NewsItemText(news_item=each, language="en", title="N", lead="L") for each in items)
    stories = Story.objects.bulk_create(Story(chosen=each) for each in items[:5_000])
    FeedEntry.objects.bulk_create(
        FeedEntry(
            feed=feeds[n % 100],
            key=f"{n}",
            first_seen_at=now,
            news_item=each,
            story=stories[n % 5_000],
            dated=now.date(),
        )
        for n, each in enumerate(items)
    )
    urls = ["/admin/campaigns/feed/", "/admin/campaigns/feedentry/", change(feeds[0])]
    urls += [
        reverse("admin:campaigns_newsitem_change", args=[items[0].pk]),
        reverse("admin:campaigns_feed_delete", args=[feeds[0].pk]),
    ]
    for url in urls:
        with django_assert_max_num_queries(24):
            assert chief.get(url).status_code == 200
