"""What an item still lacks in each language before it can be printed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext

from campaigns.content.models import NewsItem
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from campaigns.content.models import Campaign, Image


def lacking(item: NewsItem | Campaign, language: str) -> str | None:
    """In words of the active language, what is missing in `language` (a code); None when it is whole. Reads prefetched rows."""
    text = next((text for text in item.texts.all() if text.language == language), None)
    if text is None:
        return gettext("missing")
    if care_at(item.sensitivity).content_note and not text.content_note.strip():
        return gettext("without its content note")
    if isinstance(item, NewsItem) and item.image and not _is_described(item.image, language):
        return gettext("without a description of its picture")
    return None


def in_brief(item: NewsItem | Campaign) -> str:
    """The languages with a mark each, for a line of plain text such as a choice: `PL ✓ · EN –`; `!` is begun, not whole."""
    return " · ".join(f"{code.upper()} {_mark(item, code)}" for code, _name in settings.LANGUAGES)


def _mark(item: NewsItem | Campaign, language: str) -> str:
    if lacking(item, language) is None:
        return "✓"
    return "!" if any(text.language == language for text in item.texts.all()) else "–"


def _is_described(image: Image, language: str) -> bool:
    """Whether somebody said what the picture shows, or that it is decorative."""
    return any(text.language == language for text in image.texts.all())
