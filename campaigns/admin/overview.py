"""Everything that belongs to one campaign, with dates and states. Upper apps add lists of their own by `contribute`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns.admin.approval import STATE_COLOURS, standing_of
from campaigns.admin.base import completeness_of
from campaigns.content.models import Campaign, NewsItem, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that belongs to the campaign: where to find it, how it stands, which of its dates matter."""

    title: str
    url: str
    state: str
    colour: str
    languages: SafeString
    dates: list[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list on the page. `page` holds Rows; `key` is what its page number is called in the address."""

    key: str
    heading: str
    empty: str
    page: Page[Any]


_contributors: list[Callable[[Campaign, HttpRequest], Listing | None]] = []


def contribute(lister: Callable[[Campaign, HttpRequest], Listing | None]) -> None:
    """Add a list to every campaign's page; it returns None for whoever may not see it. Called once, at import."""
    _contributors.append(lister)


@require_GET
@permission_required("campaigns.view_campaign", raise_exception=True)
def show(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The page."""
    campaign = get_object_or_404(
        Campaign.objects.select_related("responsible", "in_use").prefetch_related("texts"), pk=campaign_id
    )
    listings = [lister(campaign, request) for lister in (news_items, *_contributors)]
    context = {
        **admin.site.each_context(request),
        "title": str(campaign),
        "opts": Campaign._meta,
        "original": campaign,
        "campaign": campaign,
        "languages": completeness_of(campaign),
        "standing": standing_of(campaign)[1],
        "colour": STATE_COLOURS[State(campaign.state)],
        "gaps": campaign.gaps(),
        "phases": campaign.phases.order_by("order", "first_day").prefetch_related("texts"),
        "listings": list(filter(None, listings)),
        "here": "overview",
    }
    return TemplateResponse(request, "admin/campaign/overview.html", context)


def paged(rows: Any, request: HttpRequest, key: str) -> Page[Any]:
    """The page of `rows` (a QuerySet in its order) that the address asks for under `key`; rubbish asks for the first."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(key, ""))


def news_items(campaign: Campaign, request: HttpRequest) -> Listing | None:
    """Its news items, the newest first."""
    if not request.user.has_perm("campaigns.view_newsitem"):
        return None
    items = NewsItem.objects.filter(campaigns=campaign).order_by("-source_date", "-pk")
    items = items.select_related("image", "in_use").defer("in_use__content").prefetch_related("texts", "image__texts")
    page = paged(items, request, "items")
    page.object_list = [_row(item) for item in page.object_list]
    empty = _("No news item belongs to it yet. Choose this campaign in a news item’s form.")
    return Listing("items", _("News items"), empty, page)


def _row(item: NewsItem) -> Row:
    dates = [_("source of %(day)s") % {"day": date_format(item.source_date, "j E Y")}]
    if item.checked_on:
        dates.append(_("checked on %(day)s") % {"day": date_format(item.checked_on, "j E Y")})
    return Row(
        title=str(item),
        url=reverse("admin:campaigns_newsitem_change", args=[item.pk]),
        state=standing_of(item)[1],
        colour=STATE_COLOURS[State(item.state)],
        languages=completeness_of(item),
        dates=dates,
    )
