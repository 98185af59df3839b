from __future__ import annotations

import datetime as dt
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections

from campaigns.content.models import NewsItem
from campaigns.feeds import changing, importing, polling
from campaigns.feeds.models import Feed, FeedEntry
from campaigns.feeds.polling import LEASE, poll, poll_due
from tests.integration.feeds.conftest import NOW
from tests.integration.feeds.writing import item, rss
from tests.peers.web import Page, Request, Web

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = dt.timedelta(hours=1)


def look(feed: Feed, now: dt.datetime = NOW) -> polling.Look | None:
    found = poll(feed_id=feed.pk, clock=lambda: now)
    feed.refresh_from_db()
    return found


def made(feed: Feed, now: dt.datetime = NOW) -> int:
    found = look(feed, now)
    assert found is not None
    assert found.error is None
    return found.taken.made if found.taken else -1


@pytest.mark.django_db
def test_a_look_brings_drafts_and_says_when_the_next_one_is(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    internet.pages["/news"] = rss(item(1), item(2))
    assert made(feed) == 2
    assert (feed.fresh_at, feed.looked_at, feed.news_at, feed.leased_until) == (NOW, NOW, NOW, None)
    assert NOW + HOUR * 0.9 <= feed.due_at <= NOW + HOUR * 1.1  # type: ignore[operator]
    assert (feed.last_taken, feed.last_left, feed.kind, feed.trouble) == (2, 0, "RSS 2.0", "")


@pytest.mark.django_db
def test_the_next_look_asks_whether_anything_has_changed(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    page = rss(item(1))
    internet.pages["/news"] = Page(
        page.body, headers={"ETag": '"one"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT"}
    )
    assert made(feed) == 1
    internet.pages["/news"] = Page(status=304)
    assert made(feed, NOW + HOUR) == -1
    assert internet.requests[1].headers["if-none-match"] == '"one"'
    assert (feed.fresh_at, feed.etag, feed.news_at) == (NOW + HOUR, '"one"', NOW)


@pytest.mark.django_db
def test_a_feed_that_fails_is_asked_later_and_later_and_recovers(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    for failures in (1, 2, 3):
        found = look(feed, NOW + failures * HOUR)
        assert found is not None
        assert found.error is not None
        assert (feed.failures, feed.failing_since, feed.trouble) == (failures, NOW + HOUR, "not_found")
    assert feed.due_at is not None
    assert dt.timedelta(minutes=54) <= feed.due_at - (NOW + 3 * HOUR) <= dt.timedelta(minutes=66)
    assert "404" in feed.trouble_sentence
    internet.pages["/news"] = rss(item(1))
    assert made(feed, NOW + 5 * HOUR) == 1
    assert (feed.failures, feed.failing_since, feed.trouble, feed.trouble_sentence) == (0, None, "", "")


@pytest.mark.django_db
def test_a_server_that_says_when_to_come_back_is_heeded(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    internet.pages["/news"] = Page(status=429, headers={"Retry-After": "7200"})
    look(feed)
    assert feed.due_at == NOW + 2 * HOUR


@pytest.mark.django_db
def test_a_feed_that_is_gone_for_good_is_switched_off(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    internet.pages["/news"] = Page(status=410)
    look(feed)
    assert not feed.active
    assert not Feed.objects.due(now=NOW + dt.timedelta(days=365)).exists()
    changing.begin_afresh(feed=feed, now=NOW)
    Feed.objects.update(active=True)
    assert Feed.objects.due(now=NOW).exists()


@pytest.mark.django_db
def test_a_move_for_good_is_proposed_and_taken_only_when_somebody_says_so(
    internet: Web, make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    internet.pages |= {"/news": Page(status=301, headers={"Location": "/new"}), "/new": rss(item(1))}
    assert made(feed) == 1
    assert (feed.url, feed.moved_to) == ("https://feeds.example.org/news", "https://feeds.example.org/new")
    assert changing.adopt(feed=feed, now=NOW)
    feed.refresh_from_db()
    assert (feed.url, feed.moved_to, feed.due_at) == ("https://feeds.example.org/new", "", NOW)
    assert made(feed, NOW + HOUR) == 0, "nothing comes again under the new address"
    assert not changing.adopt(feed=feed, now=NOW)


@pytest.mark.django_db
def test_an_address_that_another_feed_has_is_not_taken(make_feed: Callable[..., Feed]) -> None:
    make_feed("new")
    feed = make_feed(moved_to="https://feeds.example.org/new")
    assert not changing.adopt(feed=feed, now=NOW)


@pytest.mark.django_db
def test_one_feed_with_a_fault_of_ours_harms_no_other(
    internet: Web, make_feed: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broken, missing, good = make_feed("broken"), make_feed("missing"), make_feed("good")
    internet.pages |= {"/broken": rss(item("secret words")), "/good": rss(item(1))}
    take = importing.take

    def breaking(*, feed: Feed, **options: Any) -> importing.Taken:
        found = take(feed=feed, **options)
        if feed.pk == broken.pk:
            raise ZeroDivisionError("secret words")
        return found

    monkeypatch.setattr(importing, "take", breaking)
    assert not poll_due(clock=lambda: NOW, seconds=30)
    for feed in (broken, missing, good):
        feed.refresh_from_db()
    assert (broken.trouble, broken.trouble_facts) == ("fault", {"name": "ZeroDivisionError"})
    assert (missing.trouble, good.trouble) == ("not_found", "")
    assert NewsItem.objects.count() == 1, "half of the broken one's drafts would be no drafts"
    assert "secret" not in caplog.text
    assert "example.org" not in caplog.text


@pytest.mark.django_db
def test_only_feeds_that_are_due_are_looked_at_the_most_overdue_first(
    internet: Web, make_feed: Callable[..., Feed]
) -> None:
    make_feed("later", due_at=NOW + HOUR)
    make_feed("off", active=False)
    make_feed("new", due_at=None)
    make_feed("b", due_at=NOW - HOUR)
    make_feed("a", due_at=NOW - 2 * HOUR)
    poll_due(clock=lambda: NOW, seconds=30)
    assert [request.path for request in internet.requests] == ["/a", "/b"]


@pytest.mark.django_db
def test_a_look_at_feeds_ends_when_its_time_is_up(internet: Web, make_feed: Callable[..., Feed]) -> None:
    make_feed("a")
    make_feed("b")
    assert poll_due(clock=lambda: NOW, seconds=0)
    assert len(internet.requests) == 1
    assert not poll_due(clock=lambda: NOW, seconds=30)


@pytest.mark.django_db
def test_while_somebody_looks_nobody_else_begins(internet: Web, make_feed: Callable[..., Feed]) -> None:
    busy, waiting = make_feed("busy", leased_until=NOW + LEASE), make_feed("waiting")
    assert poll_due(clock=lambda: NOW, seconds=30)
    assert look(busy) is None
    assert internet.requests == []
    assert not poll_due(clock=lambda: NOW + LEASE, seconds=30), "a look that died has lost it"
    waiting.refresh_from_db()
    busy.refresh_from_db()
    assert waiting.failures == busy.failures == 1


@pytest.mark.django_db
def test_a_feed_that_kills_every_look_lets_the_others_have_their_turn(
    internet: Web, make_feed: Callable[..., Feed]
) -> None:
    deadly, other = make_feed("deadly", due_at=NOW - HOUR), make_feed("other")

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        poll(feed_id=deadly.pk, clock=lambda: NOW, network=internet.network(dial=_before(internet, killed)))
    poll_due(clock=lambda: NOW + LEASE, seconds=30)
    assert [request.path for request in internet.requests] == ["/other"]
    other.refresh_from_db()
    assert other.looked_at == NOW + LEASE
    assert Feed.objects.due(now=NOW + HOUR).filter(pk=deadly.pk).exists()


@pytest.mark.django_db
def test_a_feed_that_is_deleted_is_not_looked_at(make_feed: Callable[..., Feed]) -> None:
    assert poll(feed_id=make_feed().pk + 1000, clock=lambda: NOW) is None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [200, 404])
def test_a_look_that_has_lost_the_feed_writes_nothing(
    internet: Web, make_feed: Callable[..., Feed], status: int
) -> None:
    feed = make_feed()

    def meanwhile(_request: Request) -> Page:
        Feed.objects.filter(pk=feed.pk).update(leased_until=NOW + 2 * LEASE)
        return Page(rss(item(1)).body, status=status)

    lost = internet.network(dial=_before(internet, lambda: meanwhile(Request("", {}))))
    internet.pages["/news"] = Page(rss(item(1)).body, status=status)
    assert poll(feed_id=feed.pk, clock=lambda: NOW, network=lost) is None
    feed.refresh_from_db()
    assert (feed.leased_until, feed.looked_at, NewsItem.objects.count()) == (NOW + 2 * LEASE, None, 0)


def _before(web: Web, act: Callable[[], object]) -> Any:
    def dialled(*where: Any) -> Any:
        act()
        return web.dial(*where)

    return dialled


@pytest.mark.django_db
def test_an_address_that_changes_during_a_look_makes_the_look_void(
    internet: Web, make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    internet.pages["/news"] = rss(item(1))

    def edited() -> None:
        Feed.objects.filter(pk=feed.pk).update(url="https://feeds.example.org/other")
        changing.begin_afresh(feed=feed, now=NOW)

    lost = internet.network(dial=_before(internet, edited))
    assert poll(feed_id=feed.pk, clock=lambda: NOW, network=lost) is None
    assert (FeedEntry.objects.count(), Feed.objects.due(now=NOW).count()) == (0, 1)


@pytest.mark.django_db
def test_who_found_no_room_asks_for_the_whole_feed_again(
    internet: Web, make_feed: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_WAITING", 1)
    feed = make_feed()
    internet.pages["/news"] = Page(rss(item(1), item(2)).body, headers={"ETag": '"one"'})
    assert made(feed) == 1
    assert (feed.full, feed.etag) == (True, "")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_bring_every_entry_once(internet: Web, make_feed: Callable[..., Feed]) -> None:
    feed = make_feed()
    barrier = threading.Barrier(4)
    internet.pages["/news"] = rss(*[item(n) for n in range(10)])

    def worker() -> polling.Look | None:
        barrier.wait()
        try:
            return poll(feed_id=feed.pk, clock=lambda: NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        looks = [each.result() for each in [threads.submit(worker) for _ in range(4)]]
    assert NewsItem.objects.count() == FeedEntry.objects.count() == 10
    assert sum(1 for each in looks if each) >= 1
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_look_that_took_too_long_and_its_successor_bring_every_entry_once(
    internet: Web, make_feed: Callable[..., Feed]
) -> None:
    feed = make_feed()
    internet.pages["/news"] = rss(item(1))
    looks: list[polling.Look | None] = []

    def successor() -> None:
        if not looks:
            looks.append(None)
            with ThreadPoolExecutor(1) as threads:
                looks[0] = threads.submit(later).result()

    def later() -> polling.Look | None:
        try:
            return poll(feed_id=feed.pk, clock=lambda: NOW + LEASE)
        finally:
            connection.close()

    slow = internet.network(dial=_before(internet, successor))
    assert poll(feed_id=feed.pk, clock=lambda: NOW, network=slow) is None
    assert looks[0] is not None
    assert NewsItem.objects.count() == 1
