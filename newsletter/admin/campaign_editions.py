"""A campaign's editions, on the campaign's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns.admin.base import completeness
from campaigns.admin.overview import Listing, Row, contribute, paged
from newsletter.admin.editions import STATE_COLOURS
from newsletter.editions.models import Edition, EditionState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from campaigns.content.models import Campaign


def editions(campaign: Campaign, request: HttpRequest) -> Listing | None:
    """Editions that show the campaign or one of its news items, the newest first."""
    if not request.user.has_perm("newsletter.view_edition"):
        return None
    direct = Edition.objects.filter(blocks__campaign=campaign).values("pk")
    through_news = Edition.objects.filter(blocks__news_item__campaigns=campaign).values("pk")
    found = Edition.objects.filter(pk__in=direct.union(through_news)).order_by("-dated", "-pk")
    page = paged(found.prefetch_related("texts"), request, "editions")
    page.object_list = [_row(edition) for edition in page.object_list]
    empty = _("No edition shows it yet. Add a campaign block to an edition.")
    return Listing("editions", _("Editions"), empty, page)


def _row(edition: Edition) -> Row:
    dates = [date_format(edition.dated, "j E Y")]
    if edition.published_at:
        dates.append(_("sent %(when)s") % {"when": date_format(localtime(edition.published_at), "j E Y, H:i")})
    return Row(
        title=str(edition),
        url=reverse("admin:newsletter_edition_change", args=[edition.pk]),
        state=edition.get_state_display(),
        colour=STATE_COLOURS[EditionState(edition.state)],
        languages=completeness(edition.texts.all()),
        dates=dates,
    )


contribute(editions)
