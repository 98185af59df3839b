"""Sources: who published what we report."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin
from campaigns.content.models import Source


@admin.register(Source)
class SourceAdmin(Admin):
    """Agencies, CERTs and police forces that we quote."""

    belongs_here = _("A source is who published what you report: an agency, a CERT, a police force.")
    first_step = _("Enter the first source")
    new_title = _("New source")
    list_display = ("name", "website", "licence")
    search_fields = ("name", "website")
    ordering = ("name",)
