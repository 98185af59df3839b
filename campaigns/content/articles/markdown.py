"""Markdown (CommonMark; HTML in it is just words), with or without front matter."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import yaml
from markdown_it import MarkdownIt

from campaigns.content.articles.reading import Reading

FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.{0,4000}?)\n---[ \t]*\n", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("image")


def read_markdown(words: str) -> Reading:
    """The article in `words`; `title`, `date`, `lang` and `url` or `source` of a front matter count."""
    front = FRONT_MATTER.match(words)
    facts = _facts(front[1]) if front else {}
    dated = facts.get("date")
    return Reading(
        html=_MARKDOWN.render(words[front.end() :] if front and facts else words),
        title=_text(facts, "title"),
        lead=_text(facts, "lead", "description", "summary"),
        language=_text(facts, "lang", "language")[:2],
        dated=dated if isinstance(dated, dt.date) and not isinstance(dated, dt.datetime) else None,
        url=_text(facts, "source_url", "url", "source"),
    )


def _facts(text: str) -> dict[str, Any]:
    if "&" in text or "*" in text:  # YAML's anchors can make much of little
        return {}
    try:
        facts = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _text(facts: dict[str, Any], *names: str) -> str:
    return next((facts[name].strip() for name in names if isinstance(facts.get(name), str)), "")
