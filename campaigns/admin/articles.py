"""Bringing in an article: pasted or uploaded, it becomes a draft; beside it stands what to compare with the source (G5)."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from campaigns.admin.base import action
from campaigns.content import checking
from campaigns.content.articles import bringing
from campaigns.content.articles.reading import EMPTY, MOST_BYTES, TOO_LARGE, ArticleRefusedError
from campaigns.content.articles.sources import known_source, source_named
from campaigns.content.markup import words_of
from campaigns.content.models import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from django.urls import URLPattern

    from campaigns.content.articles.drafting import Draft

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = object

FORMATS = [
    ("", _("Tell by the text itself")),
    *((kind, name) for kind, name in bringing.KINDS.items() if kind != "docx"),
]
DAY_HINT = _("When what it reports was current. Empty: the first date in the text.")


class BringInForm(forms.Form):
    """An article and where it is from. What is left empty is looked for in the text; what is not found there is asked."""

    words = forms.CharField(
        label=_("Paste the article"), required=False, strip=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 12})
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("Word (.docx), plain text, Markdown or a saved page (.html), at most 10 MB."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".docx,.txt,.md,.markdown,.html,.htm"}),
    )
    kind = forms.ChoiceField(
        label=_("What was pasted"), choices=FORMATS, required=False, widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Tell by the text itself")), *settings.LANGUAGES],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.order_by("name"),
        required=False,
        empty_label=_("Tell by the page's address"),
        widget=UnfoldAdminSelectWidget,
    )
    new_source = forms.CharField(
        label=_("Or a new source"),
        required=False,
        max_length=120,
        help_text=_("Its name, when it is not in the list yet."),
        widget=UnfoldAdminTextInputWidget,
    )
    source_url = forms.URLField(
        label=_("Source page"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("The address where the original stands."),
        widget=UnfoldAdminURLInputWidget,
    )
    source_date = forms.DateField(
        label=_("Source date"),
        required=False,
        help_text=DAY_HINT,
        error_messages={"invalid": _("Write the date as 2026-11-23.")},
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    kept = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    draft: Draft | None = None
    file_name = ""

    def clean(self) -> dict[str, Any]:
        """Read the article; what it says of itself fills what was left empty, and what is missing is asked at its field."""
        cleaned = super().clean() or self.cleaned_data
        self._read(cleaned)
        if self.draft:
            self._complete(cleaned, self.draft)
        return cleaned

    def source_of(self) -> Source:
        """The source chosen, found or newly named."""
        cleaned = self.cleaned_data
        return cleaned["source"] or source_named(cleaned["new_source"], page=cleaned["source_url"])

    def _read(self, cleaned: dict[str, Any]) -> None:
        field, file = ("file", cleaned.get("file")) if cleaned.get("file") else ("words", None)
        try:
            if file:
                self.draft, self.file_name = _of_file(file), file.name
                self._demand_one(cleaned)
            elif cleaned.get("words", "").strip():
                self.draft = bringing.read_words(cleaned["words"], kind=cleaned.get("kind") or "")
            else:
                self.draft, self.file_name = _kept(cleaned.get("kept", ""))
        except ArticleRefusedError as error:
            self.add_error(field, error)

    def _demand_one(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("words", "").strip():
            both = _(
                "You pasted a text and chose a file. Empty this field to take the file, or leave it to take the text."
            )
            self.add_error("words", both)

    def _complete(self, cleaned: dict[str, Any], draft: Draft) -> None:
        dated = draft.dated if draft.dated and draft.dated <= timezone.localdate() else None
        found = {"language": draft.language, "source_url": draft.url, "source_date": dated}
        for name, value in found.items():
            if name not in self.errors and not cleaned.get(name):
                cleaned[name] = value
        if "source" not in self.errors and not cleaned.get("source") and not cleaned.get("new_source"):
            cleaned["source"] = known_source(cleaned.get("source_url") or "")
        self._demand(cleaned)
        self.draft = replace(
            draft,
            language=cleaned.get("language") or "",
            url=cleaned.get("source_url") or "",
            dated=cleaned.get("source_date"),
        )

    def _demand(self, cleaned: dict[str, Any]) -> None:
        asked = {
            "language": _("The text does not tell its language. Choose it."),
            "source_url": _("Give the address where the original stands."),
            "source_date": _("The text has no date. Give the day on which what it reports was current."),
        }
        if cleaned.get("source_date") and cleaned["source_date"] > timezone.localdate():
            tomorrow = _("This day has not come yet. Give the day on which the source published it.")
            self.add_error("source_date", tomorrow)
        for name, sentence in asked.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if not cleaned.get("source") and not cleaned.get("new_source") and "source" not in self.errors:
            self.add_error("source", _("Choose who published it, or write the name of a new source."))

    def keep(self) -> None:
        """Before the form is shown again: what was read from a file stays, and what was found stands in its fields."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which the stubs call a mapping
        for name in ("language", "source_url"):
            data[name] = data.get(name) or self.cleaned_data.get(name) or ""
        day, source = self.cleaned_data.get("source_date"), self.cleaned_data.get("source")
        data["source_date"] = data.get("source_date") or (day.isoformat() if day else "")
        data["source"] = data.get("source") or (source.pk if source else "")
        if self.draft and self.file_name:
            data["kept"] = json.dumps({**asdict(self.draft), "dated": None, "file": self.file_name})
        self.data = data


