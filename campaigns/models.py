"""The register through which Django finds this app's tables; nobody imports it."""

from campaigns.content.models import (
    Campaign,
    CampaignRevision,
    CampaignText,
    EarlyReader,
    EarlyReading,
    Image,
    ImageText,
    NewsItem,
    NewsItemRevision,
    NewsItemText,
    Source,
    Topic,
    TopicText,
)
from campaigns.helplines.models import Helpline, HelplineCheck, HelplineHours, HelplineReminder, HelplineText

__all__ = [
    "Campaign",
    "CampaignRevision",
    "CampaignText",
    "EarlyReader",
    "EarlyReading",
    "Helpline",
    "HelplineCheck",
    "HelplineHours",
    "HelplineReminder",
    "HelplineText",
    "Image",
    "ImageText",
    "NewsItem",
    "NewsItemRevision",
    "NewsItemText",
    "Source",
    "Topic",
    "TopicText",
]
