"""Signed links: whom a token lets in, in which language they are spoken to, and what may be kept of the answer."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.audience.models import Subscriber
from newsletter.lib import links
from newsletter.pages import apologies
from newsletter.pages.speaking import speak

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a good link: the person it was written for, as far as the link may tell."""

    subscriber: Subscriber
    newsletter_id: int
    token: str
    now: dt.datetime

    @property
    def masked_address(self) -> str:
        """Enough to recognise one's own address, too little for whoever shares the screen."""
        local, _at, domain = self.subscriber.address.rpartition("@")
        return f"{local[:1]}•••@{domain}"


def signed(
    purpose: links.Purpose, *, gone: Callable[[HttpRequest], HttpResponse] = apologies.nobody_there
) -> Callable[[Callable[[HttpRequest, Visitor], HttpResponse]], Callable[..., HttpResponse]]:
    """A page behind a signed link. `gone` answers a good link of a person whose data are no longer here.

    The token is the whole authority: no cookie is read or set, so there is nothing a foreign page could borrow and no
    need for a CSRF token (H4).
    """

    def decorated(page: Callable[[HttpRequest, Visitor], HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods(["GET", "HEAD", "POST"])
        @functools.wraps(page)
        def answer(request: HttpRequest, token: str) -> HttpResponse:
            return _kept_private(_answer(request, token, purpose=purpose, page=page, gone=gone))

        return answer

    return decorated


def _answer(
    request: HttpRequest,
    token: str,
    *,
    purpose: links.Purpose,
    page: Callable[[HttpRequest, Visitor], HttpResponse],
    gone: Callable[[HttpRequest], HttpResponse],
) -> HttpResponse:
    now = timezone.now()
    try:
        grant = links.read(purpose, token, now=now)
    except links.LinkTamperedError:
        return apologies.no_such_link(request)
    except links.LinkExpiredError as error:
        _person(request, error.grant)
        return apologies.link_expired(request)
    subscriber = _person(request, grant)
    if subscriber is None:
        return gone(request)
    return page(request, Visitor(subscriber, grant.newsletter_id, token, now))


def _person(request: HttpRequest, grant: links.Grant) -> Subscriber | None:
    """Whose link it is; from here on the page speaks their language, unless another one was asked for."""
    subscriber = Subscriber.objects.filter(public_id=grant.subscriber).first()
    if subscriber and "language" not in request.GET:
        speak(request, subscriber.language)
    return subscriber


def _kept_private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
