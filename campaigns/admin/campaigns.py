"""Awareness campaigns: facts, and words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.approval import STATE_COLOURS, ApprovableAdmin, VersionedForm, standing_of
from campaigns.admin.base import completeness_of, display
from campaigns.admin.calendar_choosing import ObservanceMixin
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import Campaign, CampaignText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

CampaignForm = texts_form(text=CampaignText, owner="campaign", rich=["body"], base=VersionedForm)


@admin.register(Campaign)
class CampaignAdmin(ObservanceMixin, ApprovableAdmin):
    """Campaigns that live for months across editions."""

    belongs_here = _("A campaign lives for months across editions: a hashtag, an owner, a message in each language.")
    first_step = _("Describe the first campaign")
    new_title = _("New campaign")
    readonly_fields: ClassVar[tuple[str, ...]] = ("version",)
    form = CampaignForm
    list_display = ("name", "languages", "standing", "owner", "launched_on", "ends_on")
    list_filter = ("state", "sensitivity", "topics")
    list_select_related = ("in_use",)
    search_fields = ("hashtag", "slug", "texts__name")
    ordering = ("-launched_on", "-pk")
    autocomplete_fields = ("topics",)
    fieldsets = (
        *language_tabs(CampaignForm),
        (
            _("Who and when"),
            {"fields": ["hashtag", "owner", "official_url", "launched_on", "ends_on", "observance", "licence"]},
        ),
        (_("Care"), {"fields": ["slug", "topics", "sensitivity"]}),
        (_("Version"), {"fields": ["version", "comment"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Campaigns with their words."""
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("campaign"), ordering="hashtag")
    def name(self, campaign: Campaign) -> str:
        """Its hashtag, or what else it is called."""
        return str(campaign)

    @display(description=_("languages"))
    def languages(self, campaign: Campaign) -> SafeString:
        """How whole each language is."""
        return completeness_of(campaign)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, campaign: Campaign) -> tuple[str, str]:
        """The state as a badge; it says so when an earlier version is in print."""
        return standing_of(campaign)
