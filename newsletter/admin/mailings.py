"""Mailings: what is under way, why it waits, and the buttons that pause, resume and cancel."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.admin.base import ReadOnly, display
from newsletter.admin import releasing
from newsletter.delivery import steering
from newsletter.delivery.models import DeliveryState, Mailing, MailingState
from newsletter.reports.figures import progress_of
from newsletter.tasks import nudge

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern

STATE_COLOURS = {
    MailingState.SCHEDULED: "info",
    MailingState.PREPARING: "info",
    MailingState.SENDING: "primary",
    MailingState.PAUSED: "warning",
    MailingState.FINISHED: "success",
    MailingState.CANCELLED: "danger",
}
SENTENCES = {
    MailingState.SCHEDULED: _("It waits for its time. Nothing has been sent."),
    MailingState.PREPARING: _("The list of recipients is being written. Sending begins by itself."),
    MailingState.SENDING: _("It is being sent. You can leave this page."),
    MailingState.PAUSED: _("It is paused: nobody gets anything until you resume it."),
    MailingState.FINISHED: _("It is finished: everybody on the list has an outcome."),
    MailingState.CANCELLED: _("It was cancelled. Who already got it keeps it; nobody else will get it."),
}
MINUTE = 60
CAN_PAUSE = {MailingState.SCHEDULED, MailingState.PREPARING, MailingState.SENDING}


@admin.register(Mailing)
class MailingAdmin(ReadOnly):
    """Sends of editions, read-only but for their buttons."""

    belongs_here = _("A mailing is one send of an edition. Approve an edition and launch it; its mailing appears here.")
    change_form_template: ClassVar[str | None] = "admin/mailing/page.html"
    list_display = ("edition_subject", "standing", "due_at", "started_at", "finished_at", "launched_by")
    list_filter = ("state", "edition__newsletter")
    list_select_related = ("edition", "launched_by")
    search_fields = ("edition__slug", "edition__code", "edition__texts__subject")
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        """Mailings with their editions' words."""
        return super().get_queryset(request).prefetch_related("edition__texts")

    def get_urls(self) -> list[URLPattern]:
        """The moving part of the page and its buttons."""
        views = {"progress": progress, "pause": pause, "resume": resume, "cancel": cancel, "decide": decide}
        views |= {"release": releasing.release}
        own = [
            path(f"<int:mailing_id>/{name}/", self.admin_site.admin_view(view), name=f"mailing_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The mailing's page: its figures instead of a form."""
        context |= _figures(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=_("edition"), ordering="edition__slug")
    def edition_subject(self, mailing: Mailing) -> str:
        """The edition's subject in the reader's language."""
        return str(mailing.edition)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, mailing: Mailing) -> tuple[str, str]:
        """The state as a badge."""
        return mailing.state, mailing.get_state_display()


@require_GET
@permission_required("newsletter.view_mailing", raise_exception=True)
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The moving part of the page, asked for every two seconds while something moves."""
    return render(request, "admin/mailing/progress.html", _figures(request, _mailing(mailing_id)))


@require_POST
@permission_required("newsletter.change_mailing", raise_exception=True)
def pause(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Stop within seconds, to go on later."""
    return _steer(
        request, mailing_id, steering.pause, gettext("Paused. What is on the wire arrives; nothing else leaves.")
    )


@require_POST
@permission_required("newsletter.change_mailing", raise_exception=True)
def resume(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Go on where it stopped."""
    return _steer(request, mailing_id, steering.resume, gettext("It goes on where it stopped."))


@require_http_methods(["GET", "POST"])
@permission_required("newsletter.change_mailing", raise_exception=True)
def cancel(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """GET asks, POST cancels for good."""
    if request.method == "POST":
        return _steer(request, mailing_id, steering.cancel, gettext("Cancelled. Nobody else gets this mailing."))
    context = {
        **admin.site.each_context(request),
        **_figures(request, _mailing(mailing_id)),
        "title": gettext("Cancel"),
    }
    return TemplateResponse(request, "admin/mailing/cancel.html", {**context, "opts": Mailing._meta})


@require_POST
@permission_required("newsletter.change_mailing", raise_exception=True)
def decide(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """A person's word on copies of unknown outcome: send them again, or leave them."""
    resend = request.POST.get("resend") == "yes"
    done = gettext("They are sent again.") if resend else gettext("They are left as they are.")
    return _steer(request, mailing_id, functools.partial(steering.decide, resend=resend), done)


def _steer(request: HttpRequest, mailing_id: int, step: Any, done: str) -> HttpResponse:
    _mailing(mailing_id)
    try:
        step(mailing_id=mailing_id, now=timezone.now())
    except steering.MailingTransitionError:
        messages.warning(request, gettext("The mailing has moved on meanwhile; see below where it stands now."))
    else:
        messages.success(request, done)
        nudge(mailing_id=mailing_id)
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing_id]))


def _mailing(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("edition"), pk=mailing_id)


def _figures(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    figures = progress_of(mailing=mailing, now=timezone.now())
    may_steer = request.user.has_perm("newsletter.change_mailing")
    state = MailingState(mailing.state)
    return {
        "mailing": mailing,
        "figures": figures,
        "sentence": SENTENCES[state],
        "percent": 100 * figures.done // figures.total if figures.total else 0,
        "states": [(label, figures.counts.get(value, 0)) for value, label in DeliveryState.choices],
        "moving": state not in {MailingState.FINISHED, MailingState.CANCELLED},
        "undecided": figures.undecided if may_steer else 0,
        "left": _about(figures.seconds_left),
        "may_pause": may_steer and state in CAN_PAUSE,
        "may_resume": may_steer and state == MailingState.PAUSED,
        "zone": timezone.get_current_timezone_name(),
        **releasing.standing(request, mailing),
    }


def _about(seconds: int | None) -> str:
    """A span in words, rounded as people say it; empty when nobody knows."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return gettext("less than a minute")
    minutes = round(seconds / MINUTE)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
