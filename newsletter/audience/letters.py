"""What our own letters to readers say. Neutral: no campaign, no picture, nothing that counts who opens them (C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.audience.addresses import parse
from newsletter.audience.words import words_of
from newsletter.lib import links
from newsletter.lib.letters import Letter
from newsletter.lib.links import Purpose

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.audience.models import Subscriber, Subscription

PENDING_FOR = links.MAX_AGE[Purpose.CONFIRM]
EVERY_NEWSLETTER = 0


def confirm(*, subscriptions: list[Subscription], now: dt.datetime) -> Letter:
    """Asks whether the person really wants what somebody asked for; never prints what that somebody typed."""
    first = subscriptions[0]
    language = first.asked_language or first.subscriber.language
    newsletter_id = first.newsletter_id if len(subscriptions) == 1 else EVERY_NEWSLETTER
    url = links.url_for(Purpose.CONFIRM, subscriber=first.subscriber.public_id, newsletter_id=newsletter_id, now=now)
    return _letter(
        "confirm",
        subscription=first,
        language=language,
        occasion=f"{first.pk}, asked {first.asked_at.isoformat()}",
        context={
            "url": url,
            "hours": int(PENDING_FOR.total_seconds() // 3600),
            "texts": [words_of(newsletter=one.newsletter, language=language) for one in subscriptions],
        },
    )


def already_subscribed(*, subscription: Subscription, now: dt.datetime) -> Letter:
    """Tells somebody who has it already that nothing changed."""
    language = subscription.subscriber.language
    return _letter(
        "already_subscribed",
        subscription=subscription,
        language=language,
        occasion=f"{subscription.pk}, after {subscription.letter_sent_at}",
        context={
            "url": _preferences(subscription.subscriber, now),
            "texts": [words_of(newsletter=subscription.newsletter, language=language)],
        },
    )


def my_link(*, subscriber: Subscriber, language: str, now: dt.datetime) -> Letter:
    """Brings the preferences link to the person who asked for it."""
    return Letter(
        to=parse(subscriber.address).wire,
        language=language,
        template="my_link",
        context={"url": _preferences(subscriber, now)},
        occasion=f"{subscriber.pk}, link at {now.isoformat()}",
    )


def _letter(
    template: str, *, subscription: Subscription, language: str, occasion: str, context: dict[str, object]
) -> Letter:
    newsletter = subscription.newsletter
    text = words_of(newsletter=newsletter, language=language)
    return Letter(
        to=parse(subscription.subscriber.address).wire,
        language=language,
        template=template,
        context={"publisher": text.publisher, "postal_address": newsletter.postal_address, **context},
        occasion=occasion,
        sender=(text.sender_name, newsletter.sender_email),
        reply_to=newsletter.reply_to,
    )


def _preferences(subscriber: Subscriber, now: dt.datetime) -> str:
    return links.url_for(Purpose.PREFERENCES, subscriber=subscriber.public_id, newsletter_id=EVERY_NEWSLETTER, now=now)
