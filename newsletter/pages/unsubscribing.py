"""/u/<token>: GET asks, POST acts, and a mail program's one-click POST is answered in one plain line (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

from newsletter.audience import subscribing
from newsletter.audience.models import SubscriptionState
from newsletter.lib.links import Purpose
from newsletter.pages import apologies
from newsletter.pages.admitting import Visitor, signed
from newsletter.pages.naming import names_of
from newsletter.pages.origins import origin_of
from newsletter.pages.stamping import Pace, pace_of, stamp

if TYPE_CHECKING:
    from django.http import HttpRequest

LEAVE, UNDO = "leave", "undo"
"""What the buttons of our own page say in the field `act`. A mail program sends none."""


def nothing_left(request: HttpRequest) -> HttpResponse:
    """A good link of a person who is no longer here: a mail program hears that all is done."""
    return _one_line() if _is_one_click(request) else apologies.nobody_there(request)


@signed(Purpose.UNSUBSCRIBE, gone=nothing_left)
def unsubscribe(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask on GET; on POST leave, or come back by the undo button of the page after."""
    if request.method != "POST":
        return _ask(request, visitor)
    if _act(request) == UNDO:
        return _undo(request, visitor)
    return _leave(request, visitor)


def _ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    context = {"visitor": visitor, "newsletters": _current(visitor)}
    return render(request, "pages/unsubscribe.html", context)


def _leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    names, one_click = _current(visitor), _is_one_click(request)
    origin = origin_of(request, method="one-click" if one_click else "unsubscribe page", now=visitor.now)
    subscribing.unsubscribe(
        subscriber_id=visitor.subscriber.public_id, newsletter_id=visitor.newsletter_id, origin=origin
    )
    if one_click:
        return _one_line()
    undo = stamp(now=visitor.now, purpose=visitor.token) if names else ""
    return render(request, "pages/unsubscribed.html", {"visitor": visitor, "newsletters": names, "undo": undo})


def _undo(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Only with the stamp of a fresh goodbye page: the link in an old mail leads out, never in (X4)."""
    if pace_of(request.POST.get("stamp", ""), now=visitor.now, purpose=visitor.token) is Pace.TOO_OLD:
        return _ask(request, visitor)
    origin = origin_of(request, method="undo", now=visitor.now)
    subscribing.resubscribe(
        subscriber_id=visitor.subscriber.public_id, newsletter_id=visitor.newsletter_id, origin=origin
    )
    return render(request, "pages/back_again.html", {"visitor": visitor, "newsletters": _current(visitor)})


def _current(visitor: Visitor) -> list[str]:
    rows = visitor.subscriber.subscriptions.exclude(state=SubscriptionState.UNSUBSCRIBED)
    return names_of(rows.filter(newsletter=visitor.newsletter_id) if visitor.newsletter_id else rows)


def _is_one_click(request: HttpRequest) -> bool:
    """A mail program's POST has none of our fields; whatever else it may send, the wish is the same."""
    return request.method == "POST" and _act(request) not in {LEAVE, UNDO}


def _act(request: HttpRequest) -> str:
    try:
        return request.POST.get("act", "")
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return ""  # a body we cannot read is none of our forms; the address alone says what is wanted


def _one_line() -> HttpResponse:
    return HttpResponse(_("You are unsubscribed.") + "\n", content_type="text/plain; charset=utf-8")
