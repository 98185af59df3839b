"""What every admin page of ours stands on: Unfold, with the types that Unfold itself does not ship."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.choosing import ChoosingMixin
from campaigns.admin.titles import TitlesMixin
from campaigns.content.completing import lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from django.contrib import admin
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    from campaigns.content.models import Campaign, NewsItem, Translation

    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
    Decorated = TypeVar("Decorated", bound=Callable[..., Any])

    def action(**_options: Any) -> Callable[[Decorated], Decorated]:
        """Unfold's decorator of actions."""

    def display(**_options: Any) -> Callable[[Decorated], Decorated]:
        """Unfold's decorator of columns."""
else:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline
    from unfold.decorators import action, display

__all__ = [
    "HTTPS",
    "Admin",
    "ReadOnly",
    "StackedInline",
    "TabularInline",
    "action",
    "completeness",
    "completeness_of",
    "display",
]

HTTPS: Any = {models.URLField: {"assume_scheme": "https"}}
"""What an address typed without a scheme is taken for."""


class Admin(TitlesMixin, ChoosingMixin, ModelAdmin):
    """An admin page with our defaults. `belongs_here` and `first_step` are what an empty list says."""

    belongs_here: str | _StrPromise = ""
    first_step: str | _StrPromise = _("Write the first one")
    formfield_overrides = HTTPS
    change_form_template: ClassVar[str | None] = "admin/parts/words_first.html"
    warn_unsaved_form = True
    list_filter_submit = True
    list_per_page = 50


class ReadOnly(Admin):
    """A page that shows what the system wrote; nobody adds, changes or deletes here."""

    first_step = ""
    change_form_template: ClassVar[str | None] = None
    show_full_result_count = False
    warn_unsaved_form = False

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: the system writes these rows."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: what happened does not change."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: what happened is not forgotten by a click."""
        return False


def completeness(texts: Iterable[Translation]) -> SafeString:
    """Which languages have words, as marks beside the language codes and as words for those who hear the page."""
    written = {text.language for text in texts}
    return _marks({code: None if code in written else gettext("missing") for code, _name in settings.LANGUAGES})


def completeness_of(item: NewsItem | Campaign) -> SafeString:
    """The same for content that must be whole before it is printed: what each language still lacks."""
    return _marks({code: lacking(item, code) for code, _name in settings.LANGUAGES})


def _marks(lacks: dict[str, str | None]) -> SafeString:
    rows = [(code, name, lacks[code]) for code, name in settings.LANGUAGES]
    return render_to_string("admin/parts/completeness.html", {"rows": rows, "missing": gettext("missing")})
