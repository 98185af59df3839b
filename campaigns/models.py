"""The register through which Django finds this app's tables; nobody imports it."""

from campaigns.calendar.models import (
    Follower,
    ObservanceReminder,
    OwnObservance,
    OwnObservanceText,
    ReminderLetter,
)
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
from campaigns.feeds.models import Feed, FeedEntry, Story
from campaigns.helplines.models import Helpline, HelplineCheck, HelplineHours, HelplineReminder, HelplineText

__all__ = [
    "Campaign",
    "CampaignRevision",
    "CampaignText",
    "EarlyReader",
    "EarlyReading",
    "Feed",
    "FeedEntry",
    "Follower",
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
    "ObservanceReminder",
    "OwnObservance",
    "OwnObservanceText",
    "ReminderLetter",
    "Source",
    "Story",
    "Topic",
    "TopicText",
]
