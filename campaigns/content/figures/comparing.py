"""Two texts compared by their figures: which of the original's still stand, and which are new."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.content.figures.finding import Figure, figures_of


@dataclass(frozen=True, slots=True)
class Differences:
    """Each with its sentence: the original's figures that the text has or lacks, and the text's that the original lacks."""

    kept: tuple[Figure, ...]
    missing: tuple[Figure, ...]
    added: tuple[Figure, ...]


def differences(original: str, text: str, *, language: str, original_language: str = "") -> Differences:
    """The figures of `original` and `text` (words without markup) compared by value, across spellings and languages (G5).

    `language` is the text's; the original's is the same unless said. A figure counts once however often it stands there.
    "over 50" and "50" differ; "1,058" and "1 058", "ośmiu" and "8", "16–20 November 2020" and "między 16 a 20 listopada
    2020 r." do not.
    """
    said = _once(figures_of(original, original_language or language))
    now = _once(figures_of(text, language))
    return Differences(
        kept=tuple(figure for value, figure in said.items() if value in now),
        missing=tuple(figure for value, figure in said.items() if value not in now),
        added=tuple(figure for value, figure in now.items() if value not in said),
    )


def _once(figures: list[Figure]) -> dict[str, Figure]:
    first: dict[str, Figure] = {}
    for figure in figures:
        first.setdefault(figure.value, figure)
    return first
