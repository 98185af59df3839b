"""The page of a news item for whoever got a link to it before its embargo ends."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.content import early_reading
from campaigns.content.revising import in_print
from campaigns.pages.reading import WORDS, item_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The item under a bar that names the reader and the embargo; afterwards the way to its public page."""
    access = early_reading.access_by(token=token, now=timezone.now())
    if access is None:
        raise Http404
    if access.is_public:
        return HttpResponseRedirect(reverse("news_item", kwargs={"slug": access.item.slug}))
    if not access.is_open:
        return render(request, "pages/early_link_gone.html", status=HTTPStatus.GONE)
    return _read_early(request, access)


def _read_early(request: HttpRequest, access: early_reading.Access) -> HttpResponse:
    item = in_print(access.item)
    prefetch_related_objects([item], *WORDS)
    response = item_page(request, item, early_reader=access.reader)
    early_reading.log(access=access, language=get_language() or "", now=timezone.now())
    response.headers["X-Robots-Tag"] = "noindex"
    return response
