"""The doors of staff: each page loads, makes one call, and answers."""

from newsletter.admin import (
    campaign_editions,
    consent,
    deliveries,
    editions,
    mailings,
    newsletters,
    people,
    providers,
    subscribers,
    suppressions,
)

__all__ = [
    "campaign_editions",
    "consent",
    "deliveries",
    "editions",
    "mailings",
    "newsletters",
    "people",
    "providers",
    "subscribers",
    "suppressions",
]
