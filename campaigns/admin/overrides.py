"""What was let stand against the rules, by whom and why: a log to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import ReadOnly, display
from campaigns.content.models import Override

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@admin.register(Override)
class OverrideAdmin(ReadOnly):
    """Findings let stand, newest first."""

    belongs_here = _("Where a rule's finding was let stand, the reason is kept here, with who gave it and when.")
    list_display = ("found", "text", "language", "rule", "reason", "by_name", "at")
    list_filter = ("rule", "language")
    search_fields = ("found", "about", "reason", "by_name")
    ordering = ("-at", "-pk")
    fields: ClassVar[tuple[str, ...]] = (
        *("found", "sentence", "text", "language", "field", "rule"),
        *("reason", "by_name", "at"),
    )

    @display(description=_("text"), ordering="about")
    def text(self, override: Override) -> str | SafeString:
        """What it was called, leading to it while it is there."""
        for name, pk in (("newsitem", override.news_item_id), ("campaign", override.campaign_id)):
            if pk:
                url = reverse(f"admin:campaigns_{name}_change", args=[pk])
                return format_html('<a class="text-link" href="{}">{}</a>', url, override.about)
        return override.about
