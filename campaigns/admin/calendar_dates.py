"""Staff's own dates in the awareness calendar: anniversaries of the organisation, national days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, completeness, display
from campaigns.admin.calendar_rules import PARTS, OwnObservanceForm, TextsForm
from campaigns.admin.texts import language_tabs
from campaigns.calendar.dates import RuleError, parse
from campaigns.calendar.gathering import as_observance
from campaigns.calendar.models import OwnObservance
from campaigns.calendar.observances import next_of
from campaigns.calendar.saying import days_said, said

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

SHOWN = 3


@admin.register(OwnObservance)
class OwnObservanceAdmin(Admin):
    """Dates that the calendar's own data does not know."""

    belongs_here = _(
        "Own dates stand in the awareness calendar beside the international ones: anniversaries, local days."
    )
    first_step = _("Enter the first date of your own")
    new_title = _("New own date")
    form = OwnObservanceForm
    list_display = ("name", "languages", "when", "next_dates", "country")
    search_fields = ("texts__name", "organiser")
    ordering = ("pk",)
    readonly_fields = ("next_dates",)
    fieldsets = (
        *language_tabs(TextsForm),
        (_("When"), {"fields": [PARTS[0], PARTS[1:3], PARTS[3:5], PARTS[5:7], PARTS[7], "since", "next_dates"]}),
        (_("What and whose"), {"fields": ["topics", "country", "organiser", "official_url"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OwnObservance]:
        """Dates with their names."""
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("name"), ordering="pk")
    def name(self, row: OwnObservance) -> str:
        """The name in the reader's language."""
        return str(row)

    @display(description=_("languages"))
    def languages(self, row: OwnObservance) -> SafeString:
        """Which languages are written."""
        return completeness(cast("Any", row.texts.all()))

    @display(description=_("when"), ordering="rule")
    def when(self, row: OwnObservance) -> str:
        """The rule in words."""
        try:
            return capfirst(said(parse(row.rule)))
        except RuleError:
            return row.rule

    @display(description=_("next dates"))
    def next_dates(self, row: OwnObservance) -> str:
        """The days on which it comes next."""
        observance = as_observance(row) if row.pk else None
        coming = next_of(observance, today=timezone.localdate(), most=SHOWN) if observance else []
        return " · ".join(days_said(one.first, one.last) for one in coming) or "—"
