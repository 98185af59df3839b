"""The history of a news item or a campaign: every version, what differs between any two, and the way back to one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.content import revising
from campaigns.content.comparing import differences

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from campaigns.content.revising import AnyRevision


def urls(page: Any) -> list[URLPattern]:
    """The pages of this module, for the admin `page` of an item; the first takes the place of Django's history."""
    name = f"{page.opts.app_label}_{page.opts.model_name}"
    view = page.admin_site.admin_view
    return [
        path("<int:item_id>/history/", view(partial(_history, page)), name=f"{name}_history"),
        path("<int:item_id>/history/<int:number>/restore/", view(partial(_restore, page)), name=f"{name}_restore"),
    ]


def _history(page: Any, request: HttpRequest, item_id: int) -> HttpResponse:
    return require_GET(_show)(request, page, _item(page, item_id))


def _restore(page: Any, request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    return require_POST(_go_back)(request, page, _item(page, item_id), number)


def _show(request: HttpRequest, page: Any, item: Any) -> HttpResponse:
    """All versions, the newest first, and what differs between the two that were chosen (else the last two)."""
    if not page.has_view_permission(request, item):
        raise PermissionDenied
    kept = list(item.revisions.defer("content").select_related("by").order_by("-number"))
    old, new = _chosen(request, item, [each.number for each in kept])
    context = {
        **page.admin_site.each_context(request),
        "title": gettext("History of “%(name)s”") % {"name": item},
        "opts": page.opts,
        "original": item,
        "item": item,
        "kept": kept,
        "old": old,
        "new": new,
        "differences": differences(old=old, new=new) if old and new else [],
        "may_restore": page.has_change_permission(request, item),
        "zone": timezone.get_current_timezone_name(),
    }
    return TemplateResponse(request, "admin/versions/history.html", context)


def _go_back(request: HttpRequest, page: Any, item: Any, number: int) -> HttpResponse:
    """Write an earlier version into the form, as a draft."""
    if not page.has_change_permission(request, item):
        raise PermissionDenied
    revision = get_object_or_404(item.revisions, number=number)
    revising.restore(item=item, revision=revision, by=cast("User", request.user), now=timezone.now())
    messages.success(
        request, gettext("Version %(number)d is the draft now. Nothing of the others is lost.") % {"number": number}
    )
    return HttpResponseRedirect(reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_change", args=[item.pk]))


def _item(page: Any, item_id: int) -> Any:
    return get_object_or_404(page.model._default_manager.select_related("in_use").prefetch_related("texts"), pk=item_id)


def _chosen(request: HttpRequest, item: Any, numbers: list[int]) -> tuple[AnyRevision | None, AnyRevision | None]:
    """The two revisions asked for, the older first; rubbish counts as not asked."""
    asked = [int(each) for each in (request.GET.get("from", ""), request.GET.get("to", "")) if each.isdecimal()]
    pair = sorted(number for number in asked if number in numbers) or sorted(numbers[:2])
    found = {each.number: each for each in item.revisions.filter(number__in=pair).select_related("item")}
    return found.get(pair[0]) if len(pair) > 1 else None, found.get(pair[-1]) if pair else None
