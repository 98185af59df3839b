"""The register through which Django finds this app's tables; nobody imports it."""

from campaigns.calendar.models import (
    Follower,
    ObservanceReminder,
    OwnObservance,
    OwnObservanceText,
    ReminderLetter,
)
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
    "Follower",
    "Helpline",
    "HelplineText",
    "Image",
    "ImageText",
    "NewsItem",
    "NewsItemRevision",
    "NewsItemText",
    "ObservanceReminder",
    "Override",
    "OwnObservance",
    "OwnObservanceText",
    "ReminderLetter",
    "Source",
    "Topic",
    "TopicText",
]
