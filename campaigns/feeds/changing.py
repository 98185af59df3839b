"""What follows when an editor changes a feed: another address or a switch that was turned means a fresh beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.feeds.models import Feed

if TYPE_CHECKING:
    import datetime as dt

FRESH: dict[str, Any] = {
    "leased_until": None,
    "failing_since": None,
    "failures": 0,
    "trouble": "",
    "trouble_facts": {},
    "etag": "",
    "last_modified": "",
    "moved_to": "",
    "full": False,
}
"""A feed about which nothing is known. Its entries stay remembered: they do not come again."""


def begin_afresh(*, feed: Feed, now: dt.datetime) -> None:
    """Look at it as soon as may be, as if for the first time; a look that is under way counts no more."""
    Feed.objects.filter(pk=feed.pk).update(due_at=now, **FRESH)


def adopt(*, feed: Feed, now: dt.datetime) -> bool:
    """Let the address that the server named for good be the feed's own; False where another feed has it, or none was named.

    A row's own word is needed: what was read a minute ago may have changed.
    """
    if not feed.moved_to or Feed.objects.filter(url=feed.moved_to).exclude(pk=feed.pk).exists():
        return False
    proposed = Feed.objects.filter(pk=feed.pk, url=feed.url, moved_to=feed.moved_to)
    return bool(proposed.update(**{**FRESH, "url": feed.moved_to, "due_at": now}))
