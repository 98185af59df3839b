"""Kind pages for what cannot be shown: what happened, what it means, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

if TYPE_CHECKING:
    from collections.abc import Iterator


@csrf_exempt  # it only ever says "no such page"
def unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    """The last pattern of all: put right a forgotten slash or language, else say kindly that nothing is here."""
    if request.method in {"GET", "HEAD"}:
        for path in _near_misses(rest):
            if _leads_somewhere(path):
                query = request.META.get("QUERY_STRING", "")
                return HttpResponseRedirect(quote(path) + (f"?{query}" if query else ""))
    return not_found(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """404: no such page."""
    return _apology(request, "pages/404.html", HTTPStatus.NOT_FOUND)


def no_such_link(request: HttpRequest) -> HttpResponse:
    """404: a signed link that is cut short, changed or not ours."""
    return _apology(request, "pages/link_unknown.html", HTTPStatus.NOT_FOUND)


def link_expired(request: HttpRequest) -> HttpResponse:
    """410: a confirmation link that is too old."""
    return _apology(request, "pages/link_expired.html", HTTPStatus.GONE)


def nobody_there(request: HttpRequest) -> HttpResponse:
    """410: a good link of a person whose data are gone."""
    return _apology(request, "pages/link_gone.html", HTTPStatus.GONE)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """400: the request makes no sense."""
    return _apology(request, "pages/400.html", HTTPStatus.BAD_REQUEST)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """403: this account may not."""
    return _apology(request, "pages/403.html", HTTPStatus.FORBIDDEN)


def form_not_trusted(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """403: Django could not tell that a form came from our own page."""
    return _apology(request, "pages/403_form.html", HTTPStatus.FORBIDDEN)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, which may be the reason."""
    return _apology(request, "pages/500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _apology(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    response = render(request, template, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _near_misses(rest: str) -> Iterator[str]:
    slashed = rest if rest.endswith("/") else f"{rest}/"
    if rest != slashed:
        yield f"/{slashed}"
    if rest.split("/", 1)[0] not in dict(settings.LANGUAGES):
        yield f"/{translation.get_language()}/{slashed}"


def _leads_somewhere(path: str) -> bool:
    if path.startswith(("//", "/\\")):
        return False  # another host in a browser's eyes (X5)
    try:
        return resolve(path).func is not unknown_address
    except Resolver404:
        return False
