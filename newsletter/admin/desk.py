"""The desk of an edition: what the reader will see, what must be mended, and the buttons that lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from campaigns.content.addressing import free_slug
from campaigns.safeguarding.sensitivity import care_at
from newsletter.admin.forms import LaunchForm, TestForm
from newsletter.composition import composing, freezing, preflight, web
from newsletter.delivery import sentences, testing
from newsletter.delivery.models import MailingState
from newsletter.editions import editing
from newsletter.editions.models import Edition, EditionState

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

WIDTHS = {"phone": 390, "desk": 680}
PREVIEW_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", settings.SITE_URL],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
"""What a previewed mail may do: show its own styles and our pictures, and nothing else."""


@require_GET
@permission_required("newsletter.view_edition", raise_exception=True)
def show(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The desk, with the preview in one language and width."""
    edition = _edition(edition_id)
    own = {"address": getattr(request.user, "email", "")}
    return _page(request, edition, launch_form=LaunchForm(), test_form=TestForm(initial=own))


@require_GET
@xframe_options_sameorigin
@permission_required("newsletter.view_edition", raise_exception=True)
def preview(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The mail as it stands, for the sandboxed frame."""
    message = composing.compose(edition=_edition(edition_id), language=_language(request), today=timezone.localdate())
    response = HttpResponse(web.web_version(message=message))
    response._csp_config = PREVIEW_POLICY  # type: ignore[attr-defined]  # django-csp reads its wishes here
    return response


@require_GET
@permission_required("newsletter.view_edition", raise_exception=True)
def text(request: HttpRequest, edition_id: int) -> HttpResponse:
    """The text part as it stands."""
    message = composing.compose(edition=_edition(edition_id), language=_language(request), today=timezone.localdate())
    return HttpResponse(message.text, content_type="text/plain; charset=utf-8")


@require_POST
@permission_required("newsletter.approve_edition", raise_exception=True)
def approve(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Freeze what is to be sent, or say what must be mended first."""
    edition = _edition(edition_id)
    try:
        freezing.approve(edition=edition, by=cast("User", request.user), now=timezone.now())
    except freezing.FindingsError:
        messages.error(request, gettext("It cannot be approved yet. Mend what is marked below, then approve."))
    except freezing.SamePersonError:
        messages.warning(request, gettext("You approved it already. Ask somebody else who may approve editions."))
    else:
        messages.success(request, _approved_said(edition))
    return _back(edition)


@require_POST
@permission_required("newsletter.approve_edition", raise_exception=True)
def reopen(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Return an approved edition to draft."""
    edition = _edition(edition_id)
    editing.changed(edition=edition)
    messages.success(request, gettext("It is a draft again."))
    return _back(edition)


@require_POST
@permission_required("newsletter.change_edition", raise_exception=True)
def send_test(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Send the edition as it stands to one address and say what the mail server answered."""
    edition, form = _edition(edition_id), TestForm(request.POST)
    if not form.is_valid():
        return _page(request, edition, launch_form=LaunchForm(), test_form=form)
    _tell_about_test(request, edition, form)
    return _back(edition, form.cleaned_data["language"])


@require_POST
@permission_required("newsletter.add_edition", raise_exception=True)
def duplicate(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Start a new draft from this edition."""
    edition, today = _edition(edition_id), timezone.localdate()
    slug = free_slug(edition.slug[:40], among=Edition.objects.all(), first=2)
    copy = editing.duplicate(edition=edition, slug=slug, dated=today)
    messages.success(request, gettext("This is a copy. Give it its own date, address and subject."))
    return HttpResponseRedirect(reverse("admin:newsletter_edition_change", args=[copy.pk]))


STEPS = {
    "preview": preview,
    "text": text,
    "approve": approve,
    "reopen": reopen,
    "test": send_test,
    "duplicate": duplicate,
}


def _approved_said(edition: Edition) -> str:
    if edition.state == EditionState.APPROVED:
        return gettext("Approved: exactly this is what readers will get.")
    return gettext("Your approval is noted. The edition is sensitive: a second person must approve it, too.")


def _edition(edition_id: int) -> Edition:
    return get_object_or_404(Edition.objects.select_related("newsletter").prefetch_related("texts"), pk=edition_id)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGES[0][0]


def _back(edition: Edition, language: str = "") -> HttpResponse:
    query = f"?language={language}" if language else ""
    return HttpResponseRedirect(reverse("admin:edition_desk", args=[edition.pk]) + query)


def _page(request: HttpRequest, edition: Edition, **forms: Any) -> HttpResponse:
    language, width = _language(request), request.GET.get("width", "")
    findings = preflight.findings_for(edition=edition, now=timezone.now())
    mailing = edition.mailings.order_by("pk").last()
    context = {
        **admin.site.each_context(request),
        **forms,
        "title": gettext("Preview and send"),
        "opts": Edition._meta,
        "edition": edition,
        "original": edition,
        "approved": edition.state == EditionState.APPROVED,
        **_two_approvers(request, edition),
        "mailing": mailing,
        "live": mailing is not None and mailing.state != MailingState.CANCELLED,
        "blocking": [finding for finding in findings if finding.blocking],
        "advice": [finding for finding in findings if not finding.blocking],
        "language": language,
        "languages": [each for each in settings.LANGUAGES if each[0] in edition.newsletter.languages],
        "width": width if width in WIDTHS else "desk",
        "pixels": WIDTHS.get(width, WIDTHS["desk"]),
        "zone": timezone.get_current_timezone_name(),
    }
    return TemplateResponse(request, "admin/edition/desk.html", context)


def _two_approvers(request: HttpRequest, edition: Edition) -> dict[str, Any]:
    """Whether the edition waits for its second approver, and whether the first of them is looking at it."""
    needed = care_at(edition.sensitivity).second_approver
    waits = needed and edition.state == EditionState.DRAFT and bool(edition.first_approved_digest)
    mine = waits and edition.first_approved_by_id == request.user.pk
    return {"needs_two_approvers": needed, "waits_for_second": waits, "first_is_me": mine}


def _tell_about_test(request: HttpRequest, edition: Edition, form: TestForm) -> None:
    address = form.cleaned_data["address"]
    try:
        reply = testing.send_test(edition=edition, now=timezone.now(), **form.cleaned_data)
    except testing.NotTakenError as error:
        sentence = gettext("The test to %(address)s was not sent. The mail server answered: %(reply)s")
        messages.error(
            request,
            sentence
            % {"address": address, "reply": sentences.said(text=error.text) or gettext("no mail server is set")},
        )
    else:
        sentence = gettext("The test is on its way to %(address)s. The mail server answered: %(reply)s")
        messages.success(request, sentence % {"address": address, "reply": reply})
