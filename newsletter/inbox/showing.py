"""The pages of /inbox/: what was caught, and one mail from every side. A mail's HTML never touches the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from newsletter.inbox import keeping, reading

if TYPE_CHECKING:
    from django.http import HttpRequest

    from newsletter.inbox.keeping import Kept
    from newsletter.inbox.reading import Line

PER_PAGE = 50
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
"""No scripts, no forms, no origin: a link may open a tab of its own, nothing else."""


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Caught mail, newest first, or those that hold every word of ?q=."""
    words = request.GET.get("q", "").strip()
    ids = keeping.ids()
    found = [line.id for line in _lines(ids) if line.holds(words)] if words else ids
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": _lines(list(page.object_list)), "words": words, "total": len(ids)}
    return render(request, "inbox/inbox.html", context)


@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Delete everything that was caught."""
    keeping.empty()
    messages.success(request, _("The inbox is empty."))
    return redirect("inbox")


@never_cache
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments only
def mail(request: HttpRequest, mail_id: str, view: str) -> HttpResponse:
    """One mail: its HTML on a desk and on a phone, its text, its headers, or its source."""
    kept = _kept(mail_id)
    context = {
        "line": reading.line_of(mail_id),
        "kept": kept,
        "view": view,
        "images_off": request.GET.get("images") == "off",
        "sandbox": SANDBOX,
        "size": len(kept.source),
    }
    return render(request, f"inbox/{view}.html", context | _content(kept, view))


@never_cache
@require_safe
@xframe_options_sameorigin
def frame(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The mail's HTML alone, in a sandbox even when opened directly; nothing is loaded but pictures of this site."""
    html = reading.html_of(_kept(mail_id))
    images = "'none'" if request.GET.get("images") == "off" else f"'self' {settings.SITE_URL} data:"
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = (
        f"sandbox {SANDBOX}; default-src 'none'; img-src {images}; style-src 'unsafe-inline'; "
        "form-action 'none'; frame-ancestors 'self'"
    )
    return response


@never_cache
@require_safe
def file(_request: HttpRequest, mail_id: str) -> HttpResponse:
    """The mail as a file, octet for octet as it was received."""
    response = HttpResponse(_kept(mail_id).source, content_type="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="{mail_id}.eml"'
    return response


def _kept(mail_id: str) -> Kept:
    try:
        return keeping.read(mail_id)
    except FileNotFoundError as error:
        raise Http404 from error


def _lines(ids: list[str]) -> list[Line]:
    """The lines of those mails that are still there."""
    lines = []
    for mail_id in ids:
        try:
            lines.append(reading.line_of(mail_id))
        except FileNotFoundError:
            continue
    return lines


def _content(kept: Kept, view: str) -> dict[str, object]:
    match view:
        case "html":
            return {"has_html": bool(reading.html_of(kept))}
        case "text":
            return {"text": reading.text_of(kept)}
        case "headers":
            return {"headers": reading.headers(kept)}
        case _:
            return {"source": reading.source_of(kept), "is_cut": len(kept.source) > reading.SHOWN}
