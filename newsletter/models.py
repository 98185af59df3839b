"""The register through which Django finds this app's tables; nobody imports it."""

from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.composition.message import Message
from newsletter.delivery.models import Delivery, Mailing
from newsletter.editions.models import Block, BlockText, Edition, EditionText, Newsletter, NewsletterText

__all__ = [
    "Block",
    "BlockText",
    "ConsentEvent",
    "Delivery",
    "Edition",
    "EditionText",
    "Mailing",
    "Message",
    "Newsletter",
    "NewsletterText",
    "Subscriber",
    "Subscription",
    "Suppression",
]
