"""Plain text by its shape: headings are short lines that end without a full stop, wrapped lines belong together."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from campaigns.content.articles.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

WRAPPED_AT_LEAST = 45
"""Characters: shorter lines were broken on purpose."""
WRAPPED_AT_MOST = 120
"""Longer lines are whole paragraphs."""
LONGEST_HEADING = 90
BULLET = re.compile(r"\s*(?:[-*•●◦▪·–—])\s+(?=\S)")
NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s+(?=\S)")
QUOTED = re.compile(r"\s*>\s?")
UNDERLINE = re.compile(r"\s*(=|-|~|\*|_)\1{2,}\s*")
ENDS_A_SENTENCE = (".", "!", "?", "…", ":", ";", ",", ".”", ".“", '."', "?”", "!”", "…”", ".)")
LINKED = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}”’]")


def read_plain(words: str) -> Reading:
    """The article in `words` (tidied); title and lead are found later, by where they stand."""
    blocks = [
        list(lines) for is_empty, lines in groupby(_lines(words), key=lambda line: not line.strip()) if not is_empty
    ]
    parts = [part for block in blocks for part in _parts(block)]
    rows = [_row(part, following) for part, following in zip(parts, [*parts[1:], []], strict=True)]
    return Reading(html="\n".join(rows))


def _lines(words: str) -> list[str]:
    """The lines; where no empty line parts paragraphs, every line is one, unless they are wrapped."""
    lines = [line.expandtabs(4).rstrip() for line in words.split("\n")]
    if any(not line for line in words.strip().split("\n")) or max(map(len, lines)) <= WRAPPED_AT_MOST:
        return lines
    return [each for line in lines for each in (line, "")]


def _parts(block: list[str]) -> Iterator[list[str]]:
    """A block cut where its shape changes: an underlined heading, a list, a quotation, a line that is a paragraph."""
    if len(block) > 1 and UNDERLINE.fullmatch(block[1]) and not UNDERLINE.fullmatch(block[0]):
        yield block[:2]
        block = block[2:]
    for _shape, lines in groupby((line for line in block if not UNDERLINE.fullmatch(line)), key=_shape_of):
        yield from _by_paragraph(list(lines))


def _by_paragraph(lines: list[str]) -> Iterator[list[str]]:
    if _shape_of(lines[0]) != "words" or max(map(len, lines)) <= WRAPPED_AT_MOST:
        yield lines
    else:
        yield from ([line] for line in lines)


def _shape_of(line: str) -> str:
    for shape, pattern in (("quote", QUOTED), ("bullets", BULLET), ("numbers", NUMBERED)):
        if pattern.match(line):
            return shape
    return "words"


def _row(part: list[str], following: list[str]) -> str:
    if len(part) > 1 and UNDERLINE.fullmatch(part[1]):
        return f"<h2>{_said(part[0])}</h2>"
    match _shape_of(part[0]):
        case "quote":
            return f"<blockquote><p>{_joined([QUOTED.sub('', line, count=1) for line in part])}</p></blockquote>"
        case "bullets":
            return f"<ul>{_items(part, BULLET)}</ul>"
        case "numbers":
            return f"<ol>{_items(part, NUMBERED)}</ol>"
    if _is_heading(part, following):
        return f"<h2>{_said(part[0].strip())}</h2>"
    return f"<p>{_joined(part)}</p>"


def _items(part: list[str], mark: re.Pattern[str]) -> str:
    return "".join(f"<li>{_said(mark.sub('', line, count=1).strip())}</li>" for line in part)


def _is_heading(part: list[str], following: list[str]) -> bool:
    line = part[0].strip()
    is_short = len(part) == 1 and len(line) <= LONGEST_HEADING and line[:1].isupper()
    return is_short and not line.endswith(ENDS_A_SENTENCE) and len(" ".join(following)) > len(line)


def _joined(lines: list[str]) -> str:
    """One paragraph: wrapped lines run on; a word cut at a line's end is left with its hyphen, for it may belong there."""
    if any(len(line) < WRAPPED_AT_LEAST for line in lines[:-1]):
        return "<br>".join(_said(line.strip()) for line in lines)
    text = " ".join(line.strip() for line in lines)
    return _said(re.sub(r"(?<=[^\W\d_])- (?=[a-zà-ÿąćęłńóśźż])", "-", text))


def _said(words: str) -> str:
    """Words as HTML; addresses in them become links."""
    parts, end = [], 0
    for link in LINKED.finditer(words):
        parts += [escape(words[end : link.start()]), f'<a href="{escape(link[0])}">{escape(link[0])}</a>']
        end = link.end()
    return "".join([*parts, escape(words[end:])])
