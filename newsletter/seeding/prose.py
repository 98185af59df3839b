"""Markdown with front matter into words: plain fields from the front matter, the body as sanitised HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt

from campaigns.content.markup import sanitised
from newsletter.seeding.fields import Fields, SeedError

if TYPE_CHECKING:
    from pathlib import Path

FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
NO_BREAK_SPACE = "\u00a0"
TIED_IN_POLISH = re.compile(r"(?<![\w-][aiouwz])(?<=[aiouwz])[ \n](?=\S)|(?<=\d)[ \n](?=r\.)", re.IGNORECASE)
"""The space after a one-letter word, and the one between a year and its "r."."""

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def read_prose(file: Path, *, language: str) -> tuple[Fields, str]:
    """The front matter of `file` and its body as HTML.

    Raises:
        SeedError: no front matter, or front matter that is not YAML.
    """
    parts = FRONT_MATTER.fullmatch(text_of(file))
    if parts is None:
        raise SeedError(file, "front matter", "begin the file with fields between two lines of ---")
    front = {
        name: typeset(value, language=language) if isinstance(value, str) else value
        for name, value in loaded(parts[1], file=file).items()
    }
    return Fields(front, file=file), html_of(parts[2], language=language)


def html_of(markdown: str, *, language: str) -> str:
    """Markdown as HTML that passed the allow-list."""
    return sanitised(_MARKDOWN.render(typeset(markdown, language=language)).strip())


def typeset(text: str, *, language: str) -> str:
    """`text` tied where Polish typography does not break a line; other languages as they are."""
    return TIED_IN_POLISH.sub(NO_BREAK_SPACE, text) if language == "pl" else text


def loaded(text: str, *, file: Path) -> dict[str, object]:
    """The mapping in a YAML text.

    Raises:
        SeedError: the text is not YAML, or not a mapping.
    """
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SeedError(file, "the file", f"this is not YAML: {error}".replace("\n", " ")) from error
    if not isinstance(values, dict):
        raise SeedError(file, "the file", "write fields as `name: value`")
    return values


def text_of(file: Path) -> str:
    """What the file says.

    Raises:
        SeedError: it is not there, or not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SeedError(file, "the file", f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SeedError(file, "the file", "save it as UTF-8") from error
