"""Passages that could, or could not, identify a child: the labelled set of `safeguarding.identifying`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from campaigns.safeguarding.identifying import mosaics
from tests.benchmarks.labelled import FOLDER, HELD_BACK, Score

if TYPE_CHECKING:
    from collections.abc import Iterator


def passages(language: str) -> Iterator[tuple[str, bool, bool]]:
    """Words, whether they tell too much, and whether they were held back while the pieces were described."""
    rows: dict[str, Any] = yaml.safe_load((FOLDER / "identifying.yaml").read_text(encoding="utf-8"))[language]
    for kind in ("tells", "safe"):
        for number, words in enumerate(rows[kind], start=1):
            yield words, kind == "tells", number % HELD_BACK == 0


def score(language: str, *, held: bool | None = None) -> Score:
    """What is found of the whole set, the tuned part (False) or what was held back (True)."""
    found = Score()
    for words, tells, kept in passages(language):
        if held is None or kept == held:
            there = bool(mosaics(words, language=language))
            found.right += tells and there
            found.wrong[words] += there and not tells
            found.missed[words] += tells and not there
    return found
