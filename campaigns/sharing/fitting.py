"""Text into a box: as large as it goes, on as many lines as it needs, never over the edge. Pure; units are the caller's."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_LINE = 200
"""Letters; a piece of a broken word is never longer, however narrow its letters."""
BREAKS = re.compile(r"[ \t\r\n]+")
Measure = Callable[[str, float], float]
"""The width of a line of text at a size."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines to set at `size`, each `pitch` below the one before."""

    size: float
    pitch: float
    lines: list[str]

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return self.pitch * len(self.lines)


@dataclass(frozen=True, slots=True)
class Box:
    """Where text may stand."""

    width: float
    height: float


def fitted(text: str, *, box: Box, sizes: Sequence[float], leading: float, measure: Measure) -> Fitted:
    """`text` at the first of `sizes` (largest first) at which it stands in `box` without a broken word.

    Where there is none, words wider than the box are broken by a hyphen; where even the smallest size is too tall for
    it, the text ends in "…". The lines never leave the box, as long as it is as high as one line at the smallest size.
    """
    words = _words(text)
    for size in (each for each in sizes if all(measure(word, each) <= box.width for word in words)):
        lines = wrapped(text, width=box.width, size=size, measure=measure)
        if len(lines) * size * leading <= box.height:
            return Fitted(size, size * leading, lines)
    for size in sizes:
        lines = wrapped(text, width=box.width, size=size, measure=measure)
        if len(lines) * size * leading <= box.height:
            return Fitted(size, size * leading, lines)
    return _cut(lines, size=size, box=box, leading=leading, measure=measure)


def wrapped(text: str, *, width: float, size: float, measure: Measure) -> list[str]:
    """The lines of `text`, filled greedily; a line that is one too wide word is broken by a hyphen."""
    lines: list[str] = []
    for word in _pieces(text, width, size, measure):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(text: str, width: float, size: float, measure: Measure) -> Iterator[str]:
    for word in _words(text):
        left = word
        while measure(left, size) > width and len(left) > 1:
            cut = _longest(left, width, size, measure)
            yield left[:cut] + "-"
            left = left[cut:]
        yield left


def _words(text: str) -> list[str]:
    """What stands between spaces at which a line may end; a no-break space is none."""
    return [word for word in BREAKS.split(text) if word]


def _longest(word: str, width: float, size: float, measure: Measure) -> int:
    """How many letters of `word` stand before a hyphen in `width`; at least one."""
    cuts = range(1, min(len(word), LONGEST_LINE))
    return max(1, bisect.bisect_right(cuts, width, key=lambda cut: measure(word[:cut] + "-", size)))


def _cut(lines: list[str], *, size: float, box: Box, leading: float, measure: Measure) -> Fitted:
    """As many of `lines` as the box is high for, the last one ended by dots."""
    room = max(1, int(box.height // (size * leading)))
    kept = lines[:room]
    return Fitted(size, size * leading, [*kept[:-1], _ended(kept[-1], box.width, size, measure)])


def _ended(line: str, width: float, size: float, measure: Measure) -> str:
    while line and measure(f"{line}…", size) > width:
        line = line[:-1].rstrip()
    return f"{line}…"
