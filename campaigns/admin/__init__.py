"""The doors of those who write content."""

from campaigns.admin import campaigns, helplines, images, news_items, overrides, sources, topics

__all__ = ["campaigns", "helplines", "images", "news_items", "overrides", "sources", "topics"]
