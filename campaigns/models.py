"""The register through which Django finds this app's tables; nobody imports it."""

from campaigns.content.models import (
    Approval,
    Campaign,
    CampaignText,
    Image,
    ImageText,
    NewsItem,
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
    "CampaignText",
    "Helpline",
    "HelplineText",
    "Image",
    "ImageText",
    "NewsItem",
    "NewsItemText",
    "Override",
    "Source",
    "Topic",
    "TopicText",
]
