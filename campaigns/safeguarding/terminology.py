"""Words we do not use, per language, each with a reason and a better one (G1). The rules are data: terms/<language>.yaml."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

TERMS = Path(__file__).parent / "terms"
QUOTATION = re.compile(r"„[^”]*”|“[^”]*”|«[^»]*»|»[^«]*«|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class TermFinding:
    """A word to replace. `quoted`: it stands in quotation marks, as a statute's title may; show it, but do not block."""

    found: str
    place: int
    reason: str
    instead: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of terms/<language>.yaml."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    reason: str
    instead: str


def findings(text: str, *, language: str) -> list[TermFinding]:
    """What to replace in `text` (words without markup), in the order of reading; none for a language without rules."""
    quotations = [match.span() for match in QUOTATION.finditer(text)]
    found = [
        TermFinding(
            found=match[0],
            place=match.start(),
            reason=rule.reason,
            instead=rule.instead,
            quoted=any(start < match.start() < end for start, end in quotations),
        )
        for rule in rules_for(language)
        if not (rule.unless and rule.unless.search(text))
        for match in rule.pattern.finditer(text)
    ]
    return sorted(found, key=lambda finding: finding.place)


@functools.cache
def rules_for(language: str) -> tuple[Rule, ...]:
    """The rules of one language; none when nobody wrote any."""
    file = TERMS / f"{language}.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else []
    return tuple(
        Rule(
            pattern=_compiled(row["pattern"]),
            unless=_compiled(row["unless"]) if "unless" in row else None,
            reason=row["reason"],
            instead=row["instead"],
        )
        for row in rows
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\[) (?!-?\])", r"\\s+", pattern), re.IGNORECASE)
