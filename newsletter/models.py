"""The register through which Django finds this app's tables; nobody imports it."""

from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.composition.message import Message
from newsletter.delivery.bookkeeping import Lease, Stream, Tally
from newsletter.delivery.models import Attempt, Delivery, Mailing
from newsletter.delivery.receivers import MailDomain, Provider
from newsletter.delivery.warming import WarmUp, WarmUpDay
from newsletter.editions.models import Block, BlockText, Edition, EditionText, Newsletter, NewsletterText

__all__ = [
    "Attempt",
    "Block",
    "BlockText",
    "ConsentEvent",
    "Delivery",
    "Edition",
    "EditionText",
    "Lease",
    "MailDomain",
    "Mailing",
    "Message",
    "Newsletter",
    "NewsletterText",
    "Provider",
    "Stream",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Tally",
    "WarmUp",
    "WarmUpDay",
]
