"""Scam examples: typed as they were, shown harmless, printed only when somebody checked them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, action, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import ScamExample, ScamExampleText
from campaigns.content.quoting import Quotation, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

ScamExampleForm = texts_form(text=ScamExampleText, owner="scam_example")


class CheckedFilter(admin.SimpleListFilter):
    """Checked, or waiting for somebody to check it."""

    title = _("checking")
    parameter_name = "checked"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, Any]]:
        """Both standings."""
        return [("yes", _("checked")), ("no", _("not checked"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the chosen standing; an unknown word chooses nothing."""
        return queryset.filter(checked_on__isnull=self.value() == "no") if self.value() in {"yes", "no"} else queryset


@admin.register(ScamExample)
class ScamExampleAdmin(Admin):
    """What scams look like, for editions and for the pages of news items."""

    belongs_here = _("A scam example shows readers what a fraudulent message looks like. Its addresses never work.")
    first_step = _("Quote the first scam")
    new_title = _("New scam example")
    form = ScamExampleForm
    list_display = ("title", "languages", "channel", "checking", "seen_on", "source")
    list_filter = (CheckedFilter, "channel", "source")
    list_select_related = ("source",)
    search_fields = ("slug", "texts__title", "texts__words")
    ordering = (models.F("seen_on").desc(nulls_last=True), "-pk")
    autocomplete_fields = ("source", "news_items")
    readonly_fields: ClassVar[tuple[str, ...]] = ("as_shown", "checked_by", "checked_on")
    actions_submit_line = ("checked", "not_checked")
    fieldsets = (
        *language_tabs(ScamExampleForm),
        (_("Where it comes from"), {"fields": ["channel", "seen_on", "source", "source_url"]}),
        (_("What it belongs to"), {"fields": ["news_items", "slug"]}),
        (_("As readers see it"), {"fields": ["as_shown", "checked_by", "checked_on"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScamExample]:
        """Examples with their words."""
        return super().get_queryset(request).prefetch_related("texts")

    def has_approve_permission(self, request: HttpRequest, _obj: object = None) -> bool:
        """Whether this person may say that an example was checked."""
        return request.user.has_perm("campaigns.approve_scamexample")

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Iterable[Any]:
        """The button that leads on from where the example stands."""
        example = self.get_object(request, str(object_id)) if object_id else None
        offered = ("not_checked" if example.is_checked else "checked") if example else ""
        actions = super().get_actions_submit_line(request, object_id)  # type: ignore[misc]  # Unfold's, untyped
        return [each for each in actions if offered and each.action_name.endswith(f"scamexample_{offered}")]

    def save_model(self, _request: HttpRequest, obj: Any, _form: Any, _change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Save, but let no button act yet: the words are not written before `save_related`."""
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write the words; an example that changed is unchecked again, unless the button beside "Save" says otherwise."""
        offered = list(self.get_actions_submit_line(request, form.instance.pk if change else None))
        super().save_related(request, form, formsets, change)
        pressed = [each for each in offered if each.action_name in request.POST]
        for each in pressed:
            each.method(request, form.instance)
        if not pressed and form.instance.is_checked and set(form.changed_data) - {"news_items"}:
            _note(form.instance, by=None, on=None)
            messages.warning(request, gettext("You changed a checked example, so it must be checked anew."))

    @action(description=_("It is checked"), permissions=["approve"])
    def checked(self, request: HttpRequest, obj: ScamExample) -> None:
        """Somebody read it and found it fit to print."""
        if not obj.texts.exists():
            messages.error(request, gettext("It is saved, but it has no words yet. Write it in at least one language."))
            return
        _note(obj, by=request.user, on=timezone.localdate())
        messages.success(request, gettext("It is checked and can stand in an edition."))

    @action(description=_("Take the check back"), permissions=["approve"])
    def not_checked(self, request: HttpRequest, obj: ScamExample) -> None:
        """It may not be printed any more."""
        _note(obj, by=None, on=None)
        messages.success(request, gettext("It is not checked any more: no edition can print it."))

    @display(description=_("title"), ordering="slug")
    def title(self, example: ScamExample) -> str:
        """The title in the reader's language."""
        return str(example)

    @display(description=_("languages"))
    def languages(self, example: ScamExample) -> SafeString:
        """Which languages are written."""
        return completeness(example.texts.all())

    @display(description=_("checking"), ordering="checked_on", label={"checked": "success", "open": "warning"})
    def checking(self, example: ScamExample) -> tuple[str, Any]:
        """Whether it may be printed, as a badge."""
        return ("checked", _("checked")) if example.is_checked else ("open", _("not checked"))

    @display(description=_("harmless"))
    def as_shown(self, example: ScamExample) -> str | SafeString:
        """Every language as it will be printed."""
        shown = [(code, _in(code, example)) for code, _name in settings.LANGUAGES] if example.pk else []
        written = [(code, scam) for code, scam in shown if scam]
        return render_to_string("admin/scam_example/as_shown.html", {"shown": written})


def _in(language: str, example: ScamExample) -> Quotation | None:
    with translation.override(language):
        return quoted(example, language=language)


def _note(example: ScamExample, *, by: Any, on: Any) -> None:
    example.checked_by, example.checked_on = by, on
    example.save(update_fields=["checked_by", "checked_on"])
