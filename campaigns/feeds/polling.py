"""Looks at feeds that are due: claims a feed, fetches and reads it, makes drafts, and notes how it went.

A look is a conditional update first: who counts one row has the feed. What goes wrong stays with that feed; a look that dies
leaves a lease that ends, and the next one does what it left.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from campaigns.feeds import fetching, grouping, importing, reading, scheduling
from campaigns.feeds.models import Feed
from campaigns.feeds.troubles import FeedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaigns.feeds.connecting import Network
    from campaigns.feeds.entries import ReadFeed
    from campaigns.feeds.fetching import Document
    from campaigns.feeds.importing import Taken

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=120)
"""How long a look may take before another may begin: fetching takes ten seconds at most, the rest is reading."""


class LostLeaseError(Exception):
    """Somebody else has the feed by now: what this look found is theirs to find again."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one look at a feed went."""

    error: FeedError | None = None
    taken: Taken | None = None


def poll_due(*, clock: Callable[[], dt.datetime], seconds: float, network: Network | None = None) -> bool:
    """Look at feeds that are due, one after the other, for about `seconds`; whether some are left.

    One worker does so at a time, so that slow feeds never keep more than one process from the mail; feeds in the hands of
    somebody else are found by the next look.
    """
    until = time.monotonic() + seconds
    grouping.group_new()  # what a worker that died left
    while not _somebody_is_at_it(now=clock()) and (feed_id := _most_overdue(now=clock())) is not None:
        poll(feed_id=feed_id, clock=clock, network=network)
        if time.monotonic() > until:
            break
    return Feed.objects.due(now=clock()).exists()


def poll(*, feed_id: int, clock: Callable[[], dt.datetime], network: Network | None = None) -> Look | None:
    """Look at one feed now, due or not; None where somebody else is at it, or it is gone."""
    now = clock()
    lease = now + LEASE
    # Should this look die, others have their turn before it is tried again: one feed must not stop all for ever.
    mine = {"leased_until": lease, "due_at": now + scheduling.FIRST_RETRY}
    if Feed.objects.free(now=now).filter(pk=feed_id).update(**mine) != 1:
        return None
    feed = Feed.objects.select_related("source").filter(pk=feed_id).first()
    look = _looked_at(feed, lease=lease, now=now, network=network) if feed else None
    if look and look.taken and look.taken.made:
        grouping.group_new()
    return look


def _looked_at(feed: Feed, *, lease: dt.datetime, now: dt.datetime, network: Network | None) -> Look | None:
    try:
        document, read = _fetched(feed, now=now, network=network)
        return Look(taken=_keep(feed, document, read, lease=lease, now=now))
    except LostLeaseError:
        return None
    except FeedError as error:
        return _failed(feed, error, lease=lease, now=now)
    except Exception as error:  # noqa: BLE001 (whatever one feed does, the others are looked at)
        log.error("feed %s: %s", feed.pk, type(error).__name__)  # noqa: TRY400 (a traceback may hold content, X14)
        return _failed(feed, FeedError("fault", name=type(error).__name__), lease=lease, now=now)


def _fetched(feed: Feed, *, now: dt.datetime, network: Network | None) -> tuple[Document, ReadFeed | None]:
    marks = fetching.Marks(feed.etag, feed.last_modified)
    document = fetching.fetch(feed.url, now=now, marks=marks, network=network)
    if document.unchanged:
        return document, None
    return document, reading.read(document.body, url=document.url, charset=document.charset)


@transaction.atomic
def _keep(
    feed: Feed, document: Document, read: ReadFeed | None, *, lease: dt.datetime, now: dt.datetime
) -> Taken | None:
    wait = scheduling.after_success(interval_minutes=feed.interval, chance=random.random())  # noqa: S311 (jitter)
    facts: dict[str, Any] = {
        "looked_at": now,
        "fresh_at": now,
        "due_at": now + wait,
        "failing_since": None,
        "failures": 0,
        "trouble": "",
        "trouble_facts": {},
        "moved_to": document.moved_to,
    }
    _settle(feed, facts, lease=lease)  # first: it locks the row, so no two looks import at once
    if read is None:
        return None
    taken = importing.take(feed=feed, read=read, now=now)
    marks = fetching.Marks() if taken.full else document.marks  # who found no room asks for the whole feed again
    Feed.objects.filter(pk=feed.pk).update(
        etag=marks.etag,
        last_modified=marks.last_modified,
        kind=read.kind,
        last_taken=taken.made,
        last_left=taken.left,
        full=taken.full,
        news_at=now if taken.made else feed.news_at,
    )
    return taken


def _failed(feed: Feed, error: FeedError, *, lease: dt.datetime, now: dt.datetime) -> Look | None:
    failures = feed.failures + 1
    chance = random.random()  # noqa: S311 (jitter)
    wait = scheduling.after_failure(failures=failures, retry_after=error.retry_after, chance=chance)
    facts = {
        "looked_at": now,
        "due_at": now + wait,
        "failing_since": feed.failing_since or now,
        "failures": failures,
        "trouble": error.trouble,
        "trouble_facts": error.facts,
        "active": feed.active and error.trouble != "gone",
    }
    log.info("feed %s: %s", feed.pk, error.trouble)
    try:
        _settle(feed, facts, lease=lease)
    except LostLeaseError:
        return None
    return Look(error=error)


def _settle(feed: Feed, facts: dict[str, Any], *, lease: dt.datetime) -> None:
    """Write how it went and give the feed back, while it is ours and nobody has changed its address."""
    mine = Feed.objects.filter(pk=feed.pk, leased_until=lease, url=feed.url)
    if mine.update(leased_until=None, **facts) != 1:
        raise LostLeaseError


def _somebody_is_at_it(*, now: dt.datetime) -> bool:
    return Feed.objects.filter(leased_until__gt=now).exists()


def _most_overdue(*, now: dt.datetime) -> int | None:
    return Feed.objects.due(now=now).order_by("due_at", "pk").values_list("pk", flat=True).first()
