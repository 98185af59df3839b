"""The sidebar: grouped as an editor thinks, showing each person only what they may open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsletter.admin import calendar

if TYPE_CHECKING:
    from django.http import HttpRequest

GROUPS: list[tuple[Any, list[tuple[str, Any, str]]]] = [
    (
        _("Content"),
        [
            ("campaigns.newsitem", _("News items"), "article"),
            ("campaigns.feedentry", _("From feeds"), "move_to_inbox"),
            ("campaigns.campaign", _("Campaigns"), "campaign"),
            ("admin:calendar", _("Awareness calendar"), "calendar_month"),
            ("campaigns.helpline", _("Helplines"), "support_agent"),
            ("campaigns.scamexample", _("Scam examples"), "phishing"),
            ("campaigns.topic", _("Topics"), "label"),
            ("campaigns.source", _("Sources"), "verified"),
            ("campaigns.feed", _("Feeds"), "rss_feed"),
            ("campaigns.image", _("Images"), "image"),
            ("campaigns.approval", _("Approvals"), "approval"),
            ("campaigns.override", _("Findings let stand"), "fact_check"),
        ],
    ),
    (
        _("Newsletters"),
        [("newsletter.edition", _("Editions"), "newspaper"), ("newsletter.newsletter", _("Newsletters"), "mail")],
    ),
    (
        _("Audience"),
        [
            ("newsletter.subscriber", _("Subscribers"), "group"),
            ("newsletter.consentevent", _("Consent events"), "history_edu"),
            ("newsletter.suppression", _("Suppressions"), "block"),
        ],
    ),
    (
        _("Sending"),
        [
            ("newsletter.mailing", _("Mailings"), "send"),
            ("newsletter.delivery", _("Deliveries"), "mark_email_read"),
            ("admin:mail_servers", _("Mail servers"), "dns"),
            ("newsletter.provider", _("Receiving providers"), "inbox"),
            ("newsletter.warmup", _("Warm-up"), "device_thermostat"),
        ],
    ),
    (_("Access"), [("auth.user", _("People"), "person"), ("auth.group", _("Roles"), "badge")]),
]


PAGES = {"admin:mail_servers": ["newsletter.change_newsletter"], "admin:calendar": calendar.LOOKERS}
"""Pages of no model, and who may open them: whoever has one of these permissions."""


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's navigation for whoever asks; groups without an entry are left out."""
    overview = {"title": _("Overview"), "icon": "home", "link": reverse("admin:index")}
    groups = [{"title": title, "items": _items(request, entries)} for title, entries in GROUPS]
    return [{"items": [overview]}, *[group for group in groups if group["items"]]]


def _items(request: HttpRequest, entries: list[tuple[str, Any, str]]) -> list[dict[str, Any]]:
    here = _here(request)
    shown = [(title, icon, reverse(_place(model))) for model, title, icon in entries if _may_see(request, model)]
    return [{"title": title, "icon": icon, "link": link, "active": link == here} for title, icon, link in shown]


def _here(request: HttpRequest) -> str:
    """The entry a page belongs to: the nearest above it, since the mail servers' page lies below the newsletters'."""
    links = [reverse(_place(model)) for _title, entries in GROUPS for model, _entry, _icon in entries]
    return max((link for link in links if request.path.startswith(link)), key=len, default="")


def _place(model: str) -> str:
    return model if model in PAGES else f"admin:{model.replace('.', '_')}_changelist"


def _may_see(request: HttpRequest, model: str) -> bool:
    if model in PAGES:
        return any(request.user.has_perm(permission) for permission in PAGES[model])
    app, name = model.split(".")
    return request.user.has_perm(f"{app}.view_{name}") or request.user.has_perm(f"{app}.change_{name}")
