"""The calendar for staff who follow it: an iCalendar stream at a private address (RFC 5545)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from campaigns.calendar import following, icalendar
from newsletter.reports.agenda import sight_of
from newsletter.reports.agenda_stream import stream_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponseBase:
    """What the owner of `key` may see, in the language asked for or their own; 304 where they have it already."""
    follower = following.follower_with(key=key)
    if follower is None:
        raise Http404
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else follower.language
    body = stream_for(sight=sight_of(follower.person), language=language, today=timezone.localdate())
    return _answer(request, body, language)


def _answer(request: HttpRequest, body: bytes, language: str) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=icalendar.CONTENT_TYPE)
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",  # kept by nobody in between; asked again, and answered 304
        "Content-Language": language,
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "X-Robots-Tag": "noindex",
    }
    for name, value in headers.items():
        response.headers[name] = value
    return get_conditional_response(request, etag=etag, response=response) or response
