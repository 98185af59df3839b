"""Says who an edition is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from newsletter.audience.models import Subscriber, Subscription, SubscriptionState, Suppression

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.editions.models import Newsletter


def matching(*, newsletter: Newsletter, after: int | None = None, upto: int | None = None) -> QuerySet[Subscriber]:
    """Everybody whose subscription to `newsletter` is active and whose address is not suppressed; each once, unordered.

    With `after` and `upto` only people whose ids lie between them (`upto` included): said of the subscription too, or the
    database would read all of them for every range.
    """
    ids = _range_of("id", after, upto)
    active = Subscription.objects.filter(
        _range_of("subscriber", after, upto),
        subscriber=OuterRef("pk"),
        newsletter=newsletter,
        state=SubscriptionState.ACTIVE,
    )
    suppressed = Suppression.objects.filter(fingerprint=OuterRef("fingerprint"))
    return Subscriber.objects.filter(Exists(active), ~Exists(suppressed), ids)


def _range_of(field: str, after: int | None, upto: int | None) -> Q:
    """Whose `field` lies behind `after` and not behind `upto`, where those are given."""
    bounds = {f"{field}__gt": after, f"{field}__lte": upto}
    return Q(**{name: bound for name, bound in bounds.items() if bound is not None})
