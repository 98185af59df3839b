"""A news item's page and the newest items of a campaign: readable without signing up, with help beside what may upset."""

from __future__ import annotations

import itertools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import F
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.content.markup import sanitised
from campaigns.content.models import Campaign, NewsItem, ScamExample, State, Translation
from campaigns.content.quoting import quoted
from campaigns.content.revising import in_print
from campaigns.pages.helping import help_in
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from campaigns.content.models import NewsItemText
    from campaigns.content.quoting import Quotation

NEWEST = 5
WORDS = ("texts", "topics__texts", "image__texts")
Text = TypeVar("Text", bound=Translation)


@require_safe
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """One news item with its source and date; its content note first, help beside it (G3, G4)."""
    readable = NewsItem.objects.readable(now=timezone.now()).select_related("source", "image", "in_use")
    item = readable.prefetch_related(*WORDS).filter(slug=slug).first()
    if item is None:
        return not_in_print(request, NewsItem.objects.filter(slug=slug))
    return item_page(request, in_print(item))


def not_in_print(request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
    """What stands where nothing is in print: that it was withdrawn, or that there is no such page."""
    if not rows.filter(state=State.WITHDRAWN).exists():
        raise Http404
    return render(request, "pages/withdrawn.html", status=HTTPStatus.GONE)


def item_page(request: HttpRequest, item: NewsItem, **more: object) -> HttpResponse:
    """The page of `item` as it is handed in, in the language of the page; where it has no words in it, there is no page."""
    text = in_words(item.texts.all())
    if text is None:
        raise Http404
    context = {
        "item": item,
        "text": text,
        "body": sanitised(text.body),
        "picture": item.image,
        "alt": in_words(item.image.texts.all()) if item.image else None,
        "scams": scams_of(item),
        "topics": [str(topic) for topic in item.topics.all()],
        "is_out_of_date": item.valid_until is not None and item.valid_until < timezone.localdate(),
        "shows_note": care_at(item.sensitivity).content_note and text.content_note,
        "needs_quick_exit": care_at(item.sensitivity).quick_exit,
        **(help_in(request, sensitivity=item.sensitivity) if care_at(item.sensitivity).help_block else {}),
    }
    return render(request, "pages/news_item.html", context | more)


def scams_of(item: NewsItem) -> list[Quotation]:
    """The checked scam examples of an item, in the page's language, the latest first."""
    checked = ScamExample.objects.filter(news_items=item.pk, checked_on__isnull=False)
    rows = checked.select_related("source").prefetch_related("texts").order_by(F("seen_on").desc(nulls_last=True), "pk")
    return list(filter(None, (quoted(row, language=get_language() or "") for row in rows)))


def in_words(texts: Iterable[Text]) -> Text | None:
    """The text in the page's language, or None."""
    return next((text for text in texts if text.language == get_language()), None)


def newest_items(found: Campaign, *, most: int = NEWEST) -> list[NewsItemText]:
    """The newest readable items of a campaign that have words in the page's language, as they stand in print."""
    items = NewsItem.objects.readable(now=timezone.now()).filter(campaigns=found)
    rows = items.select_related("source", "in_use").prefetch_related("texts").order_by("-source_date", "-pk")
    printed = (in_print(item) for item in rows.iterator(chunk_size=20))
    return list(itertools.islice(filter(None, (in_words(item.texts.all()) for item in printed)), most))
