"""Which language a text is written in, by its commonest words: sure or silent (A7, H12). Pure; the words are data."""

from __future__ import annotations

import functools
import re
from collections import Counter

from campaigns.safeguarding.languages import data_of, languages_with
from campaigns.safeguarding.reading import SENTENCE_END, Passage

LEAST_WORDS = 8
LEAST_COMMON = 4
LEAST_SHARE = 0.22
AHEAD = 2.5
"""The best guess must have so many times as many common words as the next, or silence is better."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def guessed(text: str) -> str | None:
    """The code of the language `text` is surely written in, or None: titles, names and lists of words tell too little."""
    words = [word.casefold().replace("’", "'") for word in WORD.findall(text)]
    if len(words) < LEAST_WORDS:
        return None
    counts = Counter({code: sum(word in _common(code) for word in words) for code in languages_with("common")})
    (best, most), (_next, second) = counts.most_common(2)
    sure = most >= max(LEAST_COMMON, LEAST_SHARE * len(words)) and most >= AHEAD * second
    return best if sure else None


def wrong_language(passage: Passage, *, language: str) -> str | None:
    """The language the unmarked, unquoted words of `passage` are surely in, when it is not `language`; else None."""
    found = guessed(_own_words(passage))
    return found if found and found != _main(language) else None


def unmarked_sentences(passage: Passage, *, language: str) -> list[tuple[int, int, str]]:
    """Sentences surely in another language than `language` and not marked so (A7): start, end and the guessed code."""
    found = []
    for start, end in _sentences(passage.text):
        code = guessed(passage.text[start:end])
        if code and code != _main(passage.language_at(start, language)):
            found.append((start, end, code))
    return found


def _sentences(text: str) -> list[tuple[int, int]]:
    edges = [0, *(edge for found in SENTENCE_END.finditer(text) for edge in found.span()), len(text)]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _own_words(passage: Passage) -> str:
    spans = [*passage.quoted, *((start, end) for start, end, _code in passage.foreign)]
    letters = list(passage.text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _main(language: str) -> str:
    return language.lower().partition("-")[0]


@functools.cache
def _common(language: str) -> frozenset[str]:
    return frozenset(data_of(language, "common"))
