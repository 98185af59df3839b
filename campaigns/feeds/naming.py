"""The slug of a draft: its title where that gives nothing away, else a neutral one (G3). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import slugify

from campaigns.safeguarding.neutrality import telling_words
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    import datetime as dt

LONGEST = 50
MARK = 6


def slug_for(*, title: str, sensitivity: int, day: dt.date, key: str) -> tuple[str, bool]:
    """The slug, and whether the title would have told too much: then it is the day and a mark of the entry.

    At most 43 characters, so that `marked` finds room. From level 2 on the title is not looked at (G3).
    """
    words = _folded(title)
    telling = any(telling_words(words, language=code) for code, _name in settings.LANGUAGES)
    if care_at(sensitivity).neutral or telling or not words:
        return f"news-{day.isoformat()}-{key[:MARK]}", telling
    return _at_word_end(words, LONGEST - MARK - 1), False


def marked(slug: str, key: str) -> str:
    """`slug` where another item has it already: with a mark of the entry behind it."""
    return f"{slug[: LONGEST - 13]}-{key[:12]}"


def _folded(title: str) -> str:
    return slugify(title.replace("ł", "l").replace("Ł", "L"))


def _at_word_end(words: str, most: int) -> str:
    cut = words if len(words) <= most else words[: most + 1].rpartition("-")[0] or words[:most]
    return cut.strip("-_")
