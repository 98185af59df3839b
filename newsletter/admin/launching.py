"""Launching an edition: first a page that says who will get it and when, then the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from newsletter.admin.forms import LaunchForm
from newsletter.audience import segments
from newsletter.composition.freezing import (
    ChangedSinceApprovalError,
    FindingsError,
    NotApprovedError,
    SecondApproverError,
)
from newsletter.delivery import local_times, scheduling, windows
from newsletter.delivery.launching import AlreadyMailedError
from newsletter.delivery.launching import launch as launch_mailing
from newsletter.delivery.models import Lane, MailingState
from newsletter.editions.models import Edition, EditionState
from newsletter.lib.wall_clock import first_moment
from newsletter.tasks import nudge

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from newsletter.delivery.models import Mailing
    from newsletter.editions.models import Newsletter


@require_http_methods(["GET", "POST"])
@permission_required("newsletter.add_mailing", raise_exception=True)
def launch(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET asks: how many people, in which language, when. POST launches, once."""
    edition = get_object_or_404(Edition.objects.select_related("newsletter").prefetch_related("texts"), pk=edition_id)
    form = LaunchForm(request.POST if request.method == "POST" else request.GET)
    if form.is_valid() and form.cleaned_data["urgent"] and not request.user.has_perm("newsletter.launch_urgent"):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        return _launched(request, edition, form)
    return _question(request, edition, form)


STEPS = {"launch": launch}


def _launched(request: HttpRequest, edition: Edition, form: LaunchForm) -> HttpResponse:
    try:
        mailing = launch_mailing(
            edition=edition, now=timezone.now(), by=cast("User", request.user), **_wishes(edition.newsletter, form)
        )
    except AlreadyMailedError as error:
        messages.warning(
            request, gettext("This edition is already being sent: here is its mailing. Nothing was sent twice.")
        )
        return _to_mailing(error.mailing)
    except SecondApproverError:
        messages.error(
            request,
            gettext("A sensitive edition needs two approvers. Return it to draft, and let two people approve it."),
        )
        return HttpResponseRedirect(reverse("admin:edition_desk", args=[edition.pk]))
    except (NotApprovedError, ChangedSinceApprovalError, FindingsError):
        messages.error(
            request,
            gettext("This edition changed since it was approved, or was not approved. Approve it, then launch."),
        )
        return HttpResponseRedirect(reverse("admin:edition_desk", args=[edition.pk]))
    nudge(mailing_id=mailing.pk)
    messages.success(request, _said_of(mailing))
    return _to_mailing(mailing)


def _wishes(newsletter: Newsletter, form: LaunchForm) -> dict[str, Any]:
    """What the form says, as `launch` takes it: a reader's clock is counted from the newsletter's, not the site's."""
    due_at = form.due_at
    if form.at_local_time and due_at:
        due_at = first_moment(wall=timezone.make_naive(due_at), zone=windows.zone_of(newsletter))
    return {
        "due_at": due_at,
        "at_local_time": form.at_local_time,
        "expires_at": form.cleaned_data["expires"],
        "lane": Lane.URGENT if form.cleaned_data["urgent"] else Lane.NORMAL,
    }


def _said_of(mailing: Mailing) -> str:
    if mailing.lane == Lane.URGENT:
        return gettext("Launched. It leaves as soon as a second person has released it here.")
    return gettext("Launched. This page follows the mailing.")


def _question(request: HttpRequest, edition: Edition, form: LaunchForm) -> HttpResponse:
    valid = form.is_valid()
    context = {
        **admin.site.each_context(request),
        "title": gettext("Launch"),
        "opts": Edition._meta,
        "edition": edition,
        "original": edition,
        "approved": edition.state == EditionState.APPROVED,
        "live": edition.mailings.exclude(state=MailingState.CANCELLED).first(),
        "form": form,
        "ready": valid,
        **(_when(edition, form) if valid else {}),
        **_readers(edition),
        "zone": timezone.get_current_timezone_name(),
    }
    return TemplateResponse(request, "admin/edition/launch.html", context)


def _when(edition: Edition, form: LaunchForm) -> dict[str, Any]:
    """When it will begin, as far as its time, the readers' clocks and the newsletter's hours say."""
    now, newsletter, urgent = timezone.now(), edition.newsletter, form.cleaned_data["urgent"]
    due = max(form.due_at or now, now)
    found: dict[str, Any] = {"due_at": form.due_at, "local": form.at_local_time, "urgent": urgent}
    if form.at_local_time and form.due_at:
        first, last = local_times.span(newsletter=newsletter, wall=timezone.make_naive(form.due_at))
        due, found["last"] = max(first, now), max(last, now)
        found["some_at_once"] = first < now
    opening = due if urgent else scheduling.opens_at(newsletter=newsletter, now=due)
    return found | {"begins": opening, "shifted": opening > due}


def _readers(edition: Edition) -> dict[str, Any]:
    rows = segments.matching(newsletter=edition.newsletter).values_list("language").annotate(people=Count("pk"))
    counts = dict(rows.order_by())
    named = [(name, counts.get(code, 0)) for code, name in settings.LANGUAGES if counts.get(code)]
    return {"readers": named, "total": sum(counts.values())}


def _to_mailing(mailing: Mailing) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing.pk]))
