"""Pieces that are harmless alone and together tell who a child is (G2): age, place, day, school, street, name, family."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from campaigns.safeguarding.folding import folded
from campaigns.safeguarding.languages import data_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import _StrPromise

WINDOW = 40
"""Pieces count as close together within so many words: two or three sentences."""
ENOUGH = 3
"""The weight at which pieces together say too much."""
NAMES: dict[str, _StrPromise] = {
    "age": _("age"),
    "date": _("day"),
    "school": _("school"),
    "street": _("street"),
    "family": _("family tie"),
    "name": _("first name"),
    "place": _("place"),
    "person": _("person"),
}
REFERENCE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One of them, as written; `place` and `end` count characters, `word` counts words from the start."""

    kind: str
    words: str
    place: int
    end: int
    word: int


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Pieces of several kinds that stand close together, in the order of reading."""

    pieces: tuple[Piece, ...]

    @property
    def place(self) -> int:
        """Where it begins, in characters."""
        return self.pieces[0].place

    @property
    def end(self) -> int:
        """Where it ends, in characters."""
        return self.pieces[-1].end


@dataclass(frozen=True, slots=True)
class _Kinds:
    patterns: dict[str, tuple[re.Pattern[str], ...]]
    weights: dict[str, int]
    anchors: frozenset[str]


def mosaics(text: str, *, language: str) -> list[Mosaic]:
    """What in `text` (words, without markup) could together identify a child; none for a language without data.

    Countries, spans of days and ages of a group ("12 to 13 years") are no pieces. At least one piece must speak of one
    child (an age, a first name, a family tie, "the pupil").
    """
    kinds = _kinds_of(language)
    pieces = sorted(_pieces(text, kinds), key=lambda piece: piece.place)
    found: list[Mosaic] = []
    while pieces:
        near = [piece for piece in pieces if piece.word - pieces[0].word < WINDOW]
        if _says_too_much(near, kinds):
            found.append(Mosaic(_once_each(near)))
            pieces = [piece for piece in pieces if piece not in near]
        else:
            pieces = pieces[1:]
    return found


def _says_too_much(pieces: list[Piece], kinds: _Kinds) -> bool:
    there = {piece.kind for piece in pieces}
    return bool(there & kinds.anchors) and sum(kinds.weights[kind] for kind in there) >= ENOUGH


def _once_each(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The first of each kind, without the one that only says that somebody is meant."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        first.setdefault(piece.kind, piece)
    return tuple(piece for piece in first.values() if piece.kind != "person") or tuple(first.values())


def _pieces(text: str, kinds: _Kinds) -> Iterator[Piece]:
    words, taken = folded(text), [False] * len(text)
    for kind, patterns in kinds.patterns.items():
        for wanted in patterns:
            for match in wanted.finditer(words.text):
                start, end = words.place(*match.span())
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    yield Piece(kind, text[start:end].strip(), start, end, len(text[:start].split()))


@functools.cache
def _kinds_of(language: str) -> _Kinds:
    data = data_of(language, "identifying") or {"kinds": {}, "weights": {}, "anchors": []}
    words = data.get("words", {})

    def ready(source: str) -> re.Pattern[str]:
        spelled = REFERENCE.sub(lambda name: words[name[1]], source)
        return re.compile(rf"(?<!\w)(?:{folded(spelled).text})(?!\w)")

    patterns = {kind: tuple(ready(each) for each in rows) for kind, rows in data["kinds"].items()}
    return _Kinds(patterns, data["weights"], frozenset(data["anchors"]))
