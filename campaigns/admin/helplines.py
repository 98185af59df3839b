"""The help directory: what may be printed, what falls due, what nobody may print."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Case, CharField, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.admin.base import Admin, action, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import words_at_hand
from campaigns.helplines.models import Helpline, HelplineText
from campaigns.helplines.verifying import verify

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

HelplineForm = texts_form(text=HelplineText, owner="helpline")
DUE_SOON = dt.timedelta(days=30)
STANDINGS = {
    "verified": _("verified"),
    "expiring": _("expiring"),
    "expired": _("expired"),
    "unverified": _("unverified"),
}
COLOURS = {"verified": "success", "expiring": "warning", "expired": "danger", "unverified": "danger"}


class StandingFilter(admin.SimpleListFilter):
    """Verified, expiring within thirty days, expired, never verified."""

    title = _("verification")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, Any]]:
        """The four standings."""
        return list(STANDINGS.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the chosen standing; an unknown word chooses nothing."""
        return queryset.filter(standing=self.value()) if self.value() in STANDINGS else queryset


@admin.register(Helpline)
class HelplineAdmin(Admin):
    """Places to turn to."""

    belongs_here = _("Helplines are put into editions by country and language. Only verified entries are printed.")
    first_step = _("Enter the first helpline")
    new_title = _("New helpline")
    form = HelplineForm
    list_display = ("reached_by", "names", "country", "kind", "audience", "languages", "verification", "review_by")
    list_filter = (StandingFilter, "country", "kind", "audience")
    search_fields = ("slug", "phone", "sms", "texts__name")
    ordering = (F("review_by").asc(nulls_first=True), "pk")
    readonly_fields = ("verified_by",)
    actions = ("verified_today",)
    fieldsets = (
        *language_tabs(HelplineForm),
        (_("How to reach it"), {"fields": ["phone", "sms", "chat_url", "web_url"]}),
        (_("Whom it is for"), {"fields": ["country", "spoken_languages", "kind", "audience", "order", "slug"]}),
        (_("Verification"), {"fields": ["source_url", "verified_on", "review_by", "verified_by"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Helpline]:
        """Entries with their words and their standing today."""
        queryset = super().get_queryset(request).prefetch_related("texts")
        return cast("QuerySet[Helpline]", queryset.annotate(standing=standing_on(timezone.localdate())))

    @action(description=_("Verified today"), permissions=["change"])
    def verified_today(self, request: HttpRequest, queryset: QuerySet[Helpline]) -> None:
        """Note that somebody has just checked the chosen entries at their source."""
        count = verify(helplines=queryset, by=cast("User", request.user), today=timezone.localdate())
        text = ngettext("%(count)d helpline is verified.", "%(count)d helplines are verified.", count)
        messages.success(request, text % {"count": count})

    @display(description=_("reached by"), ordering="phone")
    def reached_by(self, helpline: Helpline) -> str:
        """The number, or where else it answers."""
        return helpline.phone or helpline.sms or helpline.chat_url or helpline.web_url

    @display(description=_("name"))
    def names(self, helpline: Helpline) -> str:
        """Its name in the reader's language."""
        return words_at_hand(helpline, "name") or helpline.slug

    @display(description=_("languages"))
    def languages(self, helpline: Helpline) -> SafeString:
        """Which languages are written."""
        return completeness(helpline.texts.all())

    @display(description=_("verification"), ordering="review_by", label=COLOURS)
    def verification(self, helpline: Any) -> tuple[str, Any]:
        """The standing as a badge."""
        return helpline.standing, STANDINGS[helpline.standing]


def standing_on(today: dt.date) -> Case:
    """SQL for one of STANDINGS on `today`."""
    return Case(
        When(Q(verified_on__isnull=True), then=Value("unverified")),
        When(Q(review_by__lt=today), then=Value("expired")),
        When(Q(review_by__lt=today + DUE_SOON), then=Value("expiring")),
        default=Value("verified"),
        output_field=CharField(),
    )
