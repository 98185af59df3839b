"""/c/<token>: the link in the confirmation mail. GET asks, POST confirms (C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from newsletter.audience import subscribing
from newsletter.audience.models import Subscription, SubscriptionState
from newsletter.lib import links
from newsletter.pages.admitting import Visitor, signed
from newsletter.pages.naming import names_of
from newsletter.pages.origins import origin_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


@signed(links.Purpose.CONFIRM)
def confirm(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask, then confirm; a link used a second time says that all is done."""
    waiting = names_of(_subscriptions(visitor, SubscriptionState.PENDING))
    if request.method == "POST":
        origin = origin_of(request, method="confirmation link", now=visitor.now)
        subscribing.confirm(
            subscriber_id=visitor.subscriber.public_id, newsletter_id=visitor.newsletter_id, origin=origin
        )
    elif waiting:
        return render(request, "pages/confirm.html", {"visitor": visitor, "newsletters": waiting})
    return _done(request, visitor, first_time=bool(waiting))


def _done(request: HttpRequest, visitor: Visitor, *, first_time: bool) -> HttpResponse:
    context = {
        "visitor": visitor,
        "newsletters": names_of(_subscriptions(visitor, SubscriptionState.ACTIVE)),
        "preferences_url": _preferences_url(visitor) if first_time and request.method == "POST" else "",
    }
    return render(request, "pages/confirmed.html", context)


def _preferences_url(visitor: Visitor) -> str:
    """Handed out once, to whoever has just shown that the mailbox is theirs: a used link opens nothing more (X4)."""
    return links.url_for(
        links.Purpose.PREFERENCES, subscriber=visitor.subscriber.public_id, newsletter_id=0, now=visitor.now
    )


def _subscriptions(visitor: Visitor, state: SubscriptionState) -> QuerySet[Subscription]:
    rows = visitor.subscriber.subscriptions.filter(state=state)
    return rows.filter(newsletter=visitor.newsletter_id) if visitor.newsletter_id else rows
