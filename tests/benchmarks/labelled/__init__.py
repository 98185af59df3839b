"""In: our labelled sentences. Out: precision and recall of the terminology lint, per language and rule. Needs no server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from campaigns.safeguarding.reading import read_plain, read_rich
from campaigns.safeguarding.terminology import findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = Path(__file__).parent
LANGUAGES = ("pl", "en")
HELD_BACK = 3
"""Every so many-th sentence of a list was held back while the rules were written."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence and the rules it must raise; `blocking` only counts what is not quoted."""

    language: str
    kind: str
    words: str
    rules: frozenset[str]
    held: bool


@dataclass(slots=True)
class Score:
    """Counts of one language, one rule (or all), one part of the set."""

    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    """What was found and should not have been: sentence by sentence."""
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Share of what was found that is labelled; 1 where nothing was found."""
        found = self.right + self.wrong.total()
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is labelled that was found; 1 where nothing is labelled."""
        labelled = self.right + self.missed.total()
        return self.right / labelled if labelled else 1.0


def sentences(language: str) -> Iterator[Labelled]:
    """The set of one language, in the order of its file."""
    rows: dict[str, Any] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    for kind in ("ordinary", "quoted"):
        yield from _list(language, kind, rows[kind], "")
    yield from (Labelled(language, "ordinary", words, frozenset(), held=False) for words in rows["later"])
    for rules, words in rows["found"].items():
        yield from _list(language, "found", words, rules)


def fresh(language: str) -> Iterator[Labelled]:
    """Sentences written when the rules were finished: what they did with words nobody had in mind is in docs/safeguarding.md."""
    rows: dict[str, Any] = yaml.safe_load((FOLDER / f"fresh-{language}.yaml").read_text(encoding="utf-8"))
    yield from _list(language, "ordinary", rows["ordinary"], "")
    for rules, words in rows["found"].items():
        yield from _list(language, "found", words, rules)


def raised(sentence: Labelled) -> frozenset[str]:
    """The rules that `sentence` raises, as an item of level 2; of a quoted one, those that block."""
    passage = read_rich(sentence.words) if sentence.words.startswith("<") else read_plain(sentence.words)
    found = findings(passage, language=sentence.language, level=2)
    return frozenset(each.rule for each in found if each.blocking or sentence.kind != "quoted")


def scores(language: str, *, held: bool | None = None) -> dict[str, Score]:
    """A Score per rule, and "" for all of them; of the whole set, the tuned part (False) or what was held back (True)."""
    return scores_of(each for each in sentences(language) if held is None or each.held == held)


def scores_of(labelled: Iterable[Labelled]) -> dict[str, Score]:
    """The same of any sentences."""
    found: dict[str, Score] = {"": Score()}
    for sentence in labelled:
        there = raised(sentence)
        for rule in there | sentence.rules:
            for score in (found[""], found.setdefault(rule, Score())):
                _count(score, rule, sentence, there)
    return dict(sorted(found.items()))


def _count(score: Score, rule: str, sentence: Labelled, there: frozenset[str]) -> None:
    if rule in there and rule in sentence.rules:
        score.right += 1
    elif rule in there:
        score.wrong[f"{rule}: {sentence.words}"] += 1
    else:
        score.missed[f"{rule}: {sentence.words}"] += 1


def _list(language: str, kind: str, words: list[str], rules: str) -> Iterator[Labelled]:
    names = frozenset(filter(None, rules.split(", ")))
    for number, each in enumerate(words, start=1):
        yield Labelled(language, kind, each, names, held=number % HELD_BACK == 0)
