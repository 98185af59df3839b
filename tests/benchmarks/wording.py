"""How well the rules about words find: precision and recall per language and rule, and what was held back beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.benchmarks import labelled
from tests.benchmarks.labelled import passages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.labelled import Score


def as_table() -> str:
    """A line per language and rule, with what was wrong and what was missed below."""
    return "\n".join(line for language in labelled.LANGUAGES for line in _lines(language))


def figures() -> dict[str, Any]:
    """The same as numbers: per language, per rule ("all" for every rule), and for passages that could identify a child."""
    found = {language: _figures(labelled.scores(language)) for language in labelled.LANGUAGES}
    for language in labelled.LANGUAGES:
        found[language]["held back"] = _figures(labelled.scores(language, held=True))["all"]
        found[language]["fresh"] = _figure(labelled.scores_of(labelled.fresh(language))[""])
        found[language]["could-identify"] = _figure(passages.score(language))
    return found


def _lines(language: str) -> Iterator[str]:
    scores = labelled.scores(language)
    kinds = [sentence.kind for sentence in labelled.sentences(language)]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("found", "ordinary", "quoted"))
    yield f"WORDING, {language} · {len(kinds)} sentences: {counts}"
    yield _line("all rules", scores[""])
    yield _line("all rules, only what was held back", labelled.scores(language, held=True)[""])
    fresh = labelled.scores_of(labelled.fresh(language))[""]
    yield _line("all rules, fresh sentences", fresh)
    yield from (_line(rule, score) for rule, score in scores.items() if rule)
    yield _line("could-identify", passages.score(language))
    yield from (f"    wrong: {words}" for words in [*scores[""].wrong, *fresh.wrong])
    yield from (f"    missed: {words}" for words in [*scores[""].missed, *fresh.missed])


def _line(name: str, score: Score) -> str:
    labelled_there, found = score.right + score.missed.total(), score.right + score.wrong.total()
    precision = f"precision {score.precision:.3f} ({score.right}/{found})"
    return f"  {name:<36}{precision:<28}recall {score.recall:.3f} ({score.right}/{labelled_there})"


def _figures(scores: dict[str, Score]) -> dict[str, Any]:
    return {rule or "all": _figure(score) for rule, score in scores.items()}


def _figure(score: Score) -> dict[str, Any]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "right": score.right,
        "wrong": score.wrong.total(),
        "missed": score.missed.total(),
    }
