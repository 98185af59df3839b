"""Words that tell whoever shares an inbox what a sensitive edition is about (G3). The stems are data, per language."""

from __future__ import annotations

import functools
import re

from campaigns.safeguarding.folding import plain
from campaigns.safeguarding.languages import data_of, languages_with


def telling_words(text: str, *, language: str) -> list[str]:
    """The words of `text` that give a sensitive subject away, as typed; a language without a list is read as English.

    Reads subjects, preheaders and names (words divided by hyphens); accented letters count as their plain ones.
    """
    stems = _stems(language if language in languages_with("telling") else "en")
    return [word for word in re.findall(r"[^\W_]+", text) if plain(word).startswith(stems)]


def telling_words_of_address(slug: str) -> list[str]:
    """The words of an address that give a sensitive subject away in any language: an address belongs to none."""
    return sorted({word for language in languages_with("telling") for word in telling_words(slug, language=language)})


@functools.cache
def _stems(language: str) -> tuple[str, ...]:
    return tuple(plain(stem) for stem in data_of(language, "telling"))
