"""Mail servers: what is configured, and a button that tries each one out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from newsletter.delivery import choosing, examining
from newsletter.lib.servers import ServerUrlError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from newsletter.lib.servers import Server


@require_GET
@permission_required("newsletter.change_newsletter", raise_exception=True)
def show(request: HttpRequest) -> HttpResponse:
    """Every server, with its share and its limits."""
    return _page(request, _configured(request))


@require_POST
@permission_required("newsletter.change_newsletter", raise_exception=True)
def test(request: HttpRequest) -> HttpResponse:
    """The same page, with what happened when one server was tried."""
    servers = _configured(request)
    asked = next((server for server in servers if server.name == request.POST.get("name")), None)
    if asked is None:
        raise Http404
    steps = examining.examine(server=asked, now=timezone.now(), **examining.envelope())
    return _page(request, servers, tried=asked.name, steps=steps, works=steps[-1].verdict != "bad")


def _configured(request: HttpRequest) -> list[Server]:
    try:
        return choosing.configured()
    except ServerUrlError as error:
        messages.error(request, str(error))
        return []


def _page(request: HttpRequest, servers: list[Server], **more: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": gettext("Mail servers"), "servers": servers, **more}
    return TemplateResponse(request, "admin/servers/page.html", context)
