"""What a mailing's page shows, and the parts of it that change while somebody looks."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from newsletter.admin import releasing
from newsletter.delivery import sentences, steering
from newsletter.delivery.models import DeliveryState, Mailing, MailingState
from newsletter.reports import telling
from newsletter.reports.figures import progress_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from newsletter.reports.answers import Answer
    from newsletter.reports.figures import Progress
    from newsletter.reports.receiving import ProviderFigures

CAN_PAUSE = {MailingState.SCHEDULED, MailingState.PREPARING, MailingState.SENDING}
CAN_RESEND = {MailingState.SENDING, MailingState.PAUSED, MailingState.FINISHED}
OVER = {MailingState.FINISHED, MailingState.CANCELLED}
HELD_SHOWN = 20
COLUMNS = {
    "waiting": _("waiting"),
    **{
        state.value: state.label
        for state in DeliveryState
        if state not in (DeliveryState.QUEUED, DeliveryState.SENDING)
    },
    "rate": _("per minute"),
}
"""Of the table of providers."""


@require_GET
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The moving parts of the page; what seldom changes comes along only where it did. Who was logged out logs in again."""
    if not admin.site.has_permission(request):
        return HttpResponseClientRefresh()
    if not request.user.has_perm("newsletter.view_mailing"):
        raise PermissionDenied
    context = {**shown(request, loaded(mailing_id)), "alone": True}
    context["anew"] = request.GET.get("shown") != context["standing"]
    return render(request, "admin/mailing/moving.html", context)


def loaded(mailing_id: int) -> Mailing:
    """The mailing with what its page needs, or 404."""
    return get_object_or_404(Mailing.objects.select_related("edition__newsletter"), pk=mailing_id)


def shown(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """Everything the page says and offers to this person."""
    now = timezone.now()
    figures = progress_of(mailing=mailing, now=now)
    words = _words(figures, now)
    rights = _rights(request, mailing, figures, now) | releasing.standing(request, mailing)
    seldom = (figures.state, words["sentence"], figures.waits_for, figures.undecided, mailing.unknown_policy, rights)
    return {
        "mailing": mailing,
        "figures": figures,
        "moving": figures.state not in OVER,
        "standing": f"{zlib.crc32(repr(seldom).encode()):x}",
        "zone": timezone.get_current_timezone_name(),
        "held": _held(mailing, figures),
        "more": figures.undecided > HELD_SHOWN,
        "anew": True,
        **words,
        **rights,
    }


def _rights(request: HttpRequest, mailing: Mailing, figures: Progress, now: dt.datetime) -> dict[str, bool]:
    """Which buttons there are."""
    may = request.user.has_perm("newsletter.change_mailing")
    state = MailingState(figures.state)
    is_news = mailing.expires_at is None or mailing.expires_at > now
    return {
        "may_pause": may and state in CAN_PAUSE,
        "may_resume": may and state == MailingState.PAUSED,
        "may_choose": may and state not in OVER,
        "may_decide": may and figures.undecided > 0,
        "may_resend": may and state in CAN_RESEND and is_news,
        "may_see_people": request.user.has_perm("newsletter.view_delivery"),
    }


def _words(figures: Progress, now: dt.datetime) -> dict[str, Any]:
    uncertain = figures.uncertain
    return {
        "sentence": telling.state(progress=figures),
        "people": telling.people(progress=figures),
        "rate": telling.rate(per_second=figures.pace.lately),
        "left": telling.left(left=figures.left, now=now),
        "twice": telling.twice(uncertain=uncertain),
        "undecided": telling.at_least(uncertain.undecided, uncertain=uncertain),
        "states": _states(figures),
        "providers": [_provider(each) for each in figures.providers],
        "provider_columns": list(COLUMNS.values()),
        "answers": [_answer(each, now) for each in figures.answers.answers],
    }


def _states(figures: Progress) -> list[dict[str, Any]]:
    return [
        {"label": state.label, "means": telling.STATES[state], "people": number_format(figures.counts[state])}
        for state in DeliveryState
    ]


def _provider(each: ProviderFigures) -> dict[str, Any]:
    numbers = {"waiting": each.ready, **each.counts}
    cells = [(label, number_format(numbers[name])) for name, label in COLUMNS.items() if name != "rate"]
    pace = telling.per_minute(per_second=each.pace.lately if each.waiting else None)
    return {
        "name": telling.provider(key=each.key),
        "waits_for": each.waits_for,
        "queue": telling.queue(figures=each),
        "cells": [*cells, (COLUMNS["rate"], pace)],
    }


def _answer(said: Answer, now: dt.datetime) -> dict[str, Any]:
    return {
        "said": said,
        "id": f"{zlib.crc32(f'{said.state} {said.words}'.encode()):x}",
        "providers": telling.whose(numbers=said.providers),
        "state": DeliveryState(said.state).label,
        "when": telling.moment(said.at, now=now),
        "exactly": " ".join(filter(None, [str(said.code or ""), said.enhanced_code, said.text])),
    }


def _held(mailing: Mailing, figures: Progress) -> list[dict[str, Any]]:
    """The first of those a person must decide about."""
    if not figures.undecided:
        return []
    rows = steering.held(mailing_id=mailing.pk).select_related("subscriber")[:HELD_SHOWN]
    return [
        {
            "row": row,
            "provider": telling.provider(key=row.provider),
            "words": sentences.said(text=row.reply),
            "again": format_html('id="held-{0}-again" aria-describedby="held-{0}"', row.pk),
            "leave": format_html('id="held-{0}-leave" aria-describedby="held-{0}"', row.pk),
        }
        for row in rows
    ]
