"""The overview: what is under way, what comes next, what falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import completeness_of
from campaigns.admin.helplines import STANDINGS
from campaigns.content.models import Campaign, NewsItem, State
from campaigns.helplines.models import Helpline
from newsletter.admin.calendar import LOOKERS, coming
from newsletter.delivery.models import DeliveryState, Mailing, MailingState
from newsletter.editions.models import Edition, EditionState
from newsletter.reports.figures import shares_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5
OVER = [MailingState.FINISHED, MailingState.CANCELLED]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback: what the overview shows this person."""
    may = request.user.has_perm
    return context | {
        "title": _("Overview"),
        "roleless": not request.user.get_all_permissions(),
        "beginnings": _beginnings(request),
        "under_way": _under_way() if may("newsletter.view_mailing") else None,
        "last": _last() if may("newsletter.view_mailing") else None,
        "coming": _coming(request) if any(may(permission) for permission in LOOKERS) else None,
        "next_steps": _next_steps() if may("newsletter.view_edition") else None,
        "drafts": _drafts() if may("campaigns.view_newsitem") else None,
        "helplines_due": _helplines_due() if may("campaigns.view_helpline") else None,
        "zone": timezone.get_current_timezone_name(),
    }


def _coming(request: HttpRequest) -> dict[str, Any]:
    return coming(person=request.user, today=timezone.localdate(), most=SHOWN)


def _under_way() -> list[dict[str, Any]]:
    mailings = Mailing.objects.exclude(state__in=OVER).select_related("edition").prefetch_related("edition__texts")
    shown = list(mailings.order_by("due_at", "pk")[:SHOWN])
    shares = shares_of(mailing_ids=[mailing.pk for mailing in shown])
    return [{"mailing": mailing, "share": shares[mailing.pk]} for mailing in shown]


def _last() -> dict[str, Any] | None:
    """What was sent last and what became of it; None before the first mailing is over."""
    over = Mailing.objects.filter(state__in=OVER).select_related("edition").prefetch_related("edition__texts")
    mailing = over.order_by(F("finished_at").desc(nulls_last=True), "-pk").first()
    if mailing is None:
        return None
    counts = shares_of(mailing_ids=[mailing.pk])[mailing.pk].counts
    return {
        "mailing": mailing,
        "counts": [(label, counts[value]) for value, label in DeliveryState.choices if counts[value]],
    }


def _beginnings(request: HttpRequest) -> list[dict[str, Any]]:
    """Where somebody who is new here may begin, as far as they are let."""
    steps = [
        ("campaigns.add_newsitem", _("Write a news item"), reverse("admin:campaigns_newsitem_add")),
        ("newsletter.add_edition", _("Build the next edition"), reverse("admin:newsletter_edition_add")),
        ("campaigns.add_helpline", _("Enter a helpline"), reverse("admin:campaigns_helpline_add")),
    ]
    mine = [{"title": title, "url": url} for permission, title, url in steps if request.user.has_perm(permission)]
    inbox = [{"title": _("Look at the inbox"), "url": reverse("inbox")}] if settings.CATCHING_MAIL else []
    return [*mine, {"title": _("Look at the site"), "url": "/"}, *inbox]


def _next_steps() -> dict[str, Any]:
    editions = Edition.objects.prefetch_related("texts").order_by("-updated_at", "-pk")
    unsent = editions.exclude(mailings__state__in=[*MailingState.values])
    return {
        "to_launch": unsent.filter(state=EditionState.APPROVED)[:SHOWN],
        "to_finish": editions.filter(state=EditionState.DRAFT)[:SHOWN],
    }


def _drafts() -> dict[str, Any]:
    items = NewsItem.objects.prefetch_related("texts", "image__texts").order_by("-updated_at", "-pk")
    campaigns = Campaign.objects.prefetch_related("texts").order_by("-updated_at", "-pk")
    return {
        "in_review": [
            _link(each) for kind in (items, campaigns) for each in kind.filter(state=State.IN_REVIEW)[:SHOWN]
        ],
        "being_written": [_link(each) for each in items.filter(state=State.DRAFT)[:SHOWN]],
    }


def _link(item: NewsItem | Campaign) -> dict[str, Any]:
    name = f"admin:{item._meta.app_label}_{item._meta.model_name}_change"
    return {"title": str(item), "url": reverse(name, args=[item.pk]), "languages": completeness_of(item)}


def _helplines_due() -> dict[str, Any]:
    """What must be checked soon, or was to be; and how many entries nobody ever vouched for."""
    today = timezone.localdate()
    rows: Any = Helpline.objects.prefetch_related("texts").with_standing(today=today)
    due = rows.falling_due(today=today).order_by("review_by", "pk")
    return {
        "rows": [{"helpline": row, "said": STANDINGS[row.standing]} for row in due[:SHOWN]],
        "more": max(0, due.count() - SHOWN),
        "unverified": Helpline.objects.filter(verified_on__isnull=True).count(),
    }
