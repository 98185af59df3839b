"""The consent ledger, to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import ReadOnly
from newsletter.audience.models import ConsentEvent

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnly):
    """What was said, in which words, when and where. Append-only."""

    belongs_here = _(
        "Every consent and every withdrawal is written here by the system, word for word, and never changes."
    )
    list_display = ("at", "kind", "subscriber", "newsletter", "method", "language")
    list_filter = ("kind", "newsletter", "language")
    list_select_related = ("subscriber", "newsletter")
    search_fields = ("subscriber__address",)
    search_help_text = _("Search by e-mail address")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        """Entries with the newsletters' names."""
        return super().get_queryset(request).prefetch_related("newsletter__texts")
