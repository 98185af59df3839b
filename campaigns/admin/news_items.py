"""News items: facts, and words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.approval import STATE_COLOURS, ApprovableAdmin
from campaigns.admin.base import completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import NewsItem, NewsItemText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

NewsItemForm = texts_form(text=NewsItemText, owner="news_item", rich=["body"])


@admin.register(NewsItem)
class NewsItemAdmin(ApprovableAdmin):
    """Reusable pieces of news."""

    belongs_here = _("News items are the reusable pieces an edition is built from: facts once, words in each language.")
    first_step = _("Write the first news item")
    new_title = _("New news item")
    form = NewsItemForm
    list_display = ("title", "languages", "standing", "sensitivity", "source", "source_date")
    list_filter = ("state", "sensitivity", "topics", "source")
    list_select_related = ("source",)
    search_fields = ("texts__title", "slug", "source__name")
    ordering = ("-source_date", "-pk")
    autocomplete_fields = ("source", "topics", "campaigns", "image")
    fieldsets = (
        *language_tabs(NewsItemForm),
        (_("Source"), {"fields": ["source", "source_url", "source_date", "licence"]}),
        (_("What it belongs to"), {"fields": ["topics", "campaigns", "image"]}),
        (
            _("Care and time"),
            {"fields": ["slug", "sensitivity", "embargo_until", "valid_until", "state", "checked_by", "checked_on"]},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[NewsItem]:
        """Items with their words, in two queries however many there are."""
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("title"), ordering="slug")
    def title(self, item: NewsItem) -> str:
        """The title in the reader's language."""
        return str(item)

    @display(description=_("languages"))
    def languages(self, item: NewsItem) -> SafeString:
        """Which languages are written."""
        return completeness(item.texts.all())

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, item: NewsItem) -> tuple[str, str]:
        """The state as a badge."""
        return item.state, item.get_state_display()
