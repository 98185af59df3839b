"""What a row calls itself, in lists and in the admin's log: words a person knows, and of a person only what must be."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from campaigns.content.models import Campaign, CampaignText, Image, ImageText, NewsItemText, Source, TopicText
from campaigns.helplines.models import Helpline, HelplineText
from newsletter.audience.models import (
    ConsentEvent,
    ConsentKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from newsletter.composition.message import Message
from newsletter.delivery.bookkeeping import Lease, Stream, Tally
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.receivers import MailDomain, Provider
from newsletter.editions.models import (
    Block,
    BlockKind,
    BlockText,
    Edition,
    EditionText,
    Newsletter,
    NewsletterText,
    validate_days,
)

if TYPE_CHECKING:
    from django.db.models import Model

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
WICI = Newsletter(slug="wici")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (TopicText(name="Passwords"), "Passwords"),
        (Source(name="CERT Example"), "CERT Example"),
        (Image(file="images/key.png", width=1, height=1), "images/key.png"),
        (Image(), ""),
        (ImageText(alt="A yellow key"), "A yellow key"),
        (Campaign(slug="sayno", hashtag="#SayNO"), "#SayNO"),
        (Campaign(slug="sayno"), "sayno"),
        (CampaignText(name="Say no"), "Say no"),
        (NewsItemText(title="Amber light"), "Amber light"),
        (Helpline(country="PL", phone="116 111"), "PL 116 111"),
        (Helpline(country="PL", slug="pl-report"), "PL pl-report"),
        (HelplineText(name="Listening"), "Listening"),
        (NewsletterText(name="Wici"), "Wici"),
        (EditionText(subject="News for November"), "News for November"),
        (Block(position=2, kind=BlockKind.HELP), "2: help"),
        (BlockText(heading="Read this"), "Read this"),
        (BlockText(label="Report a scam"), "Report a scam"),
        (Message(subject="News", language="en"), "News [en]"),
        (Subscriber(address="ula@example.org"), "ula@example.org"),
        (Suppression(fingerprint="0123456789abcdef", reason=SuppressionReason.COMPLAINED), "01234567… complained"),
        (ConsentEvent(at=NOON, kind=ConsentKind.ASKED), "2026-11-23 asked"),
        (Delivery(state=DeliveryState.DEFERRED), "deferred"),
        (Attempt(number=2, state=DeliveryState.DEFERRED), "2: deferred"),
        (Lease(pk=0x2A), "2a"),
        (Stream(provider="google"), "google"),
        (Stream(), "…"),
        (Tally(state=DeliveryState.SENT, change=3), "sent +3"),
        (Tally(state=DeliveryState.QUEUED, change=-3), "queued -3"),
        (Provider(key="google"), "Gmail (Google)"),
        (MailDomain(name="gmail.com"), "gmail.com"),
    ],
)
def test_a_row_is_called_by_its_words(row: Model, words: str) -> None:
    with translation.override("en"):
        assert str(row) == words


@pytest.mark.django_db
def test_a_row_of_rows_is_called_by_theirs() -> None:
    WICI.save()
    edition = Edition.objects.create(newsletter=WICI, slug="wici-1", code="W-1", dated=NOON.date())
    with translation.override("en"):
        assert str(Mailing(edition=edition, state=MailingState.PAUSED)) == "wici-1 (W-1) · paused"
        assert str(Subscription(newsletter=WICI, state=SubscriptionState.ACTIVE)) == "wici: active"


@pytest.mark.parametrize("days", ["1", [0], [8], [True], ["1"], None])
def test_days_that_no_week_has_are_refused_with_what_to_write(days: object) -> None:
    validate_days([1, 7])
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            validate_days(days)
        assert refused.value.messages == ["Write the days as numbers from 1, Monday, to 7, Sunday."]


def test_a_helpline_is_looked_at_again_within_180_days_g7() -> None:
    day = dt.date(2026, 11, 23)
    Helpline(verified_on=day, review_by=day + dt.timedelta(days=180)).clean()
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            Helpline(verified_on=day, review_by=day + dt.timedelta(days=181)).clean()
        assert refused.value.message_dict == {"review_by": ["Set a date at most 180 days after the verification."]}
