"""The doors of those who write content."""

from campaigns.admin import campaigns, decisions, helplines, images, news_items, sources, topics

__all__ = ["campaigns", "decisions", "helplines", "images", "news_items", "sources", "topics"]
