"""One observance's page, and the button that plans an edition for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanWidget

from campaigns.calendar import gathering, leading
from campaigns.calendar.models import MOST_DAYS, ObservanceReminder
from campaigns.calendar.observances import FIRST_YEAR, LAST_YEAR, next_of, occurrence_in, topic_names
from campaigns.calendar.saying import days_said, said
from campaigns.content.models import Campaign, Topic
from campaigns.helplines.countries import name_of
from newsletter.admin.calendar import may_look
from newsletter.editions import planning
from newsletter.editions.models import Edition, Newsletter

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from campaigns.calendar.observances import Observance, Occurrence

SHOWN = 5
PLAN = "newsletter.add_edition"
CHANGE_LEAD = "campaigns.change_observancereminder"


class LeadForm(forms.Form):
    """How long before it staff are reminded, or not at all."""

    days = forms.IntegerField(
        label=_("Days before it begins"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 1, "max": MOST_DAYS}),
    )
    muted = forms.BooleanField(label=_("No reminder of this date"), required=False, widget=UnfoldBooleanWidget)


@require_http_methods(["GET", "POST"])
@may_look
def observance(request: HttpRequest, key: str) -> HttpResponse:
    """What it is, when it comes, what is planned for it; POST sets when staff are reminded."""
    found = _found(key)
    row = ObservanceReminder.objects.filter(observance=found.key).first()
    initial = {"days": row.days, "muted": row.muted} if row else {}
    form = LeadForm(request.POST or None, initial=initial)
    if request.method == "POST" and not request.user.has_perm(CHANGE_LEAD):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        ObservanceReminder.objects.update_or_create(observance=found.key, defaults=form.cleaned_data)
        messages.success(request, gettext("Saved. The next letters go by it."))
        return HttpResponseRedirect(request.path)
    return _observance_page(request, found, form)


@require_POST
@permission_required(PLAN, raise_exception=True)
def plan(request: HttpRequest) -> HttpResponse:
    """Make a draft for an observance and lead to it, or to the one that is there; first ask which newsletter's."""
    occurrence = _occurrence(request)
    newsletters = list(Newsletter.objects.prefetch_related("texts").order_by("pk"))
    asked = request.POST.get("newsletter", "")
    newsletter = next((one for one in newsletters if str(one.pk) == asked), None)
    if len(newsletters) == 1:
        newsletter = newsletters[0]
    if newsletter is None:
        return _choose(request, occurrence, newsletters)
    return _planned(request, occurrence, newsletter)


@require_GET
@may_look
def unasked(request: HttpRequest) -> HttpResponse:
    """Whoever opens the button's address by hand is led to the calendar, where the button is."""
    messages.info(request, gettext("Plan an edition with the button beside a date."))
    return HttpResponseRedirect(reverse("admin:calendar"))


def plan_or_lead(request: HttpRequest) -> HttpResponse:
    """POST plans, GET leads to where that is done."""
    return plan(request) if request.method == "POST" else unasked(request)


def _planned(request: HttpRequest, occurrence: Occurrence, newsletter: Newsletter) -> HttpResponse:
    facts = {"name": occurrence.observance.name(), "days": days_said(occurrence.first, occurrence.last)}
    try:
        edition, is_new = planning.plan(occurrence=occurrence, newsletter=newsletter, today=timezone.localdate())
    except planning.OverError:
        messages.warning(request, gettext("%(name)s (%(days)s) is over. Plan for its next date.") % facts)
        return HttpResponseRedirect(reverse("admin:calendar_observance", args=[occurrence.observance.key]))
    if is_new:
        admin.site.get_model_admin(Edition).log_addition(request, edition, [{"added": {}}])
        sentence = gettext("A draft for %(name)s, %(days)s. Write its subject and add blocks.")
        messages.success(request, sentence % facts)
    else:
        messages.info(request, gettext("An edition for %(name)s, %(days)s, is planned already: this one.") % facts)
    return HttpResponseRedirect(reverse("admin:newsletter_edition_change", args=[edition.pk]))


def _choose(request: HttpRequest, occurrence: Occurrence, newsletters: list[Newsletter]) -> HttpResponse:
    planned = {one.newsletter_id: one for one in planning.planned([occurrence]).get(occurrence.mark, [])}
    context = {
        **admin.site.each_context(request),
        "title": gettext("Plan an edition"),
        "occurrence": occurrence,
        "days": days_said(occurrence.first, occurrence.last),
        "newsletters": [(one, planned.get(one.pk)) for one in newsletters],
    }
    return TemplateResponse(request, "admin/calendar/choose.html", context)


def _observance_page(request: HttpRequest, found: Observance, form: LeadForm) -> HttpResponse:
    coming = next_of(found, today=timezone.localdate(), most=SHOWN)
    may = cast("User", request.user).has_perm
    planned = planning.planned(coming) if may("newsletter.view_edition") else {}
    context = {
        **admin.site.each_context(request),
        "title": found.name(),
        "observance": found,
        "rule": capfirst(said(found.rule)),
        "country": name_of(found.country) if found.country else gettext("international"),
        "topics": _topics(found),
        "coming": [(one, days_said(one.first, one.last), planned.get(one.mark, [])) for one in coming],
        "newsletters": Newsletter.objects.count(),
        "campaigns": _campaigns(found) if may("campaigns.view_campaign") else [],
        "form": form,
        "usual": leading.usual_lead(found),
        "may_change_lead": may(CHANGE_LEAD),
        "may_plan": may(PLAN),
        "own_url": _own_url(found) if may("campaigns.view_ownobservance") else "",
    }
    return TemplateResponse(request, "admin/calendar/observance.html", context)


def _topics(found: Observance) -> list[str]:
    names = topic_names() | {
        one.slug: str(one) for one in Topic.objects.filter(slug__in=found.topics).prefetch_related("texts")
    }
    return [names.get(slug, slug) for slug in found.topics]


def _campaigns(found: Observance) -> list[Campaign]:
    return list(Campaign.objects.filter(observance=found.key).prefetch_related("texts").order_by("-launched_on", "-pk"))


def _own_url(found: Observance) -> str:
    return reverse("admin:campaigns_ownobservance_change", args=[found.own]) if found.own else ""


def _found(key: str) -> Observance:
    found = gathering.find(key)
    if found is None:
        raise Http404
    return found


def _occurrence(request: HttpRequest) -> Occurrence:
    """The date that was asked for. Raises Http404 for one that never comes."""
    found, year = _found(request.POST.get("observance", "")), request.POST.get("year", "")
    is_year = year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR
    occurrence = occurrence_in(found, int(year)) if is_year else None
    if occurrence is None:
        raise Http404
    return occurrence
