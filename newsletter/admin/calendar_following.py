"""How one follows the calendar: the private address of the feed, and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from campaigns.calendar import following
from campaigns.calendar.models import Follower
from newsletter.admin.calendar import may_look
from newsletter.editions.reminding import PERMISSION

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


class WishesForm(forms.Form):
    """In which language, and whether by letter."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    wants_letters = forms.BooleanField(
        label=_("Write to me when a date draws near"), required=False, widget=UnfoldBooleanWidget
    )


@require_GET
@may_look
def show(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, since when, and what letters one gets."""
    return _page(request)


@require_POST
@never_cache
@may_look
def new_address(request: HttpRequest) -> HttpResponse:
    """Make a new address and show it this once; the one before opens nothing any more."""
    key = following.new_key(person=_person(request), language=_language(), now=timezone.now())
    address = settings.SITE_URL + reverse("calendar_feed", args=[key])
    others = [(name, f"{address}?language={code}") for code, name in settings.LANGUAGES]
    return _page(request, address=address, others=others)


@require_POST
@may_look
def close(request: HttpRequest) -> HttpResponse:
    """Close the address."""
    following.revoke(person=_person(request))
    messages.success(request, gettext("The address is closed. Calendars that followed it get nothing more."))
    return HttpResponseRedirect(reverse("admin:calendar_follow"))


@require_POST
@may_look
def wishes(request: HttpRequest) -> HttpResponse:
    """Keep the language and whether letters are wanted."""
    form = WishesForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    Follower.objects.update_or_create(person=_person(request), defaults=form.cleaned_data)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(reverse("admin:calendar_follow"))


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    person = _person(request)
    follower = Follower.objects.filter(person=person).first() or Follower(person=person, language=_language())
    initial = {"language": follower.language, "wants_letters": follower.wants_letters}
    context = {
        **admin.site.each_context(request),
        "title": gettext("Follow the calendar"),
        "follower": follower,
        "form": WishesForm(initial=initial),
        "gets_letters": person.has_perm(PERMISSION),
        "has_address": bool(person.email),
        **more,
    }
    return TemplateResponse(request, "admin/calendar/follow.html", context)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _language() -> str:
    spoken = get_language() or ""
    return spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
