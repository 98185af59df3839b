"""News items: facts, and words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.admin import early_readers
from campaigns.admin.approval import STATE_COLOURS, ApprovableAdmin, VersionedForm, standing_of
from campaigns.admin.base import completeness_of, display
from campaigns.admin.early_readers import EarlyReaderInline
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import NewsItem, NewsItemText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

TextsForm = texts_form(text=NewsItemText, owner="news_item", rich=["body"], base=VersionedForm)


class NewsItemForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """Facts and words; dates that cannot be are told at their fields."""

    def clean(self) -> dict[str, Any]:
        """No source of tomorrow, and nothing that is out of date before it was published."""
        cleaned: dict[str, Any] = super().clean()
        published, valid_until = cleaned.get("source_date"), cleaned.get("valid_until")
        if published and published > timezone.localdate():
            self.add_error(
                "source_date", _("This day has not come yet. Give the day on which the source published it.")
            )
        if published and valid_until and valid_until < published:
            self.add_error("valid_until", _("This is before the source published it. Give a later day, or none."))
        return cleaned


@admin.register(NewsItem)
class NewsItemAdmin(ApprovableAdmin):
    """Reusable pieces of news."""

    belongs_here = _("News items are the reusable pieces an edition is built from: facts once, words in each language.")
    first_step = _("Write the first news item")
    new_title = _("New news item")
    form = NewsItemForm
    list_display = ("title", "languages", "standing", "sensitivity", "source", "source_date")
    list_filter = ("state", "sensitivity", "topics", "source")
    list_select_related = ("source", "in_use")
    search_fields = ("texts__title", "slug", "source__name")
    ordering = ("-source_date", "-pk")
    autocomplete_fields = ("source", "topics", "campaigns", "image")
    fieldsets = (
        *language_tabs(NewsItemForm),
        (_("Source"), {"fields": ["source", "source_url", "source_date", "licence"]}),
        (_("What it belongs to"), {"fields": ["topics", "campaigns", "image"]}),
        (
            _("Care and time"),
            {"fields": ["slug", "sensitivity", "embargo_until", "valid_until", "checked_by", "checked_on"]},
        ),
        (_("Version"), {"fields": ["version", "comment"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[NewsItem]:
        """Items with their words, in a fixed number of queries however many there are."""
        return super().get_queryset(request).prefetch_related("texts", "image__texts")

    def get_inlines(self, _request: HttpRequest, obj: NewsItem | None) -> Any:
        """Early readers, where there is an embargo to be earlier than."""
        return [EarlyReaderInline] if obj and obj.embargo_until else []

    def save_formset(self, request: HttpRequest, _form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Links for new early readers; links taken back."""
        del change  # the rows tell
        early_readers.keep(formset, request)

    @display(description=_("title"), ordering="slug")
    def title(self, item: NewsItem) -> str:
        """The title in the reader's language."""
        return str(item)

    @display(description=_("languages"))
    def languages(self, item: NewsItem) -> SafeString:
        """How whole each language is."""
        return completeness_of(item)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, item: NewsItem) -> tuple[str, str]:
        """The state as a badge; it says so when an earlier version is in print."""
        return standing_of(item)
