"""A campaign's page: its message, what to do, where help is, what one may take along. Readable without signing up."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.content.files import TYPES
from campaigns.content.markup import sanitised
from campaigns.content.models import IN_PRINT, Campaign, MaterialKind
from campaigns.content.revising import in_print as printed
from campaigns.helplines.models import Kind
from campaigns.pages.helping import help_in
from campaigns.pages.reading import in_words, newest_items, not_in_print
from campaigns.safeguarding.first_steps import steps_for
from campaigns.safeguarding.sensitivity import care_at
from campaigns.sharing import making
from campaigns.sharing.content import content_of, place_of
from campaigns.sharing.embedding import block_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from campaigns.content.models import CampaignText
    from campaigns.helplines.directory import Entry

BELONGING = ("texts", "phases__texts", "materials__texts", "partners__logo__texts")


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """What a campaign says and asks for, its content note first, then what to do and who helps (G3, G6)."""
    shown = _in_print(slug)
    if shown is None:
        return not_in_print(request, Campaign.objects.filter(slug=slug))
    found, text = shown
    help_here = help_in(request, sensitivity=found.sensitivity)
    context = {
        "campaign": found,
        "text": text,
        "body": sanitised(text.body),
        "steps": steps_for(found.sensitivity),
        "removing": _removing(cast("Iterable[Entry]", help_here["entries"])),
        "phases": _worded(found.phases.all()),
        "materials": _worded(found.materials.all()),
        "partners": [(partner, _alt(partner)) for partner in _ordered(found.partners.all())],
        "news": newest_items(found),
        "kit": making.offered(campaign=found, language=text.language, today=timezone.localdate()),
        "snippet": _block(found, text),
        "shows_note": care_at(found.sensitivity).content_note and text.content_note,
        "needs_quick_exit": care_at(found.sensitivity).quick_exit,
        **help_here,
    }
    response = render(request, "pages/campaign.html", context)
    if care_at(found.sensitivity).quick_exit:
        response.headers["Cache-Control"] = "no-store"  # going back must not bring it up again (G12)
    return response


@require_safe
def kit(_request: HttpRequest, slug: str) -> HttpResponseBase:
    """The newest sharing kit in the page's language, as a zip; none while a number in it may not be printed (G7)."""
    found, text = _shown(slug)
    version = making.offered(campaign=found, language=text.language, today=timezone.localdate())
    if version is None:
        raise Http404
    return _attached(version.file, making.filename_of(version), "application/zip")


@require_safe
def block(_request: HttpRequest, slug: str) -> HttpResponse:
    """The block for other websites, as plain text to copy."""
    return HttpResponse(_block(*_shown(slug)), content_type="text/plain; charset=utf-8")


@require_safe
def material(_request: HttpRequest, slug: str, material_id: int) -> HttpResponseBase:
    """A file of the campaign as it is in print: to be saved, never opened in the page's own place."""
    found, _text = _shown(slug)
    chosen = next((each for each in found.materials.all() if each.pk == material_id and each.file), None)
    if chosen is None:
        raise Http404
    return _attached(chosen.file, (chosen.file.name or "").rpartition("/")[2], TYPES[MaterialKind(chosen.kind)])


def _shown(slug: str) -> tuple[Campaign, CampaignText]:
    """What is in print of a campaign, and its words in the page's language; else there is no page."""
    shown = _in_print(slug)
    if shown is None:
        raise Http404
    return shown


def _in_print(slug: str) -> tuple[Campaign, CampaignText] | None:
    """What is in print of a campaign whose first day has come, and its words in the page's language."""
    rows = Campaign.objects.filter(IN_PRINT, slug=slug, launched_on__lte=timezone.localdate())
    row = rows.select_related("in_use", "logo").prefetch_related(*BELONGING).first()
    found = row and printed(row)
    text = in_words(found.texts.all()) if found else None
    if found is None or text is None or found.launched_on > timezone.localdate():
        return None
    return found, text


def _attached(file: Any, name: str, content_type: str) -> HttpResponseBase:
    try:
        opened = file.open("rb")
    except OSError as error:  # it is in the table, but gone from the disk
        raise Http404 from error
    return FileResponse(opened, as_attachment=True, filename=name, content_type=content_type)


def _block(found: Campaign, text: CampaignText) -> str:
    place = place_of(found, text.language)
    return block_of(content_of(found, text, place=place, today=timezone.localdate()))


def _removing(entries: Iterable[Entry]) -> list[Entry]:
    """Where pictures are taken down: only through entries somebody verified (G10)."""
    return [entry for entry in entries if entry.helpline.kind == Kind.REMOVE and entry.helpline.web_url]


def _ordered(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.order, row.pk or 0))


def _worded(rows: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each row in its order with its words in the page's language; those without any are left out."""
    pairs = ((row, in_words(row.texts.all())) for row in _ordered(rows))
    return [(row, words) for row, words in pairs if words is not None]


def _alt(partner: Any) -> str:
    """What the logo shows, where somebody said it; the name stands beside it anyway."""
    words = in_words(partner.logo.texts.all()) if partner.logo else None
    return words.alt if words else ""
