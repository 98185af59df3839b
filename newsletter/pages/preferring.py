"""/p/<token>: what a reader may change about themselves; and asking for that link again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletter import tasks
from newsletter.audience import subscribing
from newsletter.audience.models import SubscriptionState
from newsletter.editions.models import Newsletter
from newsletter.lib.links import Purpose
from newsletter.pages import stamping
from newsletter.pages.admitting import Visitor, signed
from newsletter.pages.forms import AddressForm, PreferencesForm
from newsletter.pages.naming import offered_to
from newsletter.pages.nudging import nudge
from newsletter.pages.origins import origin_of
from newsletter.pages.speaking import speak

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

EVERYTHING = 0
"""In place of a newsletter's id: all of them."""


@signed(Purpose.PREFERENCES)
def preferences(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is set; on POST save it, or leave everything."""
    if request.method != "POST":
        return _show(request, visitor, form=_form_as_it_is(visitor))
    if request.POST.get("act") == "leave":
        return _leave_everything(request, visitor)
    return _save(request, visitor)


@csrf_exempt  # no session, no cookie: nothing a foreign page could borrow
@require_http_methods(["GET", "HEAD", "POST"])
def my_link(request: HttpRequest) -> HttpResponse:
    """Ask for one's own link by mail; the answer is the same for everybody (X3)."""
    if request.method != "POST":
        form = AddressForm(initial={"stamp": stamping.stamp(now=timezone.now())})
        return render(request, "pages/my_link.html", {"form": form})
    form = AddressForm(data=request.POST)
    if not form.is_valid() or form.came_oddly:
        return render(request, "pages/my_link.html", {"form": form, "again": form.is_valid()})
    if not form.is_from_a_robot:
        nudge(tasks.send_my_link, fingerprint=form.fingerprint, language=get_language())
    return HttpResponseRedirect(reverse("my_link_next"), status=303)


@require_safe
def my_link_is_coming(request: HttpRequest) -> HttpResponse:
    """What comes next, for everybody the same."""
    return render(request, "pages/my_link_next.html")


def _save(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = PreferencesForm(data=request.POST)
    if not form.is_valid():
        return _show(request, visitor, form=form)
    wished = form.cleaned_data
    subscribing.change_preferences(
        subscriber_id=visitor.subscriber.public_id,
        language=wished["language"],
        first_name=wished["first_name"],
        newsletters=list(wished["newsletters"]),
        origin=origin_of(request, method="preferences", now=visitor.now),
        time_zone=wished["time_zone"] if "time_zone" in form.data else None,
    )
    visitor.subscriber.refresh_from_db()
    speak(request, wished["language"])
    return _show(request, visitor, form=_form_as_it_is(visitor), saved=True)


def _leave_everything(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    origin = origin_of(request, method="preferences", now=visitor.now)
    subscribing.unsubscribe(subscriber_id=visitor.subscriber.public_id, newsletter_id=EVERYTHING, origin=origin)
    return _show(request, visitor, form=_form_as_it_is(visitor), left=True)


def _show(request: HttpRequest, visitor: Visitor, *, form: PreferencesForm, **news: bool) -> HttpResponse:
    context = {"visitor": visitor, "form": form, "offers": offered_to(visitor.subscriber), **news}
    return render(request, "pages/preferences.html", context)


def _form_as_it_is(visitor: Visitor) -> PreferencesForm:
    person = visitor.subscriber
    slugs = [newsletter.slug for newsletter in _received_by(visitor)]
    described = {"language": person.language, "first_name": person.first_name, "time_zone": person.time_zone}
    return PreferencesForm(initial={**described, "newsletters": slugs})


def _received_by(visitor: Visitor) -> QuerySet[Newsletter]:
    return Newsletter.objects.filter(
        subscriptions__subscriber=visitor.subscriber, subscriptions__state=SubscriptionState.ACTIVE
    )
