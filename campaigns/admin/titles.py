"""What stands on top of an admin page: the name of what is seen, in words that need no grammar from a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib import admin
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = object


class TitlesMixin(ModelAdmin):
    """Lists are called by their plural, entries by their own name, and a new one by `new_title`.

    Django builds these titles of a verb and a noun ("Add %s"), which no language with cases can say.
    """

    new_title: str | _StrPromise = _("New entry")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, under its plural."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, under the name of what is written in it."""
        entry = context.get("original")
        context |= {"title": str(entry) if entry else self.new_title, "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)
