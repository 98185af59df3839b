"""Receiving providers and their limits, and the warm-up of sender domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import F
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, action, display
from newsletter.delivery import breaking, providers, sentences
from newsletter.delivery.receivers import Provider
from newsletter.delivery.warming import WarmUp

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

STATES = {"open": "success", "careful": "warning", "stopped": "danger"}
WORDS: dict[str, _StrPromise] = {
    "open": _("mail flows"),
    "careful": _("carefully again"),
    "stopped": _("left alone"),
}
SPECIAL: dict[str, _StrPromise] = {breaking.OTHERS: _("All others"), breaking.ALL: _("Everybody (our own servers)")}


@admin.register(Provider)
class ProviderAdmin(Admin):
    """What may leave to each provider, and who is left alone just now."""

    belongs_here = _("The companies that receive mail for our readers stand here, with the limits for each of them.")
    list_display = ("called", "standing", "reason", "flow", "open_connections")
    search_fields = ("key",)
    ordering = (F("stopped_until").desc(nulls_last=True), "key")
    list_per_page = 200
    actions = ("release",)
    readonly_fields = ("state", "reason")
    fieldsets = (
        (None, {"fields": ["state", "reason"]}),
        (
            _("Limits"),
            {
                "fields": ["per_second", "per_hour", "per_day", "connections", "mails_per_connection"],
                "description": _("Over all workers and mailings. Empty: no limit, or the start value."),
            },
        ),
    )

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: the providers we know come with the program."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: empty its limits instead."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (Django's signature)
        """The form, with the start values shown where nothing is set."""
        form = super().get_form(request, obj, change, **kwargs)
        known = providers.PROVIDERS.get(obj.pk) if obj else None
        for name in ("connections", "mails_per_connection"):
            if known and name in form.base_fields:
                form.base_fields[name].widget.attrs["placeholder"] = str(getattr(known, name))
        return form

    @display(description=_("provider"), ordering="key")
    def called(self, provider: Provider) -> str:
        """What people call it."""
        return str(SPECIAL.get(provider.pk) or providers.name_of(provider.pk))

    @display(description=_("state"), label=STATES)
    def standing(self, provider: Provider) -> tuple[str, str]:
        """Whether mail flows, as a badge."""
        word = _word(provider)
        return word, str(WORDS[word])

    @display(description=_("state"))
    def state(self, provider: Provider) -> str:
        """Whether mail flows, in words."""
        return str(WORDS[_word(provider)])

    @display(description=_("why"))
    def reason(self, provider: Provider) -> str:
        """Why it is left alone, in the reader's language."""
        return sentences.said(text=breaking.standing(row=provider, most=0, now=timezone.now()).sentence)

    @display(description=_("limits"))
    def flow(self, provider: Provider) -> str:
        """Its limits in words."""
        words = (
            (provider.per_second, gettext("%(n)s a second")),
            (provider.per_hour, gettext("%(n)s an hour")),
            (provider.per_day, gettext("%(n)s a day")),
        )
        return ", ".join(text % {"n": number_format(number)} for number, text in words if number)

    @display(description=_("connections"))
    def open_connections(self, provider: Provider) -> int | None:
        """How many at the same time."""
        known = providers.PROVIDERS.get(provider.pk)
        return provider.connections or (known.connections if known else None)

    @action(description=_("Let mail flow again"), permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet[Provider]) -> None:
        """Somebody knows that it is mended."""
        for provider in queryset:
            breaking.release(provider=provider.pk)
        number = len(queryset)
        done = ngettext("Mail to %(n)d provider flows again.", "Mail to %(n)d providers flows again.", number)
        messages.success(request, done % {"n": number})


def _word(provider: Provider) -> str:
    now = breaking.standing(row=provider, most=0, now=timezone.now())
    return "stopped" if now.until else "careful" if now.connections else "open"


@admin.register(WarmUp)
class WarmUpAdmin(Admin):
    """How the mail of new sender domains grows."""

    belongs_here = _(
        "A new sender domain should begin with little mail. Enter it here, and its mail grows from day to day, "
        "spread over the hours, separately for each receiving provider."
    )
    first_step = _("Warm up a domain")
    new_title = _("New warm-up")
    list_display = ("domain", "started_on", "first_day", "factor", "until_per_day")
    search_fields = ("domain",)
    ordering = ("domain",)

    def get_readonly_fields(self, _request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The domain is chosen once."""
        return ("domain",) if obj else ()
