"""The home page, signing up, and the notice that goes with it. Whoever signs up gets the same answer (X3).

These forms carry no authority: no session, no cookie, nothing that a foreign page could borrow. So they need no CSRF
token, and the public site stays without cookies (TR4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletter import tasks
from newsletter.audience import subscribing
from newsletter.pages.forms import SignUpForm
from newsletter.pages.naming import offered_here
from newsletter.pages.nudging import nudge
from newsletter.pages.origins import origin_of
from newsletter.pages.pacing import evenly
from newsletter.pages.reading import newest_editions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEWEST = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the sign-up form, the newest editions."""
    offers = list(offered_here())
    context = {"offers": offers, "form": SignUpForm(offers=offers), "editions": newest_editions(most=NEWEST)}
    return render(request, "pages/home.html", context)


@csrf_exempt  # see above: nothing to borrow
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form on a page of its own; its answer is the same for everybody."""
    offers = list(offered_here())
    if request.method != "POST":
        return render(request, "pages/sign_up.html", {"offers": offers, "form": SignUpForm(offers=offers)})
    form = SignUpForm(offers=offers, data=request.POST)
    if not form.is_valid() or form.came_oddly:
        return render(request, "pages/sign_up.html", {"offers": offers, "form": form, "again": form.is_valid()})
    with evenly():
        if not form.is_from_a_robot:
            _take_note(request, form)
    return HttpResponseRedirect(reverse("signed_up"), status=303)


@require_safe
def look_into_your_mailbox(request: HttpRequest) -> HttpResponse:
    """What comes next, for everybody the same."""
    return render(request, "pages/signed_up.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice of GDPR art. 13, the short layer first (C5)."""
    return render(request, "pages/privacy.html", {"offers": list(offered_here())})


def _take_note(request: HttpRequest, form: SignUpForm) -> None:
    said = form.cleaned_data
    subscribing.sign_up(
        address=said["address"],
        first_name=said["first_name"],
        language=said["language"],
        newsletters=list(said["newsletters"]),
        origin=origin_of(request, method="form", now=timezone.now()),
    )
    nudge(tasks.send_letters)
