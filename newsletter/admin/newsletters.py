"""Newsletters: sender, look, languages, and words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q
from django.urls import path
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminColorInputWidget

from campaigns.admin.base import Admin, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from newsletter.admin import servers
from newsletter.audience.models import SubscriptionState
from newsletter.delivery import choosing
from newsletter.editions.models import Newsletter, NewsletterText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

TextsForm = texts_form(text=NewsletterText, owner="newsletter")
ACTIVE = Q(subscriptions__state=SubscriptionState.ACTIVE)


GONE = _("%s (no longer in SMTP_URL)")
NO_SUCH_SERVER = _("There is no mail server called %(value)s in SMTP_URL.")
NONE_LEFT = _(
    "None of these servers is in SMTP_URL any more, so its mail would wait. Tick another, or none to use any."
)


class NewsletterForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A newsletter; its languages are ticked, not typed as JSON."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    window_days = forms.TypedMultipleChoiceField(
        label=_("Sends on"),
        help_text=_("No day ticked: on every day."),
        choices=[(day + 1, name) for day, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    servers = forms.MultipleChoiceField(
        label=_("Mail servers"),
        help_text=Newsletter._meta.get_field("servers").help_text,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [server.name for server in choosing.readable()]
        gone = [name for name in self.instance.servers if name not in names]
        self.fields["servers"].choices = [(name, name) for name in names] + [(name, GONE % name) for name in gone]
        self.fields["servers"].error_messages["invalid_choice"] = NO_SUCH_SERVER

    def clean_servers(self) -> list[str]:
        """Whoever names only servers that are gone would never be mailed."""
        chosen: list[str] = self.cleaned_data["servers"]
        known = {server.name for server in choosing.readable()}
        if chosen and not known.intersection(chosen):
            raise forms.ValidationError(NONE_LEFT)
        return chosen

    class Meta:
        widgets = {"brand_colour": UnfoldAdminColorInputWidget, "signal_colour": UnfoldAdminColorInputWidget}


@admin.register(Newsletter)
class NewsletterAdmin(Admin):
    """Publications people subscribe to."""

    belongs_here = _("A newsletter is what people subscribe to: a sender, a look, languages and a consent wording.")
    first_step = _("Set up the first newsletter")
    new_title = _("New newsletter")
    form = NewsletterForm
    list_display = ("name", "languages_written", "sender_email", "readers")
    search_fields = ("slug", "texts__name", "sender_email")
    ordering = ("slug",)
    autocomplete_fields = ("logo",)
    fieldsets = (
        *language_tabs(TextsForm),
        (_("Sender"), {"fields": ["sender_email", "reply_to", "postal_address", "servers"]}),
        (_("Readers"), {"fields": ["slug", "languages", "country"]}),
        (_("Hours"), {"fields": ["time_zone", "window_days", ("window_from", "window_to")]}),
        (_("Look"), {"fields": ["logo", "brand_colour", "signal_colour"]}),
        (
            _("Limits"),
            {
                "fields": ["per_second", "per_hour", "per_day"],
                "description": _("How much of this newsletter may leave, over all workers. Empty: as much as can."),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Newsletter]:
        """Newsletters with their words and the number of their active subscriptions."""
        queryset: QuerySet[Newsletter] = super().get_queryset(request).prefetch_related("texts")
        return queryset.annotate(active=Count("subscriptions", filter=ACTIVE))

    def get_urls(self) -> list[URLPattern]:
        """The mail servers stand beside the newsletters that use them."""
        own = [
            path("servers/", self.admin_site.admin_view(servers.show), name="mail_servers"),
            path("servers/test/", self.admin_site.admin_view(servers.test), name="mail_servers_test"),
        ]
        return [*own, *super().get_urls()]

    @display(description=_("name"), ordering="slug")
    def name(self, newsletter: Newsletter) -> str:
        """The name in the reader's language."""
        return str(newsletter)

    @display(description=_("languages"))
    def languages_written(self, newsletter: Newsletter) -> SafeString:
        """Which languages are written."""
        return completeness(newsletter.texts.all())

    @display(description=_("active subscriptions"), ordering="active")
    def readers(self, newsletter: Any) -> int:
        """How many people get it."""
        return int(newsletter.active)
