"""The doors of those who write content."""

from campaigns.admin import (
    calendar_dates,
    campaigns,
    decisions,
    feed_entries,
    feeds,
    helplines,
    images,
    news_items,
    scam_examples,
    sources,
    topics,
)

__all__ = [
    "calendar_dates",
    "campaigns",
    "decisions",
    "feed_entries",
    "feeds",
    "helplines",
    "images",
    "news_items",
    "scam_examples",
    "sources",
    "topics",
]
