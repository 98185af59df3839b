"""Comparing an entry with its source: what stands there, what readers see, one button, and what was said before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from campaigns.content.models import words_at_hand
from campaigns.helplines import verifying
from campaigns.helplines.countries import name_of
from campaigns.helplines.digesting import digest_of
from campaigns.helplines.directory import Entry
from campaigns.helplines.models import Helpline

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from campaigns.helplines.models import HelplineText

SHOWN = 20
"""Lines of history on a page: ten years of checks."""


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, helpline_id: int) -> HttpResponse:
    """The page where an entry is compared with its source; a POST says what came of it."""
    if not request.user.has_perm("campaigns.view_helpline") and not request.user.has_perm("campaigns.change_helpline"):
        raise PermissionDenied
    helpline = get_object_or_404(Helpline.objects.whole().select_related("verified_by", "responsible"), pk=helpline_id)
    if request.method == "POST":
        return _answer(request, helpline)
    name = words_at_hand(helpline, "name") or helpline.slug
    context = {
        **admin.site.each_context(request),
        **about(helpline),
        "title": name,
        "entry_name": name,
        "seen": digest_of(helpline),
        "as_read": [_as_read(helpline, text) for text in _in_order(helpline)],
        "country": name_of(helpline.country),
        "next": _next_due(helpline),
        "may_change": request.user.has_perm("campaigns.change_helpline"),
    }
    return TemplateResponse(request, "admin/helpline/check.html", context)


def about(helpline: Helpline) -> dict[str, Any]:
    """Template context of an entry's standing today and of its history, the newest line first."""
    today = timezone.localdate()
    annotated: Any = Helpline.objects.with_standing(today=today).get(pk=helpline.pk)
    return {
        "helpline": helpline,
        "standing": annotated.standing if verifying.is_as_checked(helpline) else "changed",
        "checks": helpline.checks.order_by("-at", "-pk")[:SHOWN],
        "zone": timezone.get_current_timezone_name(),
    }


def settle(request: HttpRequest, form: Any, *, verified_today: bool) -> None:
    """After a form was saved: what that does to the verification, said in a sentence."""
    by, now = cast("User", request.user), timezone.now()
    if verified_today:
        verifying.verify(helplines=[form.instance], by=by, now=now)
        messages.success(request, gettext("It is verified as of today."))
    elif "verified_on" in form.changed_data:
        verifying.dated(helpline=form.instance, by=by, now=now)
    elif verifying.edited(helpline=form.instance, before=form.before, by=by, now=now):
        messages.warning(
            request,
            gettext(
                "You changed what had been checked, so the entry is unverified and not printed. "
                "Compare it with its source and verify it again."
            ),
        )


def _answer(request: HttpRequest, helpline: Helpline) -> HttpResponse:
    if not request.user.has_perm("campaigns.change_helpline"):
        raise PermissionDenied
    here = reverse("admin:helpline_check", args=[helpline.pk])
    if "stop" in request.POST:
        _stop(request, helpline)
        return HttpResponseRedirect(here)
    if not _verified(request, helpline):
        return HttpResponseRedirect(here)
    following = _next_due(helpline)
    return HttpResponseRedirect(reverse("admin:helpline_check", args=[following.pk]) if following else _list())


def _verified(request: HttpRequest, helpline: Helpline) -> bool:
    by, name = cast("User", request.user), str(helpline)
    try:
        verifying.verify_as_seen(helpline=helpline, seen=request.POST.get("seen", ""), by=by, now=timezone.now())
    except verifying.ChangedMeanwhileError:
        messages.warning(request, gettext("Somebody changed it meanwhile. Compare it with its source once more."))
        return False
    messages.success(request, gettext("%(name)s is verified as of today.") % {"name": name})
    return True


def _stop(request: HttpRequest, helpline: Helpline) -> None:
    if verifying.stop(helpline=helpline, by=cast("User", request.user), now=timezone.now()):
        messages.success(request, gettext("It is out of print from now on: no page, no new edition shows it."))
    else:
        messages.warning(request, gettext("It is not in print anyway."))


def _next_due(helpline: Helpline) -> Helpline | None:
    due = Helpline.objects.falling_due(today=timezone.localdate()).exclude(pk=helpline.pk)
    return due.prefetch_related("texts").order_by("review_by", "pk").first()


def _list() -> str:
    return reverse("admin:campaigns_helpline_changelist")


def _in_order(helpline: Helpline) -> list[HelplineText]:
    """Its words, in the order of the site's languages."""
    codes = [code for code, _name in settings.LANGUAGES]
    return sorted(helpline.texts.all(), key=lambda text: codes.index(text.language))


def _as_read(helpline: Helpline, text: HelplineText) -> dict[str, Any]:
    """An entry as readers of one language see it."""
    with translation.override(text.language):
        shown = render_to_string("admin/helpline/as_read.html", {"entry": Entry(helpline=helpline, text=text)})
    return {"code": text.language, "name": text.get_language_display(), "shown": shown}
