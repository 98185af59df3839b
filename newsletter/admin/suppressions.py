"""Suppressed addresses, kept as hashes: the list names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import ReadOnly, display
from newsletter.audience import addresses
from newsletter.audience.models import Suppression

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    """Addresses we may not mail."""

    belongs_here = _(
        "Addresses that bounced, complained or were erased stand here as hashes, so that nobody mails them again."
    )
    list_display = ("mark", "reason", "at")
    list_filter = ("reason",)
    search_fields = ("fingerprint",)
    search_help_text = _("Write a whole e-mail address to see whether it is suppressed")
    ordering = ("-at", "-pk")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        """The row of one address: only who knows the address finds it."""
        if not search_term:
            return queryset, False
        try:
            key = addresses.parse(search_term).key
        except addresses.AddressError:
            return queryset.filter(fingerprint__startswith=search_term), False
        return queryset.filter(fingerprint=addresses.fingerprint(key)), False

    @display(description=_("address"), ordering="fingerprint")
    def mark(self, suppression: Suppression) -> str:
        """The beginning of the hash."""
        return f"{suppression.fingerprint[:12]}…"
