"""Makes the rows a test speaks about. Every default is plausible; a test names only what it is about."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from campaigns.content.models import Campaign, CampaignText, NewsItem, NewsItemText, Source, State, Topic, TopicText
from campaigns.helplines.models import Helpline, HelplineText, Kind
from newsletter.audience import addresses
from newsletter.audience.models import Subscriber, Subscription, SubscriptionState
from newsletter.composition.message import Message, digest_of
from newsletter.editions.models import Block, BlockKind, Edition, EditionState, EditionText, Newsletter, NewsletterText

if TYPE_CHECKING:
    from collections.abc import Iterable

LANGUAGES = ("pl", "en")
LAST_WEEK = dt.timedelta(days=7)


def newsletter(*, slug: str = "wici", languages: Iterable[str] = LANGUAGES) -> Newsletter:
    """A newsletter with words in `languages`."""
    made = Newsletter.objects.create(
        slug=slug,
        sender_email=f"{slug}@example.org",
        reply_to="redakcja@example.org",
        languages=list(languages),
        postal_address="ul. Jasna 1, 00-013 Warszawa",
    )
    for language in languages:
        NewsletterText.objects.create(
            newsletter=made,
            language=language,
            name=f"Wici {slug} {language}",
            tagline="Raz w miesiącu",
            description="What readers get",
            sender_name="Wici",
            publisher="Fundacja Przykład",
            consent_wording=f"Consent to {slug} in {language}",
            first_name_fallback="Czytelniku",
        )
    return made


def subscriber(
    *newsletters: Newsletter,
    now: dt.datetime,
    address: str = "anna@example.org",
    language: str = "en",
    state: SubscriptionState = SubscriptionState.ACTIVE,
) -> Subscriber:
    """A person with a subscription in `state` to each of `newsletters`."""
    parsed = addresses.parse(address)
    made = Subscriber.objects.create(
        address=parsed.display,
        address_key=parsed.key,
        fingerprint=addresses.fingerprint(parsed.key),
        first_name="Anna",
        language=language,
        created_at=now - LAST_WEEK,
    )
    confirmed = None if state == SubscriptionState.PENDING else now - LAST_WEEK
    for one in newsletters:
        Subscription.objects.create(
            subscriber=made, newsletter=one, state=state, asked_at=now - LAST_WEEK, confirmed_at=confirmed
        )
    return made


def helpline(*, now: dt.datetime, slug: str = "listening", country: str = "PL", **facts: Any) -> Helpline:
    """A verified entry with words in both languages."""
    today = now.date()
    given = {
        "kind": Kind.HELP,
        "spoken_languages": "pl",
        "phone": "116 111",
        "web_url": "https://listening.example.org/?a=1&b=2",
        "source_url": "https://listening.example.org/about",
        "verified_on": today - LAST_WEEK,
        "review_by": today + LAST_WEEK,
        **facts,
    }
    made = Helpline.objects.create(slug=slug, country=country, **given)
    for language in LANGUAGES:
        HelplineText.objects.create(helpline=made, language=language, name=f"Listening {slug}", hours="24/7")
    return made


def news_item(*, now: dt.datetime, slug: str = "passphrase", **facts: Any) -> NewsItem:
    """An approved news item with words in both languages and a topic."""
    source = Source.objects.get_or_create(name="CERT Polska", defaults={"website": "https://cert.example.org/"})[0]
    given = {
        "source": source,
        "source_url": "https://cert.example.org/passphrase",
        "source_date": now.date() - LAST_WEEK,
        "licence": "CC BY 4.0",
        "state": State.APPROVED,
        "checked_on": now.date(),
        **facts,
    }
    made = NewsItem.objects.create(slug=slug, **given)
    topic = Topic.objects.get_or_create(slug="passwords")[0]
    made.topics.add(topic)
    for language in LANGUAGES:
        TopicText.objects.get_or_create(topic=topic, language=language, defaults={"name": "Passwords"})
        NewsItemText.objects.create(
            news_item=made,
            language=language,
            title=f"Long words protect ({slug})",
            lead="Four words are better than one.",
            body="<p>Read on.</p><script>steal()</script>",
            content_note="This text speaks of blackmail.",
        )
    return made


def campaign(*, now: dt.datetime, slug: str = "sayno", **facts: Any) -> Campaign:
    """An approved campaign with words in both languages."""
    given = {
        "hashtag": "#SayNO",
        "owner": "Europol",
        "official_url": "https://europol.example.org/sayno",
        "launched_on": now.date() - LAST_WEEK,
        "sensitivity": 2,
        "state": State.APPROVED,
        "objective_waiver": "It is there to be looked at.",
        **facts,
    }
    made = Campaign.objects.create(slug=slug, **given)
    for language in LANGUAGES:
        CampaignText.objects.create(
            campaign=made,
            language=language,
            name="Say no",
            headline="Somebody threatens you",
            message="It is not your fault.",
            call_to_action="Tell somebody",
            body="<h2>Step by step</h2><p>Pay nothing.</p>",
            content_note="This text speaks of threats.",
        )
    return made


def edition(
    of: Newsletter,
    *items: NewsItem,
    now: dt.datetime,
    slug: str = "wici-2026-11",
    code: str = "W-2611-K7F3",
    **facts: Any,
) -> Edition:
    """A published edition holding `items`, with a frozen message in both languages."""
    given = {
        "dated": now.date(),
        "state": EditionState.APPROVED,
        "approved_at": now - LAST_WEEK,
        "published_at": now - LAST_WEEK,
        **facts,
    }
    made = Edition.objects.create(newsletter=of, slug=slug, code=code, **given)
    for position, item in enumerate(items):
        Block.objects.create(edition=made, position=position, kind=BlockKind.NEWS_ITEM, news_item=item)
    for language in LANGUAGES:
        subject = f"The November number in {language}"
        EditionText.objects.create(edition=made, language=language, subject=subject, preheader="What is in it")
        message(made, language=language, subject=subject)
    return made


def message(of: Edition, *, language: str = "en", subject: str = "The November number") -> Message:
    """A frozen message, as short as a mail can be."""
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{subject}</title><style>p{{color:#111}}</style></head>'
        f'<body style="margin:0"><div lang="{language}"><h1>{subject}</h1><p>Hello.</p></div></body></html>'
    )
    return Message.objects.create(
        edition=of,
        language=language,
        subject=subject,
        preheader="What is in it",
        html=html,
        text=subject,
        digest=digest_of(subject=subject, html=html, text=subject),
    )
