"""A small site: one newsletter, one reader, one campaign, one edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.lib import links
from tests import public_site as builders

if TYPE_CHECKING:
    from newsletter.audience.models import Subscriber
    from newsletter.editions.models import Edition, Newsletter


@dataclass(frozen=True)
class Site:
    """What stands on it."""

    wici: Newsletter
    anna: Subscriber
    edition: Edition

    def token(self, purpose: links.Purpose, *, newsletter_id: int | None = None) -> str:
        """Anna's token."""
        chosen = self.wici.pk if newsletter_id is None else newsletter_id
        return links.sign(purpose, subscriber=self.anna.public_id, newsletter_id=chosen, now=timezone.now())

    def link(self, purpose: links.Purpose) -> str:
        """The path of Anna's link."""
        return f"/{links.PATHS[purpose]}/{self.token(purpose)}"


@pytest.fixture
def client() -> Client:
    """A visitor whose device prefers English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def site(db: None) -> Site:
    assert db is None
    now = timezone.now()
    wici = builders.newsletter()
    builders.helpline(now=now)
    campaign = builders.campaign(now=now)
    item = builders.news_item(now=now, slug="operation", sensitivity=2)
    item.campaigns.add(campaign)
    return Site(wici, builders.subscriber(wici, now=now), builders.edition(wici, item, now=now))
