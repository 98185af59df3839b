"""What came from feeds: one row for each draft, one of each story, with who else reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext_lazy as _

from campaigns.admin import looking
from campaigns.admin.approval import STATE_COLOURS
from campaigns.admin.base import ReadOnly, display
from campaigns.feeds.models import FeedEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString


class OneOfEachFilter(admin.SimpleListFilter):
    """One report of each story, unless all are asked for."""

    title = _("reports")
    parameter_name = "reports"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, Any]]:
        """The other choice than the usual one."""
        return [("all", _("all reports of a story"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """The chosen reports."""
        return queryset if self.value() == "all" else queryset.one_of_each()


@admin.register(FeedEntry)
class FeedEntryAdmin(ReadOnly):
    """Drafts that feeds brought, the newest first."""

    belongs_here = _("What feeds bring stands here as drafts. Nothing is published before somebody has checked it.")
    list_display = ("titled", "also_reported", "standing", "feed", "dated", "first_seen_at")
    list_display_links = None
    list_filter: ClassVar[Any] = (OneOfEachFilter, "news_item__state", "feed")
    search_fields = ("news_item__texts__title", "link")
    ordering = ("-first_seen_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedEntry]:
        """Entries that became drafts, with their words and stories."""
        rows: Any = super().get_queryset(request)
        return rows.told()  # type: ignore[no-any-return]  # FeedEntryQuerySet

    def get_urls(self) -> list[URLPattern]:
        """Buttons that choose one report of a story, or take it out."""
        steps = [
            path(f"<int:entry_id>/{name}/", self.admin_site.admin_view(view), name=f"feed_entry_{name}")
            for name, view in looking.ENTRY_STEPS.items()
        ]
        return [*steps, *super().get_urls()]

    @display(description=_("title"))
    def titled(self, entry: FeedEntry) -> SafeString:
        """The draft's title, leading to the draft."""
        return render_to_string("admin/feeds/title.html", {"item": entry.news_item})

    @display(description=_("also reported by"))
    def also_reported(self, entry: FeedEntry) -> SafeString:
        """Who else reports it, leading to their drafts."""
        return render_to_string("admin/feeds/others.html", {"entry": entry})

    @display(description=_("state"), ordering="news_item__state", label=STATE_COLOURS)
    def standing(self, entry: Any) -> tuple[str, str]:
        """The draft's state as a badge."""
        return entry.news_item.state, entry.news_item.get_state_display()
