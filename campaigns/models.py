"""The register through which Django finds this app's tables; nobody imports it."""

from campaigns.content.models import (
    Approval,
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
    Override,
    Source,
    Topic,
    TopicText,
)
from campaigns.helplines.models import Helpline, HelplineText

__all__ = [
    "Approval",
    "Campaign",
    "CampaignRevision",
    "CampaignText",
    "EarlyReader",
    "EarlyReading",
    "Helpline",
    "HelplineText",
    "Image",
    "ImageText",
    "NewsItem",
    "NewsItemRevision",
    "NewsItemText",
    "Override",
    "Source",
    "Topic",
    "TopicText",
]
