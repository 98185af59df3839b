"""The archive and the web version of an edition (W8): only what went out, never what is under embargo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, Max, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition.message import Message
from newsletter.composition.web import public_subject, web_version
from newsletter.editions.models import Edition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

PER_PAGE = 12
TITLE = re.compile(r"<title>[^<]*</title>")
BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
POLICY = (
    f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' {settings.SITE_URL}; script-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""A mail carries its styles in its elements and its pictures by our full address; nothing else of it may act."""


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """All editions that went out in this language, newest first."""
    page = Paginator(_mailed_messages(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/archive.html", {"page": page, "editions": _numbers(page.object_list)})


@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """An edition as it was mailed, without anything personal, under a bar of ours."""
    found = get_object_or_404(Edition.objects.public(now=timezone.now()), slug=slug)
    message = as_mailed(found)
    if message is None:
        raise Http404
    response = HttpResponse(_under_our_bar(request, found, web_version(message=message)))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@dataclass(frozen=True, slots=True)
class Number:
    """An edition as the archive lists it: in the words it was mailed in."""

    edition: Edition
    subject: str
    preheader: str


def newest_editions(*, most: int) -> list[Number]:
    """At most `most` public editions in the page's language, the newest first."""
    return _numbers(_mailed_messages()[:most])


def as_mailed(found: Edition) -> Message | None:
    """The message readers of the page's language got; None where it was not mailed in it."""
    return _as_mailed(found.pk, language=get_language() or "").first()


def _mailed_messages() -> QuerySet[Message]:
    language, editions = get_language() or "", Edition.objects.public(now=timezone.now())
    mailed = editions.annotate(mailed=Subquery(_as_mailed(OuterRef("pk"), language=language).values("pk")[:1]))
    messages = Message.objects.filter(pk__in=mailed.values("mailed")).defer("html", "text", "links")
    return messages.select_related("edition").order_by("-edition__dated", "-edition__pk")


def _numbers(messages: Iterable[Message]) -> list[Number]:
    return [Number(one.edition, public_subject(message=one), one.preheader) for one in messages]


def _as_mailed(edition_id: int | OuterRef, *, language: str) -> QuerySet[Message]:
    """What the newest mailing carried; without a mailing, what was frozen last."""
    frozen = Message.objects.filter(edition=edition_id, language=language).annotate(last_mailing=Max("mailings"))
    return frozen.order_by(F("last_mailing").desc(nulls_last=True), "-pk")


def _under_our_bar(request: HttpRequest, found: Edition, html: str) -> str:
    """`html` with our bar as the first thing in its body: the way back, the other language, the quick exit (G12)."""
    is_sensitive = care_at(found.sensitivity).quick_exit
    languages = list(found.messages.values_list("language", flat=True))
    context = {"languages": languages, "needs_quick_exit": is_sensitive}
    head = render_to_string("pages/edition_head.html", context, request)
    bar = render_to_string("pages/edition_bar.html", context, request)
    if is_sensitive:
        html = TITLE.sub(f"<title>{escape(settings.SENDER_NAME)}</title>", html, count=1)
    return BODY.sub(lambda body: f"{body[0]}{bar}", html.replace("</head>", f"{head}</head>", 1), count=1)
