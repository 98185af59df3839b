"""The sharing kit of a campaign: look at it, make a version, fetch any version again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.content.models import Campaign, CampaignText
from campaigns.sharing import cards, making
from campaigns.sharing.content import content_of, place_of
from campaigns.sharing.embedding import block_of
from campaigns.sharing.models import KitVersion
from campaigns.sharing.posting import posts_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from campaigns.sharing.content import KitContent


@require_GET
@permission_required("campaigns.view_campaign", raise_exception=True)
def show(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The kit as it would be made now, what stands in its way, and the versions there are."""
    campaign = get_object_or_404(Campaign.objects.prefetch_related("texts", "logo__texts"), pk=campaign_id)
    language = _language(request, campaign)
    text = next((each for each in campaign.texts.all() if each.language == language), None)
    context = {
        **admin.site.each_context(request),
        "title": str(campaign),
        "opts": Campaign._meta,
        "original": campaign,
        "campaign": campaign,
        "language": language,
        "languages": settings.LANGUAGES,
        "here": "kit",
        **(_kit(campaign, text) if text else {}),
    }
    return TemplateResponse(request, "admin/campaign/kit.html", context)


@require_POST
@permission_required("campaigns.change_campaign", raise_exception=True)
def make(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Make a version of the kit as the campaign stands now."""
    text = _text(campaign_id, request.POST.get("language", ""))
    campaign, place = text.campaign, place_of(text.campaign, text.language)
    try:
        version, new = making.make(
            campaign=campaign,
            text=text,
            place=place,
            by=cast("User", request.user),
            now=timezone.now(),
            today=timezone.localdate(),
        )
    except making.KitRefusedError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
    else:
        made = gettext("Version %(number)d is made. Everybody can fetch it from the campaign’s page.")
        same = gettext("Nothing has changed since version %(number)d, so it stays the newest.")
        messages.success(request, (made if new else same) % {"number": version.number})
    address = reverse("admin:campaign_kit", args=[campaign_id])
    return HttpResponseRedirect(f"{address}?language={text.language}")


@require_GET
@permission_required("campaigns.view_campaign", raise_exception=True)
def card(request: HttpRequest, campaign_id: int, shape: str) -> HttpResponse:
    """A card as it would be made now."""
    if shape not in cards.FORMATS:
        raise Http404
    content = _content(_text(campaign_id, request.GET.get("language", "")))
    return HttpResponse(cards.card(content, cards.FORMATS[shape]), content_type="image/png")


@require_GET
@permission_required("campaigns.view_campaign", raise_exception=True)
def poster(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The poster as it would be made now."""
    from campaigns.sharing import posters  # noqa: PLC0415 (loads what draws PDF, which no process needs at its start)

    content = _content(_text(campaign_id, request.GET.get("language", "")))
    answer = HttpResponse(posters.poster(content), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{content.slug}-{content.language}.pdf"'
    return answer


@require_GET
@permission_required("campaigns.view_campaign", raise_exception=True)
def fetch(_request: HttpRequest, campaign_id: int, version_id: int) -> HttpResponseBase:
    """A version as it was made, byte for byte."""
    version = get_object_or_404(KitVersion, pk=version_id, campaign=campaign_id)
    try:
        file = version.file.open("rb")
    except OSError as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=making.filename_of(version), content_type="application/zip")


PAGES = {"kit/": (show, "campaign_kit"), "kit/make/": (make, "campaign_kit_make")}
PIECES: dict[str, tuple[Any, str]] = {
    "kit/card/<slug:shape>/": (card, "campaign_kit_card"),
    "kit/poster/": (poster, "campaign_kit_poster"),
    "kit/<int:version_id>/": (fetch, "campaign_kit_version"),
}


def _kit(campaign: Campaign, text: CampaignText) -> dict[str, Any]:
    content, today = _content(text), timezone.localdate()
    versions = list(
        KitVersion.objects.filter(campaign=campaign, language=text.language)
        .select_related("made_by")
        .order_by("-number")
    )
    return {
        "content": content,
        "obstacles": list(making.obstacles(campaign, content)),
        "posts": posts_of(content),
        "cards": [(shape, cards.alt_of(content, shape)) for shape in cards.FORMATS.values()],
        "snippet": block_of(content),
        "versions": versions,
        "unchanged": bool(versions) and versions[0].content == content.as_json(),
        "offered": bool(versions) and making.may_be_handed_out(versions[0], today=today),
        "next_number": versions[0].number + 1 if versions else 1,
    }


def _content(text: CampaignText) -> KitContent:
    place = place_of(text.campaign, text.language)
    return content_of(text.campaign, text, place=place, today=timezone.localdate())


def _text(campaign_id: int, language: str) -> CampaignText:
    return get_object_or_404(
        CampaignText.objects.select_related("campaign__logo"), campaign=campaign_id, language=language
    )


def _language(request: HttpRequest, campaign: Campaign) -> str:
    """The one asked for, else the reader's own where it is written, else any that is."""
    asked = request.GET.get("language", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    written = [text.language for text in campaign.texts.all()]
    return next((code for code in (get_language() or "", *written) if code in written), settings.LANGUAGES[0][0])
