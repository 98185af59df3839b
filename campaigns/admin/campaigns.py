"""Awareness campaigns: facts, words per language, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.admin import kits, overview
from campaigns.admin.approval import STATE_COLOURS, ApprovableAdmin, VersionedForm, standing_of
from campaigns.admin.base import completeness_of, display
from campaigns.admin.belongings import INLINES
from campaigns.admin.calendar_choosing import ObservanceMixin
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import Campaign, CampaignText
from campaigns.safeguarding.neutrality import telling_words
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

TextsForm = texts_form(text=CampaignText, owner="campaign", rich=["body"], base=VersionedForm)
SHARED = ("public_name", "share_text")
"""Words that others see on shared screens (G3)."""


class CampaignForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A campaign; where it is sensitive, the words meant for others must not tell what it is about."""

    class Meta:
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("method", "objective_waiver")}

    def clean(self) -> dict[str, Any]:
        """Name the word that tells, at its field."""
        cleaned: dict[str, Any] = super().clean()
        if care_at(cleaned.get("sensitivity") or 0).neutral:
            for code, _name in settings.LANGUAGES:
                for word in SHARED:
                    self._demand_neutral(f"{word}_{code}", code)
        return cleaned

    def _demand_neutral(self, name: str, language: str) -> None:
        if telling := telling_words(self.cleaned_data.get(name) or "", language=language):
            sentence = _("“%(word)s” tells others what this sensitive campaign is about. Choose neutral words.")
            self.add_error(name, sentence % {"word": telling[0]})


@admin.register(Campaign)
class CampaignAdmin(ObservanceMixin, ApprovableAdmin):
    """Campaigns that live for months across editions."""

    belongs_here = _("A campaign lives for months across editions: a hashtag, an owner, a message in each language.")
    first_step = _("Describe the first campaign")
    new_title = _("New campaign")
    change_form_template = "admin/campaign/form.html"
    readonly_fields: ClassVar[tuple[str, ...]] = ("version",)
    form = CampaignForm
    inlines = INLINES
    list_display = ("name", "languages", "standing", "owner", "launched_on", "ends_on", "evaluation")
    list_filter = ("state", "sensitivity", "topics")
    list_select_related = ("in_use",)
    search_fields = ("hashtag", "slug", "owner", "texts__name")
    ordering = ("-launched_on", "-pk")
    autocomplete_fields = ("topics", "logo")
    fieldsets = (
        *language_tabs(TextsForm),
        (
            _("Who and when"),
            {
                "fields": [
                    ("hashtag", "logo"),
                    ("owner", "responsible"),
                    "official_url",
                    ("launched_on", "ends_on"),
                    ("observance", "licence"),
                ]
            },
        ),
        (
            _("Objective"),
            {
                "fields": [
                    "objective_what",
                    "objective_measure",
                    "objective_by",
                    "audience",
                    ("baseline_value", "baseline_unit"),
                    "baseline_on",
                    "baseline_url",
                    "method",
                    "measured_by",
                    "objective_waiver",
                ],
                "description": _(
                    "Say what should change, by how much and by when, before the campaign begins. Targets stand below."
                ),
            },
        ),
        (_("Care"), {"fields": ["slug", "topics", "sensitivity"]}),
        (_("Version"), {"fields": ["version", "comment"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Campaigns with their words."""
        return super().get_queryset(request).prefetch_related("texts")

    def get_urls(self) -> list[URLPattern]:
        """What belongs to a campaign, and its sharing kit, stand beside its form."""
        pages = {"overview/": (overview.show, "campaign_overview"), **kits.PAGES, **kits.PIECES}
        own = [
            path(f"<int:campaign_id>/{place}", self.admin_site.admin_view(view), name=name)
            for place, (view, name) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only people who work here can be responsible."""
        if db_field.name == "responsible":
            people = db_field.remote_field.model._default_manager
            kwargs["queryset"] = people.filter(is_staff=True, is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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

    @display(description=_("objective"), label={"there": "success", "waived": "info", "missing": "danger"})
    def evaluation(self, campaign: Campaign) -> tuple[str, Any]:
        """Whether it may be sent (E1)."""
        if campaign.has_objective:
            return "there", _("set")
        return ("missing", _("missing")) if campaign.lacks_objective else ("waived", _("waived"))
