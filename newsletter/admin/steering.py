"""The buttons on a mailing's page: pause, resume, cancel, and what is to happen where an answer was lost."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from newsletter.admin.progress import loaded, shown
from newsletter.delivery import steering
from newsletter.delivery.models import Mailing, UnknownPolicy
from newsletter.tasks import nudge

if TYPE_CHECKING:
    from django.http import HttpRequest

PERMISSION = "newsletter.change_mailing"


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def pause(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Stop within seconds, to go on later."""
    done = gettext("Paused. What is on the wire arrives; nothing else leaves.")
    return _steer(request, mailing_id, steering.pause, done)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def resume(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Go on where it stopped."""
    return _steer(request, mailing_id, steering.resume, gettext("It goes on where it stopped."))


@require_http_methods(["GET", "POST"])
@permission_required(PERMISSION, raise_exception=True)
def cancel(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """GET asks, POST cancels for good."""
    if request.method == "POST":
        return _steer(request, mailing_id, steering.cancel, gettext("Cancelled. Nobody else gets this mailing."))
    page = admin.site.each_context(request) | shown(request, loaded(mailing_id))
    page |= {"title": gettext("Cancel"), "opts": Mailing._meta}
    return TemplateResponse(request, "admin/mailing/cancel.html", page)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def choose(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """What is to happen from now on where an answer is lost."""
    hold = request.POST.get("policy") == UnknownPolicy.HOLD
    done = (
        gettext("From now on such copies are held until you decide.")
        if hold
        else gettext("From now on such copies are sent again by themselves. Those that are held stay held.")
    )
    policy = UnknownPolicy.HOLD if hold else UnknownPolicy.RESEND
    return _steer(request, mailing_id, functools.partial(steering.choose_policy, policy=policy), done)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def decide(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """A person's word on copies of unknown outcome: send them again, or leave them; one of them, or all."""
    resend, only = request.POST.get("resend") == "yes", request.POST.get("delivery", "")
    step = functools.partial(steering.decide, resend=resend, only=int(only) if only.isdecimal() else None)
    return _steer(request, mailing_id, step, functools.partial(_decided, resend))


def _decided(resend: bool, number: int) -> str:  # noqa: FBT001 (from decide alone)
    if not number:
        return gettext("Somebody decided that already.")
    if resend:
        words = ngettext("%(n)d copy is sent again.", "%(n)d copies are sent again.", number)
    else:
        words = ngettext("%(n)d copy is left as it is.", "%(n)d copies are left as they are.", number)
    return words % {"n": number}


def _steer(request: HttpRequest, mailing_id: int, step: Any, done: Any) -> HttpResponse:
    loaded(mailing_id)
    try:
        moved = step(mailing_id=mailing_id, now=timezone.now())
    except steering.MailingTransitionError:
        messages.warning(request, gettext("The mailing has moved on meanwhile; see below where it stands now."))
    else:
        messages.success(request, done(moved) if callable(done) else done)
        nudge(mailing_id=mailing_id)
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing_id]))


STEPS = {"pause": pause, "resume": resume, "cancel": cancel, "choose": choose, "decide": decide}
