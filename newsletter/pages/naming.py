"""What newsletters are called in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language

from newsletter.audience.models import SubscriptionState
from newsletter.editions.models import Newsletter, NewsletterText

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.audience.models import Subscriber, Subscription


def names_of(subscriptions: QuerySet[Subscription]) -> list[str]:
    """The names of the subscribed newsletters, in the page's language where there is one."""
    newsletters = Newsletter.objects.filter(subscriptions__in=subscriptions).prefetch_related("texts").order_by("pk")
    return [_name(newsletter) for newsletter in newsletters]


def offered_here() -> QuerySet[NewsletterText]:
    """The newsletters a visitor of this language can choose from, in its words."""
    rows = NewsletterText.objects.filter(language=get_language() or "")
    return rows.select_related("newsletter").order_by("newsletter")


def offered_to(subscriber: Subscriber) -> list[NewsletterText]:
    """The newsletters of the page's language, and those the person has in another: a page must not hide one from them."""
    had = set(subscriber.subscriptions.filter(state=SubscriptionState.ACTIVE).values_list("newsletter", flat=True))
    texts = (_words_of(newsletter) for newsletter in Newsletter.objects.prefetch_related("texts").order_by("pk"))
    return [text for text in texts if text and (text.language == get_language() or text.newsletter_id in had)]


def _name(newsletter: Newsletter) -> str:
    words = _words_of(newsletter)
    return words.name if words else newsletter.slug


def _words_of(newsletter: Newsletter) -> NewsletterText | None:
    texts = sorted(newsletter.texts.all(), key=lambda text: text.language != get_language())
    return texts[0] if texts else None
