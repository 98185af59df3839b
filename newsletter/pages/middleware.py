"""What every answer goes through: its language, its headers, and a kind page instead of a bare error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from newsletter.pages import apologies
from newsletter.pages.speaking import speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, QueryDict

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
STAFF_PATHS = ("/admin/", "/inbox/")


class HeadersMiddleware:
    """Headers that Django has no setting for (X12, TR4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what is missing; what a page set itself stays."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if request.path_info.startswith(STAFF_PATHS):
            # Under `no-referrer` a browser sends `Origin: null` with every form, and the CSRF check must refuse that.
            response.headers["Referrer-Policy"] = "same-origin"
        return response


class LanguageMiddleware(LocaleMiddleware):
    """Django's, without its redirect of an unknown address to a language: a POST must never meet one (H4).

    Whoever leaves the language out of an address is helped by `apologies.unknown_address`. A page whose address holds no
    language (signed links, the inbox) listens to `?language=`, so that switching needs no cookie.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Speak the language of the path, else the one asked for, else the one the device prefers."""
        super().process_request(request)
        asked = request.GET.get("language", "")
        if asked in dict(settings.LANGUAGES) and not request.path_info.startswith("/admin/"):
            speak(request, translation.get_language_from_path(request.path_info) or asked)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say in which language the answer is, and that it depended on the reader where the address does not tell."""
        if not translation.get_language_from_path(request.path_info):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class KindErrorsMiddleware:
    """A page that a view could not give is answered kindly, also while DEBUG is on. A real fault stays a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse what PostgreSQL would refuse: the lists of the admin filter by what stands in their address."""
        if request.path_info.startswith(STAFF_PATHS) and _holds_nul(request.GET):
            return apologies.not_understood(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The kind page for `exception`; None for a fault of ours."""
        match exception:
            case Http404():
                return apologies.not_found(request, exception=exception)
            case PermissionDenied():
                return apologies.not_allowed(request, exception=exception)
            case BadRequest() | SuspiciousOperation() | MultiPartParserError():
                return apologies.not_understood(request, exception=exception)
            case _:
                return None


def _holds_nul(query: QueryDict) -> bool:
    """Whether a filter does; a search (`q`) is a form that minds itself."""
    return any("\0" in value for name, values in query.lists() if name != "q" for value in values)
