"""The help directory: what may be printed, what falls due, what nobody may print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import F
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin import checking
from campaigns.admin.base import Admin, TabularInline, action, completeness, display
from campaigns.admin.helpline_forms import HelplineForm, HoursForm, HoursFormSet
from campaigns.admin.texts import language_tabs
from campaigns.content.models import words_at_hand
from campaigns.helplines import verifying
from campaigns.helplines.countries import name_of
from campaigns.helplines.models import DUE_SOON, Helpline, HelplineHours, Standing, standing_on

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

__all__ = ["DUE_SOON", "STANDINGS", "HelplineAdmin", "standing_on"]
STANDINGS = dict(Standing.choices)
DUE = "due"
COLOURS = {"verified": "success", "expiring": "warning", "expired": "danger", "unverified": "danger"}


class StandingFilter(admin.SimpleListFilter):
    """What falls due, or one of the four standings."""

    title = _("verification")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, Any]]:
        """What falls due first: it is why somebody comes here."""
        return [(DUE, _("falls due within 30 days, or is overdue")), *STANDINGS.items()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the chosen standing; an unknown word chooses nothing."""
        if self.value() == DUE:
            return queryset.filter(standing__in=[Standing.EXPIRING, Standing.EXPIRED])
        return queryset.filter(standing=self.value()) if self.value() in STANDINGS else queryset


class CountryFilter(admin.SimpleListFilter):
    """The countries that have entries, by name."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, Any]]:
        """Code and name, in the order of the names."""
        codes = Helpline.objects.order_by("country").values_list("country", flat=True).distinct()
        return sorted(((code, str(name_of(code))) for code in codes), key=lambda pair: pair[1])

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen country."""
        return queryset.filter(country=self.value()) if self.value() else queryset


class HoursInline(TabularInline):
    """When somebody answers: a line per run of days with the same times."""

    model = HelplineHours
    form = HoursForm
    formset = HoursFormSet
    hide_title = True
    extra = 0
    ordering = ("first_day", "opens")
    verbose_name = _("line of hours")
    verbose_name_plural = _("Hours")


@admin.register(Helpline)
class HelplineAdmin(Admin):
    """Places to turn to."""

    belongs_here = _("Helplines are put into editions by country and language. Only verified entries are printed.")
    first_step = _("Enter the first helpline")
    new_title = _("New helpline")
    change_form_template: ClassVar[str | None] = "admin/helpline/form.html"
    form = HelplineForm
    inlines = (HoursInline,)
    list_display = ("reached_by", "names", "land", "kind", "verification", "review_by", "keeper", "languages")
    list_filter = (StandingFilter, CountryFilter, "kind", "audience")
    list_select_related = ("responsible",)
    search_fields = ("slug", "phone", "sms", "texts__name")
    ordering = (F("review_by").asc(nulls_last=True), "country", "order", "pk")
    readonly_fields = ("verified_by",)
    actions = ("verified_today",)
    actions_detail = ("check_now",)
    actions_submit_line = ("save_and_verify",)
    fieldsets = (
        *language_tabs(HelplineForm),
        (_("How to reach it"), {"fields": ["phone", "sms", "chat_url", "web_url", "charge"]}),
        (_("Whom it is for"), {"fields": ["country", "spoken_languages", "kind", "audience", "order", "slug"]}),
        (_("When somebody answers"), {"fields": ["round_the_clock", "on_holidays", "time_zone"]}),
        (
            _("Verification"),
            {"fields": ["source_url", "verified_on", "review_by", "verified_by", "responsible"]},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """The page where an entry is compared with its source stands beside its form."""
        check = self.admin_site.admin_view(checking.check)
        return [path("<int:helpline_id>/check/", check, name="helpline_check"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Helpline]:
        """Entries with their words and their standing today."""
        queryset = super().get_queryset(request).prefetch_related("texts")
        return cast("QuerySet[Helpline]", queryset.annotate(standing=standing_on(timezone.localdate())))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Responsible can be who works here."""
        if db_field.name == "responsible":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, with its standing above and its history below."""
        if entry := context.get("original"):
            stored = Helpline.objects.whole().select_related("verified_by").get(pk=entry.pk)  # not what a form tried
            context |= checking.about(stored) | {"state": verifying.state_at_rest(stored)}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Helpline, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Remember what stood there, and save."""
        form.before = verifying.digest_at_rest(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write words and hours; then a check holds only for what was checked (G7)."""
        super().save_related(request, form, formsets, change)
        checking.settle(request, form, verified_today=_pressed(request, "save_and_verify"))

    @action(description=_("Verified today"), permissions=["change"])
    def verified_today(self, request: HttpRequest, queryset: QuerySet[Helpline]) -> None:
        """Note that somebody has just checked the chosen entries at their source."""
        count = verifying.verify(helplines=queryset, by=cast("User", request.user), now=timezone.now())
        text = ngettext("%(count)d helpline is verified.", "%(count)d helplines are verified.", count)
        messages.success(request, text % {"count": count})

    @action(description=_("Check it now"), icon="fact_check", url_path="to-check", permissions=["view"])
    def check_now(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to where it is compared with its source."""
        return HttpResponseRedirect(reverse("admin:helpline_check", args=[object_id]))

    @action(description=_("Save as verified today"), permissions=["change"])
    def save_and_verify(self, request: HttpRequest, obj: Helpline) -> None:
        """Only saves; `save_related` verifies when words and hours are written."""

    @display(description=_("reached by"), ordering="phone")
    def reached_by(self, helpline: Helpline) -> str:
        """The number, or where else it answers."""
        return helpline.phone or helpline.sms or urlsplit(helpline.chat_url or helpline.web_url).netloc

    @display(description=_("name"))
    def names(self, helpline: Helpline) -> str:
        """Its name in the reader's language."""
        return words_at_hand(helpline, "name") or helpline.slug

    @display(description=_("country"), ordering="country")
    def land(self, helpline: Helpline) -> str:
        """Its country by name."""
        return str(name_of(helpline.country))

    @display(description=_("languages"))
    def languages(self, helpline: Helpline) -> SafeString:
        """Which languages are written."""
        return completeness(helpline.texts.all())

    @display(description=_("verification"), ordering="review_by", label=COLOURS)
    def verification(self, helpline: Any) -> tuple[str, Any]:
        """The standing as a badge."""
        return helpline.standing, STANDINGS[helpline.standing]

    @display(description=_("responsible"), ordering="responsible__username")
    def keeper(self, helpline: Helpline) -> str:
        """Who gets the letter; everybody who may change it where nobody is named."""
        return str(helpline.responsible or gettext("everybody"))


def _pressed(request: HttpRequest, name: str) -> bool:
    return any(field.endswith(f"_{name}") for field in request.POST)
