"""Feeds: how each fares, a try before it is saved, a look on demand, and the drafts that came from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.admin import looking
from campaigns.admin.base import Admin, display
from campaigns.feeds import changing
from campaigns.feeds.health import WORDS, health_of
from campaigns.feeds.models import Feed, FeedEntry
from campaigns.feeds.trying import Trial, try_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

COLOURS = {
    "fresh": "success", "waiting": "info", "quiet": "warning", "full": "warning", "failing": "danger", "off": "default",
}  # fmt: skip
SHOWN = 20
"""Of a feed's newest entries, on its page."""


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]  # the model is named by the admin
    """A feed's form. With the button "Try it out" it is never valid: it comes back as it was typed, with what was found."""

    trial: Trial | None = None

    def is_valid(self) -> bool:
        """Whether it may be saved."""
        if "_try" not in self.data:
            return super().is_valid()
        for name in set(self.errors) - {"url"}:  # who only tries an address has not filled in the rest
            del self.errors[name]
        if "url" not in self.errors:
            self.trial = self._tried()
        return False

    def _tried(self) -> Trial:
        language = self.cleaned_data.get("language") or ""
        return try_out(url=self.instance.url, language=language, now=timezone.now())


@admin.register(Feed)
class FeedAdmin(Admin):
    """Addresses that are looked at for news."""

    belongs_here = _(
        "A feed is an address where an agency or a CERT announces its news. What it brings becomes drafts here."
    )
    first_step = _("Enter the first feed")
    new_title = _("New feed")
    form = FeedForm
    change_form_outer_before_template = "admin/feeds/standing.html"
    change_form_after_template = "admin/feeds/try.html"
    change_form_outer_after_template = "admin/feeds/came.html"
    list_display = ("name", "standing", "says", "waiting", "source", "language", "interval")
    list_filter = ("active", "language", "source")
    list_select_related = ("source",)
    search_fields = ("name", "url", "source__name")
    ordering = ("name", "pk")
    autocomplete_fields = ("source", "topics", "campaigns")
    fieldsets = (
        (_("Where"), {"fields": ["url", "name", ("source", "language")]}),
        (_("What its drafts are given"), {"fields": ["topics", "campaigns", "sensitivity"]}),
        (_("When and how many"), {"fields": ["active", ("interval", "most_entries")]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        """Feeds with how many of their drafts wait."""
        drafts = FeedEntry.objects.drafts().filter(feed=OuterRef("pk")).order_by().values("feed")
        counted = Subquery(drafts.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
        rows: QuerySet[Feed] = super().get_queryset(request).annotate(drafts=Coalesce(counted, 0))
        return rows

    def get_urls(self) -> list[URLPattern]:
        """Buttons that act at once."""
        steps = [
            path(f"<int:feed_id>/{name}/", self.admin_site.admin_view(view), name=f"feed_{name}")
            for name, view in looking.STEPS.items()
        ]
        return [*steps, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; an address that a try has found is put into it and tried."""
        if "_found" in request.POST:
            posted: Any = request.POST.copy()
            posted.update({"_try": "1"})
            posted["url"] = posted["_found"]
            request.POST = posted
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form with how the feed fares, what a try has found, and what came last."""
        feed = context.get("original")
        context["trial"] = getattr(context["adminform"].form, "trial", None)
        if feed and feed.pk:
            context["health"] = health_of(feed, now=timezone.now())
            context["came"] = feed.entries.told().order_by("-pk")[:SHOWN]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Save; a new address, or one that is switched on again, begins afresh."""
        super().save_model(request, obj, form, change)
        if not change or {"url", "active"} & set(form.changed_data):
            changing.begin_afresh(feed=obj, now=timezone.now())

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """What goes with a feed: what is remembered of it, as a number, for there may be ten thousand entries."""
        feeds = list(objs)
        entries = FeedEntry.objects.filter(feed__in=feeds).count()
        counts = {Feed._meta.verbose_name_plural: len(feeds), FeedEntry._meta.verbose_name_plural: entries}
        allowed = self.has_delete_permission(request)
        return [str(feed) for feed in feeds], counts, set() if allowed else {Feed._meta.verbose_name}, []

    @display(description=_("state"), ordering="failing_since", label=COLOURS)
    def standing(self, feed: Feed) -> tuple[str, Any]:
        """How it fares, as a badge."""
        word = health_of(feed, now=timezone.now()).word
        return word, WORDS[word]

    @display(description=_("how it fares"), ordering="fresh_at")
    def says(self, feed: Feed) -> SafeString:
        """How it fares, as a sentence."""
        health = health_of(feed, now=timezone.now())
        return render_to_string("admin/feeds/health.html", {"health": health})

    @display(description=_("drafts waiting"), ordering="drafts")
    def waiting(self, feed: Any) -> int:
        """How many of its drafts nobody has dealt with."""
        return int(feed.drafts)
