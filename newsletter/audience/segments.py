"""Says who an edition is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from newsletter.audience.models import Subscriber, Subscription, SubscriptionState, Suppression

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.editions.models import Newsletter


def matching(*, newsletter: Newsletter) -> QuerySet[Subscriber]:
    """Everybody whose subscription to `newsletter` is active and whose address is not suppressed; each once, unordered."""
    active = Subscription.objects.filter(
        subscriber=OuterRef("pk"), newsletter=newsletter, state=SubscriptionState.ACTIVE
    )
    suppressed = Suppression.objects.filter(fingerprint=OuterRef("fingerprint"))
    return Subscriber.objects.filter(Exists(active), ~Exists(suppressed))
