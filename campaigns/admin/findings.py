"""Findings about words beside the fields: on every look, for what was just typed, and the page that lets one stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.admin.base import Admin
from campaigns.content import examining
from campaigns.content.models import State
from campaigns.safeguarding.checklist import questions_at
from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from campaigns.content.examining import Content, Finding, Words

PERMISSION = "campaigns.override_finding"
LEAST_REASON = 10


class ReasonForm(forms.Form):
    """Why a finding may stand."""

    reason = forms.CharField(
        label=_("Why it may stay"),
        min_length=LEAST_REASON,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("It is kept with your name and shown to whoever approves."),
        error_messages={
            "required": _("Write why it may stay: one sentence is enough."),
            "min_length": _("Write why it may stay: one sentence is enough."),
        },
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the panel shows it."""

    finding: Finding
    target: str
    """The id of its field on the page."""
    place: str
    """Field and language, in words."""
    before: str
    after: str
    let_stand_url: str = ""


class FindingsMixin(Admin):
    """An admin of content with words: its page says what the rules say of them."""

    change_form_template = "admin/findings/change_form.html"

    class Media:
        js = ("campaigns/admin/findings.js",)

    def get_urls(self) -> list[URLPattern]:
        """The panel for what was just typed, and the page that lets a finding stand."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("words/", view(require_POST(self.check_words)), name=f"{name}_words"),
            path("<int:item_id>/let-stand/<str:ref>/", view(self.let_stand), name=f"{name}_let_stand"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form with what is said about the words in it, as stored or as typed."""
        item = cast("Content | None", context.get("original"))
        typed = request.method == "POST"
        words = self._typed(request) if typed else (examining.stored_words(item) if item else {})
        level = _level(request) if typed else (item.sensitivity if item else 0)
        context |= self._panel(request, item, words, level, stored=not typed)
        return super().render_change_form(request, context, *args, **kwargs)

    def check_words(self, request: HttpRequest) -> HttpResponse:
        """POST the form's present words: the panel about them comes back, and nothing is saved."""
        number = request.GET.get("item", "")
        item = cast("Content | None", self.get_object(request, number)) if number.isdecimal() else None
        if not (self.has_change_permission(request, item) or self.has_add_permission(request)):
            raise PermissionDenied
        words = self._typed(request)
        stored = bool(item) and words == examining.stored_words(cast("Content", item))
        context = self._panel(request, item, words, _level(request), stored=stored)
        return render(request, "admin/findings/panel.html", {**context, "opts": self.opts, "checked": True})

    def let_stand(self, request: HttpRequest, item_id: int, ref: str) -> HttpResponse:
        """GET asks for the reason, POST keeps it."""
        item = cast("Content | None", self.get_object(request, str(item_id)))
        if item is None:
            raise Http404
        if not (request.user.has_perm(PERMISSION) and self.has_view_permission(request, item)):
            raise PermissionDenied
        finding = next((each for each in examining.findings_of(item) if ref == _ref(each) and _may_stand(each)), None)
        if finding is None:
            messages.info(request, gettext("The words have changed meanwhile; see below what is said about them now."))
            return self._back(item)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._stood(request, item, finding, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Let it stand"),
            "opts": self.opts,
            "original": item,
            "shown": self._shown(finding, item=item, may=False),
            "form": form,
        }
        return TemplateResponse(request, "admin/findings/let_stand.html", context)

    def _stood(self, request: HttpRequest, item: Content, finding: Finding, reason: str) -> HttpResponse:
        user = cast("User", request.user)
        examining.let_stand(item=item, finding=finding.key, reason=reason, by=user, now=timezone.now())
        self.log_change(request, item, gettext("Let “%(found)s” stand.") % {"found": finding.found})
        messages.success(request, gettext("It stands, until its sentence changes. Your reason is kept."))
        return self._back(item)

    def _back(self, item: Content) -> HttpResponse:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[item.pk]) + "#findings")

    def tell_findings(self, request: HttpRequest, item: Content) -> None:
        """After saving: how many findings stand between the text and its approval."""
        count = len(examining.blocking(examining.findings_of(item)))
        if count:
            sentence = ngettext(
                "Saved. %(count)d thing must be mended before it can be approved.",
                "Saved. %(count)d things must be mended before it can be approved.",
                count,
            )
            messages.warning(request, sentence % {"count": count})

    def _panel(
        self, request: HttpRequest, item: Content | None, words: Words, level: int, *, stored: bool
    ) -> dict[str, Any]:
        overrides = examining.overrides_of(item) if item else []
        found = examining.findings_in(words, level=level, overrides=overrides)
        may = stored and item is not None and request.user.has_perm(PERMISSION)
        rows = [self._shown(each, item=item, may=may) for each in found]
        return {
            "findings_blocking": [row for row in rows if row.finding.blocking],
            "findings_advice": [row for row in rows if not row.finding.blocking and not row.finding.override],
            "findings_stand": [row for row in rows if row.finding.override],
            "findings_words": bool(words),
            "findings_notes": _notes(request, item) if item else [],
            "findings_questions": self._questions(request, item, level),
            "findings_ticked": request.POST.getlist("checklist"),
            "findings_approval": item.approvals.order_by("at", "pk").last() if item else None,
            "findings_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_words")
            + (f"?item={item.pk}" if item else ""),
            "findings_unsaved": not stored and bool(words),
        }

    def _questions(self, request: HttpRequest, item: Content | None, level: int) -> dict[str, Any]:
        """What whoever may approve has to answer for, while the item waits for it."""
        waits = item is not None and item.state in {State.DRAFT, State.IN_REVIEW}
        may = request.user.has_perm(f"campaigns.approve_{self.opts.model_name}")
        return {name: str(words) for name, words in questions_at(level).items()} if waits and may else {}

    def _shown(self, finding: Finding, *, item: Content | None, may: bool) -> Shown:
        field: Any = examining.TEXTS[self.model]._meta.get_field(finding.field)
        before, _found, after = finding.sentence.partition(finding.found)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_let_stand"
        offered = item is not None and may and _may_stand(finding)
        return Shown(
            finding=finding,
            target=f"id_{finding.field}_{finding.language}",
            place=f"{capfirst(field.verbose_name)}, {_language(finding.language)}",
            before=before,
            after=after,
            let_stand_url=reverse(name, args=[item.pk, _ref(finding)]) if item and offered else "",
        )

    def _typed(self, request: HttpRequest) -> Words:
        names = examining.word_fields(self.model)
        typed = {
            code: {name: request.POST.get(f"{name}_{code}", "") for name in names} for code, _name in settings.LANGUAGES
        }
        return {code: fields for code, fields in typed.items() if any(each.strip() for each in fields.values())}


def _notes(request: HttpRequest, item: Content) -> list[str]:
    """What else stands between the item and its approval by whoever looks at it."""
    user = cast("User", request.user)
    return [*examining.telling_address(item), *examining.second_person_needed(item, by=user)]


def questions_left(count: int) -> str:
    """The sentence for who approves without answering for everything."""
    sentence = ngettext(
        "It is saved, but not approved: %(count)d question beside the findings is not answered yet.",
        "It is saved, but not approved: %(count)d questions beside the findings are not answered yet.",
        count,
    )
    return sentence % {"count": count}


def _may_stand(finding: Finding) -> bool:
    return finding.can_stand and finding.blocking


def _ref(finding: Finding) -> str:
    return hashlib.sha256("\0".join(finding.key).encode()).hexdigest()[:20]


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES)[code])


def _level(request: HttpRequest) -> int:
    typed = request.POST.get("sensitivity", "")
    return int(typed) if typed in {str(level.value) for level in Sensitivity} else 0
