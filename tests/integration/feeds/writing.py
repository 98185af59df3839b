"""Feeds for tests, written by hand."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime
from html import escape

from tests.integration.feeds.conftest import NOW
from tests.peers.web import Page


def item(
    number: int | str, *, title: str = "", summary: str = "", when: dt.datetime | None = None, more: str = ""
) -> str:
    """One entry of an RSS feed, an hour older for each number."""
    hours = number if isinstance(number, int) else 0
    date = when or NOW - dt.timedelta(hours=hours)
    return (
        f"<item><guid isPermaLink='false'>{number}</guid><title>{escape(title or f'Title {number}')}</title>"
        f"<link>https://cert.example.org/{number}</link><pubDate>{format_datetime(date)}</pubDate>"
        f"<description>{escape(summary or f'<p>Summary {number}. More of it.</p>')}</description>{more}</item>"
    )


def rss(*items: str, channel: str = "") -> Page:
    """A page that answers with a feed of `items`."""
    head = f"<title>News</title><link>https://cert.example.org/</link>{channel}"
    return Page(f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode())
