"""A field in which one of the calendar's observances is chosen, staff's own dates included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst
from unfold.widgets import UnfoldAdminSelectWidget

from campaigns.calendar import gathering

if TYPE_CHECKING:
    from django.contrib import admin
    from django.http import HttpRequest

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = object

FIELD = "observance"


class ObservanceMixin(ModelAdmin):
    """Lets the field `observance` of a model, which holds a key, be chosen by name."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Every observance by its name in the reader's language; none is a choice, too."""
        if db_field.name != FIELD:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            label=capfirst(db_field.verbose_name),
            help_text=db_field.help_text,
            required=False,
            choices=_choices,
            widget=UnfoldAdminSelectWidget,
        )


def _choices() -> list[tuple[str, str]]:
    return [("", "—"), *gathering.choices()]