class BringingInMixin(ModelAdmin):
    """News items that may begin as somebody else's article, and are compared with it."""

    actions_list = ("to_bring_in",)
    change_form_after_template = "admin/news_item/check_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The page where an article is brought in."""
        view = self.admin_site.admin_view(bring_in)
        return [path("bring-in/", view, name="news_item_bring_in"), *super().get_urls()]

    @action(description=_("Bring in an article"), icon="upload_file", url_path="to-bring-in", permissions=["add"])
    def to_bring_in(self, _request: HttpRequest) -> HttpResponse:
        """Lead to the page."""
        return HttpResponseRedirect(reverse("admin:news_item_bring_in"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, with the check list of an item that was brought in."""
        item = context.get("original")
        found = checking.check_list(item) if item else None
        context |= {"check_list": found, "may_check": self.has_change_permission(request, item)}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Note the ticks first: whoever ticks and approves at once has ticked."""
        if "check_list" in request.POST:
            ticked = [int(key) for key in request.POST.getlist("figure") if key.isdecimal()]
            checking.tick(item=form.instance, ticked=ticked, by=cast("User", request.user), now=timezone.now())
        super().save_related(request, form, formsets, change)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("campaigns.add_newsitem", raise_exception=True)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Ask for an article, and lead to the draft made of it."""
    form = BringInForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return _made(request, form)
    if form.is_bound:
        form.keep()
    return _page(request, form)


def _made(request: HttpRequest, form: BringInForm) -> HttpResponse:
    draft = cast("Draft", form.draft)
    item = bringing.bring_in(
        draft=draft,
        source=form.source_of(),
        by=cast("User", request.user),
        now=timezone.now(),
        file_name=form.file_name,
    )
    messages.success(
        request, gettext("It is a draft now. Compare the figures below with the source and tick those that are right.")
    )
    return HttpResponseRedirect(reverse("admin:campaigns_newsitem_change", args=[item.pk]))


def _page(request: HttpRequest, form: BringInForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": gettext("Bring in an article"),
        "form": form,
        "read": form.draft if form.file_name else None,
        "read_words": words_of(form.draft.body) if form.is_bound and form.draft else "",
        "file_name": form.file_name,
    }
    return TemplateResponse(request, "admin/article/bring_in.html", context)


def _of_file(file: UploadedFile[Any]) -> Draft:
    if (file.size or 0) > MOST_BYTES:
        raise ArticleRefusedError(TOO_LARGE)
    return bringing.read_file(file.read(), name=file.name or "")


def _kept(text: str) -> tuple[Draft, str]:
    """What an earlier try read from a file. A browser cannot keep a chosen file, so its words travel with the form."""
    try:
        facts = json.loads(text)
        kept = {name: str(facts[name]) for name in ("title", "lead", "body", "original", "language", "url")}
        name = str(facts["file"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArticleRefusedError(EMPTY) from error
    return bringing.again(kept), name
