"""The doors of those who write content."""

from campaigns.admin import calendar_dates, campaigns, decisions, helplines, images, news_items, sources, topics

__all__ = ["calendar_dates", "campaigns", "decisions", "helplines", "images", "news_items", "sources", "topics"]
