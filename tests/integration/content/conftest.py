"""A news item and a campaign that somebody wrote."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User

from campaigns.content import approving
from campaigns.content.models import Campaign, NewsItem, Source, Topic

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def writer(db: None) -> User:
    assert db is None
    return User.objects.create_user("writer")


@pytest.fixture
def draft(db: None) -> NewsItem:
    """Backups: words in English, one topic."""
    assert db is None
    source = Source.objects.create(name="CERT Polska", website="https://cert.example.org/")
    item = NewsItem.objects.create(
        slug="backup", source=source, source_url="https://cert.example.org/backup", source_date=dt.date(2026, 11, 1)
    )
    item.texts.create(language="en", title="Backups", lead="Make one.", body="<p>Today.</p>")
    item.topics.add(Topic.objects.create(slug="backups"))
    return item


@pytest.fixture
def approved(draft: NewsItem, writer: User) -> NewsItem:
    approving.approve(item=draft, by=writer, now=NOW)
    return draft


@pytest.fixture
def campaign(db: None) -> Campaign:
    assert db is None
    campaign = Campaign.objects.create(
        slug="sayno",
        hashtag="#SayNO",
        owner="Europol",
        official_url="https://europol.example.org/",
        launched_on=dt.date(2017, 6, 19),
    )
    campaign.texts.create(
        language="en", name="Say no", headline="Say no", message="You are not alone.", call_to_action="Tell somebody"
    )
    return campaign
