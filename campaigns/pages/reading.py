"""A campaign's page and a news item's page: readable without signing up, with help beside what may upset."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.content.markup import sanitised
from campaigns.content.models import Campaign, CampaignText, NewsItem, NewsItemText, State, TopicText
from campaigns.pages.helping import help_in
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

NEWEST = 5
Text = TypeVar("Text", CampaignText, NewsItemText)


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """What a campaign says and asks for, its content note first, where help is, what was written about it lately (G3)."""
    shown = Campaign.objects.filter(state=State.APPROVED, launched_on__lte=timezone.localdate())
    found = get_object_or_404(shown, slug=slug)
    text = _words(CampaignText.objects.filter(campaign=found))
    context = {
        "campaign": found,
        "text": text,
        "body": sanitised(text.body),
        "news": _news_of(found),
        "shows_note": care_at(found.sensitivity).content_note and text.content_note,
        "needs_quick_exit": care_at(found.sensitivity).quick_exit,
        **help_in(request, sensitivity=found.sensitivity),
    }
    return render(request, "pages/campaign.html", context)


@require_safe
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """One news item with its source and date; its content note first, help beside it (G3, G4)."""
    found = get_object_or_404(NewsItem.objects.readable(now=timezone.now()).select_related("source"), slug=slug)
    text = _words(NewsItemText.objects.filter(news_item=found))
    context = {
        "item": found,
        "text": text,
        "body": sanitised(text.body),
        "topics": TopicText.objects.filter(topic__news_items=found, language=get_language()).order_by("name"),
        "shows_note": care_at(found.sensitivity).content_note and text.content_note,
        "needs_quick_exit": care_at(found.sensitivity).quick_exit,
        **(help_in(request, sensitivity=found.sensitivity) if care_at(found.sensitivity).help_block else {}),
    }
    return render(request, "pages/news_item.html", context)


def _words(texts: QuerySet[Text]) -> Text:
    """The text in the page's language; a page that has none in it does not exist there."""
    text = texts.filter(language=get_language() or "").first()
    if text is None:
        raise Http404
    return text


def _news_of(found: Campaign) -> QuerySet[NewsItemText]:
    readable = NewsItem.objects.readable(now=timezone.now()).filter(campaigns=found)
    texts = NewsItemText.objects.filter(news_item__in=readable, language=get_language() or "")
    return texts.select_related("news_item__source").order_by("-news_item__source_date", "-pk")[:NEWEST]
