"""Choosers: a field that finds an entry while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from campaigns.content.completing import in_brief
from campaigns.content.models import Campaign, NewsItem

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin
    from django.contrib.admin.widgets import AutocompleteMixin
    from django.db.models import Model
    from django.http import HttpRequest

    AnyAdmin = BaseModelAdmin[Any]
    AnyChooser = AutocompleteMixin
else:
    AnyAdmin = object
    AnyChooser = object


class ChoosingMixin(AnyAdmin):
    """Gives the fields in `autocomplete_fields` our choosers, and every choice the words it is known by."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One entry."""
        return super().formfield_for_foreignkey(db_field, request, **self._choosing(Chooser, db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Several entries."""
        kwargs = self._choosing(ChooserOfMany, db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choosing(self, chooser: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        target = db_field.remote_field.model
        if hasattr(target, "texts"):
            kwargs = {"queryset": target.objects.prefetch_related("texts"), **kwargs}
        if db_field.name not in self.get_autocomplete_fields(request):
            return kwargs
        return {"widget": chooser(db_field, self.admin_site), **kwargs}


class _Forgiving(AnyChooser):
    """Django's autocomplete breaks on a posted value that is no number; this one shows nothing chosen."""

    known: Model | None = None
    """The entry that stands in the field, when somebody has it at hand: saves asking for it once more."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The chosen entries as options."""
        if self.known is not None and value == [str(self.known.pk)]:
            return [(None, [self._option(name, "", "", 0), self._option(name, self.known.pk, str(self.known), 1)], 0)]
        return super().optgroups(name, [each for each in value if str(each).isdecimal()], attr)

    def _option(self, name: str, value: Any, label: str, index: int) -> Any:
        chooser: Any = self
        return chooser.create_option(name, value, label, bool(index), index)


class Chooser(_Forgiving, AutocompleteSelect):
    """Chooses one entry."""


class ChooserOfMany(_Forgiving, AutocompleteSelectMultiple):
    """Chooses several entries; each is taken out by its own cross, so none clears them all."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """Without the cross that clears everything: it breaks the list of the chosen for whoever hears the page."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


class Choices(AutocompleteJsonView):
    """What a chooser finds while one types: beside content stands which languages are whole, and whether it is approved."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """One entry."""
        found: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(obj, NewsItem | Campaign):
            found["text"] = f"{obj} · {in_brief(obj)} · {obj.get_state_display()}"
        return found
