"""Editions: subject and preheader per language, and the blocks in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, action, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.calendar import gathering
from newsletter.admin import calendar_addresses, desk, launching
from newsletter.admin.blocks import BlockInline
from newsletter.editions import editing
from newsletter.editions.models import Edition, EditionState, EditionText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

EditionForm = texts_form(text=EditionText, owner="edition")
STATE_COLOURS = {EditionState.DRAFT: "info", EditionState.APPROVED: "success"}


@admin.register(Edition)
class EditionAdmin(Admin):
    """Numbers of a newsletter."""

    belongs_here = _("An edition is one number of a newsletter: blocks in their order, a subject in each language.")
    first_step = _("Build the first edition")
    new_title = _("New edition")
    form = EditionForm
    inlines = (BlockInline,)
    actions_detail = ("preview",)
    actions_submit_line = ("save_and_preview",)
    list_display = ("subject", "languages", "standing", "newsletter", "code", "dated")
    list_filter = ("state", "newsletter")
    list_select_related = ("newsletter",)
    search_fields = ("texts__subject", "slug", "code")
    ordering = ("-dated", "-pk")
    readonly_fields = (
        "code",
        "state",
        "first_approved_by",
        "first_approved_at",
        "approved_by",
        "approved_at",
        "published_at",
        "planned_for",
    )
    fieldsets = (
        *language_tabs(EditionForm),
        (_("Edition"), {"fields": [("newsletter", "dated"), "slug"]}),
        (
            _("Standing"),
            {
                "fields": [
                    ("state", "code"),
                    ("first_approved_by", "first_approved_at"),
                    ("approved_by", "approved_at"),
                    ("published_at", "planned_for"),
                ]
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """The desk of an edition and the calendar stand beside its form."""
        return [
            *calendar_addresses.addresses(self.admin_site.admin_view),
            path("<int:edition_id>/desk/", self.admin_site.admin_view(desk.show), name="edition_desk"),
            *self._steps(),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        """Editions with their words."""
        return super().get_queryset(request).prefetch_related("texts", "newsletter__texts")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was mailed stays."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_at)

    def save_model(self, request: HttpRequest, obj: Edition, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """A new edition gets its code."""
        if not obj.code:
            obj.code = editing.next_code(newsletter=obj.newsletter)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write words and blocks; an approved edition that changed is a draft again."""
        super().save_related(request, form, formsets, change)
        touched = form.has_changed() or any(formset.has_changed() for formset in formsets)
        if touched and form.instance.state == EditionState.APPROVED:
            editing.changed(edition=form.instance)
            messages.warning(
                request, gettext("You changed an approved edition, so it is a draft again. Approve it anew.")
            )

    def response_add(self, request: HttpRequest, obj: Edition, post_url_continue: str | None = None) -> HttpResponse:
        """After the first save, see what the reader will see."""
        if "_save" in request.POST and IS_POPUP_VAR not in request.POST:
            return HttpResponseRedirect(reverse("admin:edition_desk", args=[obj.pk]))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Edition) -> HttpResponse:
        """After "Save and preview", see what the reader will see."""
        return self._onward(request, obj) or super().response_change(request, obj)

    @action(description=_("Preview and send"), icon="visibility", url_path="to-desk", permissions=["view"])
    def preview(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the desk."""
        return HttpResponseRedirect(reverse("admin:edition_desk", args=[object_id]))

    @action(description=_("Save and preview"), permissions=["change"])
    def save_and_preview(self, request: HttpRequest, obj: Edition) -> None:
        """Only saves; `response_change` leads to the desk."""

    @display(description=_("subject"), ordering="slug")
    def subject(self, edition: Edition) -> str:
        """The subject in the reader's language."""
        return str(edition)

    @display(description=_("languages"))
    def languages(self, edition: Edition) -> SafeString:
        """Which languages are written."""
        return completeness(edition.texts.all())

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, edition: Edition) -> tuple[str, str]:
        """The state as a badge."""
        return edition.state, edition.get_state_display()

    @display(description=_("planned for"))
    def planned_for(self, edition: Edition) -> str:
        """The day of the awareness calendar it was planned for."""
        observance = gathering.find(edition.observance) if edition.observance else None
        return f"{observance.name()} {edition.observance_year}" if observance else edition.observance or "—"

    def _onward(self, request: HttpRequest, obj: Edition) -> HttpResponse | None:
        if not any(name.endswith("save_and_preview") for name in request.POST):
            return None
        return HttpResponseRedirect(reverse("admin:edition_desk", args=[obj.pk]))

    def _steps(self) -> list[URLPattern]:
        steps = {**desk.STEPS, **launching.STEPS}
        return [
            path(f"<int:edition_id>/{name}/", self.admin_site.admin_view(view), name=f"edition_{name}")
            for name, view in steps.items()
        ]
