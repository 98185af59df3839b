"""What was let stand against the rules, and what was approved knowing what: two logs to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import ReadOnly, display
from campaigns.content.models import Approval, Override
from campaigns.safeguarding.checklist import QUESTIONS

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from campaigns.content.models.decisions import Decision


class DecisionAdmin(ReadOnly):
    """Decisions, newest first."""

    ordering = ("-at", "-pk")

    @display(description=_("text"), ordering="about")
    def text(self, decision: Decision) -> str | SafeString:
        """What it was called, leading to it while it is there."""
        for name, pk in (("newsitem", decision.news_item_id), ("campaign", decision.campaign_id)):
            if pk:
                url = reverse(f"admin:campaigns_{name}_change", args=[pk])
                return format_html('<a class="text-link" href="{}">{}</a>', url, decision.about)
        return decision.about


@admin.register(Override)
class OverrideAdmin(DecisionAdmin):
    """Findings let stand."""

    belongs_here = _("Where a rule's finding was let stand, the reason is kept here, with who gave it and when.")
    list_display = ("found", "text", "language", "rule", "reason", "by_name", "at")
    list_filter = ("rule", "language")
    search_fields = ("found", "about", "reason", "by_name")
    fields: ClassVar[tuple[str, ...]] = (
        *("found", "sentence", "text", "language", "field", "rule"),
        *("reason", "by_name", "at"),
    )


@admin.register(Approval)
class ApprovalAdmin(DecisionAdmin):
    """Approvals of texts, with what was known at each."""

    belongs_here = _("Every approval of a text is kept here, with the rules applied and the questions answered.")
    list_display = ("text", "level", "by_name", "at")
    list_filter = ("level",)
    search_fields = ("about", "by_name")
    fields: ClassVar[tuple[str, ...]] = ("text", "level", "by_name", "at", "answered", "left", "applied")

    @display(description=_("questions answered"))
    def answered(self, approval: Approval) -> SafeString:
        """What the approver answered for, in words."""
        rows = [str(QUESTIONS.get(name, name)) for name in approval.checklist]
        return render_to_string("admin/findings/rows.html", {"rows": rows})

    @display(description=_("findings"))
    def left(self, approval: Approval) -> SafeString:
        """What stood in it."""
        return render_to_string("admin/findings/rows.html", {"rows": [_in_words(row) for row in approval.findings]})

    @display(description=_("rules"))
    def applied(self, approval: Approval) -> SafeString:
        """Per language, the rules and their fingerprint."""
        rows = [
            f"{code}: {', '.join(known['rules'])} ({known['fingerprint']})" for code, known in approval.rules.items()
        ]
        return render_to_string("admin/findings/rows.html", {"rows": rows})


def _in_words(row: dict[str, Any]) -> str:
    words = f"{row['rule']}, {row['language']}: “{row['found']}”"
    return f"{words} – {row['let_stand']}" if row["let_stand"] else words
