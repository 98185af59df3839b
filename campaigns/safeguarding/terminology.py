"""Words we do not use, per language, each with a reason and better ones (G1, G2). The rules are data: see `languages/`."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from campaigns.safeguarding.folding import Folded, folded, pattern
from campaigns.safeguarding.languages import data_of
from campaigns.safeguarding.reading import Passage, read_plain
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = re.compile(r"\{([a-z_]+)\}")


class Blocks(Enum):
    """From which level on a finding stops approval."""

    ALWAYS = "always"
    SENSITIVE = "sensitive"
    """Where `Care.words_block` says so: above level 0."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TermFinding:
    """Words to replace. `place` and `end` count characters in the passage's text."""

    rule: str
    found: str
    place: int
    end: int
    sentence: str
    """The sentence around, as written."""
    reason: str
    instead: tuple[str, ...]
    """Better words, the best first; empty where only another sentence will do."""
    hint: str
    """How to say it otherwise, where no word can simply be replaced."""
    quoted: bool
    """It stands in a quotation: shown, but does not block."""
    blocking: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of languages/<code>/terms.yaml; its patterns are read by `folding.pattern`."""

    rule: str
    patterns: tuple[re.Pattern[str], ...]
    near: re.Pattern[str] | None
    not_near: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    within: tuple[re.Pattern[str], ...]
    blocks: Blocks
    reason: str
    instead: tuple[str, ...]
    hint: str

    def blocks_at(self, level: int) -> bool:
        """Whether a finding stops approval of a text of `level` (0 to 3)."""
        return self.blocks is Blocks.ALWAYS or (self.blocks is Blocks.SENSITIVE and care_at(level).words_block)


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    order: int
    start: int
    end: int

    def holds(self, other: _Hit) -> bool:
        """Whether `other` says nothing more: it lies within this one, which stands above it in the rules."""
        same = (self.order, self.start, self.end) == (other.order, other.start, other.end)
        return not same and self.order <= other.order and self.start <= other.start and other.end <= self.end


def findings(text: str | Passage, *, language: str, level: int = 1, whole: str = "") -> list[TermFinding]:
    """What to replace in `text` (plain words, or a Passage), in the order of reading; none for a language without rules.

    `level` (0 to 3) decides what blocks. `whole` is all that stands around, such as the item's other fields: a term that
    may not stand alone is looked for there too. What is marked as another language is left to that language's rules.
    """
    passage = read_plain(text) if isinstance(text, str) else text
    found: list[TermFinding] = []
    for code in {language, *(mark[2] for mark in passage.foreign)}:
        found += _in_language(passage, code, default=language, level=level, whole=whole)
    return sorted(found, key=lambda finding: (finding.place, finding.rule))


@functools.cache
def rules_for(language: str) -> tuple[Rule, ...]:
    """The rules of one language in their order of precedence; none when nobody wrote any."""
    data = data_of(language, "terms") or {"rules": []}
    words, names, statutes = (data.get(kind, {} if kind == "words" else []) for kind in ("words", "names", "statutes"))
    return tuple(_rule(row, words, names + statutes * row.get("in_statutes", False)) for row in data["rules"])


def fingerprint(language: str) -> str:
    """What changes whenever a rule of `language` does: the start of a SHA-256 over its data."""
    return hashlib.sha256(repr(data_of(language, "terms")).encode()).hexdigest()[:16]


def _in_language(passage: Passage, code: str, *, default: str, level: int, whole: str) -> Iterator[TermFinding]:
    words, around = folded(passage.text), folded(f"{passage.text}\n{whole}").text
    every = [hit for order, rule in enumerate(rules_for(code)) for hit in _hits(rule, order, passage, words, around)]
    hits = list({(hit.order, hit.start, hit.end): hit for hit in every}.values())
    for hit in hits:
        start, end = words.place(hit.start, hit.end)
        if passage.language_at(start, default) == code and not any(other.holds(hit) for other in hits):
            yield _finding(hit.rule, passage, start, end, level)


def _hits(rule: Rule, order: int, passage: Passage, words: Folded, around: str) -> Iterator[_Hit]:
    if rule.unless and rule.unless.search(around):
        return
    names = [found.span() for name in rule.within for found in name.finditer(words.text)]
    for wanted in rule.patterns:
        for match in wanted.finditer(words.text):
            named = any(start <= match.start() and match.end() <= end for start, end in names)
            if (
                not named
                and not _follows(rule, words.text, match.start())
                and _fits_sentence(rule, passage, words.place(*match.span()))
            ):
                yield _Hit(rule, order, match.start(), match.end())


def _follows(rule: Rule, text: str, start: int) -> bool:
    """Whether one of the words that take a finding away, such as "not", stands directly before `start`."""
    before = text[:start].rstrip(" ").rpartition(" ")[2]
    return bool(rule.not_after and rule.not_after.fullmatch(before))


def _fits_sentence(rule: Rule, passage: Passage, place: tuple[int, int]) -> bool:
    if not rule.near and not rule.not_near:
        return True
    start, end = passage.sentence_at(*place)
    sentence = folded(passage.text[start:end]).text
    wanted = not rule.near or rule.near.search(sentence)
    return bool(wanted) and not (rule.not_near and rule.not_near.search(sentence))


def _finding(rule: Rule, passage: Passage, start: int, end: int, level: int) -> TermFinding:
    first, last = passage.sentence_at(start, end)
    quoted = passage.is_quoted(start, end)
    return TermFinding(
        rule=rule.rule,
        found=passage.text[start:end],
        place=start,
        end=end,
        sentence=passage.text[first:last].strip(),
        reason=rule.reason,
        instead=rule.instead,
        hint=rule.hint,
        quoted=quoted,
        blocking=rule.blocks_at(level) and not quoted,
    )


def _rule(row: dict[str, Any], words: dict[str, str], within: list[str]) -> Rule:
    def ready(source: str) -> re.Pattern[str]:
        while REFERENCE.search(source):
            source = REFERENCE.sub(lambda name: f"(?:{words[name[1]]})", source)
        return pattern(source)

    return Rule(
        rule=row["rule"],
        patterns=tuple(ready(each) for each in row["patterns"]),
        near=ready(row["near"]) if "near" in row else None,
        not_near=ready(row["not_near"]) if "not_near" in row else None,
        not_after=ready(row["not_after"]) if "not_after" in row else None,
        unless=ready(row["unless"]) if "unless" in row else None,
        within=tuple(ready(each) for each in within),
        blocks=Blocks(row.get("blocks", "sensitive")),
        reason=row["reason"],
        instead=tuple(row.get("instead", [])),
        hint=row.get("hint", ""),
    )
