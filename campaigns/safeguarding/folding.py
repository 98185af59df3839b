"""Words as rules see them: accents, invisible characters, kinds of spaces and dashes do not hide a word."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")
"""Soft hyphens, zero-width characters and marks of direction."""
DASHES = frozenset("‐‑‒–—―−")
SPECIAL = {"ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "ø": "o", "đ": "d", "ß": "ss", "’": "'", "‘": "'", "ʼ": "'"}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` with plain letters; `origins` has, per letter, its place in what was folded."""

    text: str
    origins: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that [start, end) of `text` (not empty) came from."""
        return self.origins[start], self.origins[end - 1] + 1


def folded(text: str) -> Folded:
    """`text` without accents and invisible characters; every white space but a line end is a space, every dash a hyphen."""
    pairs = [(letter, place) for place, written in enumerate(text) for letter in _plain(written)]
    return Folded("".join(letter for letter, _ in pairs), tuple(place for _, place in pairs))


def plain(text: str) -> str:
    """Only the folded letters of `text`, in lower case."""
    return folded(text).text.casefold()


@functools.cache
def pattern(source: str) -> re.Pattern[str]:
    """A rule's pattern over folded text: whole words, any case; a space stands for space or hyphen, " ?" for neither too."""
    ready = folded(source).text
    ready = re.sub(r"(?<!\[) \?(?!\])", "[ -]{0,3}", ready)
    ready = re.sub(r"(?<!\[) (?!-?\])", "[ -]{1,3}", ready)
    return re.compile(rf"(?<!\w)(?:{ready})(?!\w)", re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    if letter in INVISIBLE:
        return ""
    if letter in DASHES:
        return "-"
    if letter != "\n" and letter.isspace():
        return " "
    return SPECIAL.get(letter) or "".join(
        part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
    )
