"""The text part: built from the blocks' own words, never from the HTML (TX1); wrapped without cutting a link (TX2)."""

from __future__ import annotations

import re
import textwrap
from itertools import count
from typing import TYPE_CHECKING

from newsletter.composition.merging import SLOT, WORDS, MergeField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

WIDTH = 74
INDENT = re.compile(r" *(?:> )*(?:[-–] |\d+\. )?")
ROOM_FOR_A_NAME = 16
BLOCKS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "div"}


def wrapped(text: str) -> str:
    """`text` (a line is a paragraph) with lines of at most 78 characters, links whole, one empty line at most.

    A line that is one long word (a link) stays as long as it is. List items and quotations keep their indent.
    """
    shortened, slots = _with_stand_ins(text)
    lines = "\n".join(_folded(line.rstrip()) for line in shortened.split("\n"))
    tidy = re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
    for stand_in, slot in slots.items():
        tidy = tidy.replace(stand_in, slot)
    return tidy


def text_of(tree: HtmlElement) -> str:
    """The words of sanitised rich text, a paragraph per line with empty lines between; a link is followed by its URL."""
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(_paragraphs(tree))).strip()


def underline(heading: str) -> str:
    """The rule under a heading: as long as the heading, at most a line."""
    return "-" * min(len(heading), WIDTH)


def _paragraphs(element: HtmlElement) -> Iterator[str]:
    """Each block inside `element` as a string; words that stand loose between blocks are blocks too."""
    loose = element.text or ""
    for child in element:
        if child.tag in BLOCKS:
            yield from _said(loose)
            yield _block(child)
            loose = child.tail or ""
        else:
            loose += _inline(child) + (child.tail or "")
    yield from _said(loose)


def _block(element: HtmlElement) -> str:
    inner = "\n\n".join(_paragraphs(element))
    match element.tag:
        case "hr":
            return "* * *"
        case "ul":
            return "\n".join(_items(element, ("- " for _ in count())))
        case "ol":
            return "\n".join(_items(element, (f"{number}. " for number in count(1))))
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case _:
            return inner


def _items(element: HtmlElement, marks: Iterator[str]) -> Iterator[str]:
    for mark, item in zip(marks, element.iterchildren("li"), strict=False):
        first, *more = [line for line in "\n".join(_paragraphs(item)).split("\n") if line] or [""]
        yield mark + first
        yield from (f"  {line}" for line in more)


def _inline(element: HtmlElement) -> str:
    if element.tag == "br":
        return "\n"
    words = (element.text or "") + "".join(_inline(child) + (child.tail or "") for child in element)
    url = element.get("href", "") if element.tag == "a" else ""
    return words if not url or words.strip() == url else f"{words.strip()}: {url} "


def _said(loose: str) -> Iterator[str]:
    lines = [" ".join(line.split()) for line in loose.split("\n")] if "\n" in loose else [" ".join(loose.split())]
    said = "\n".join(line for line in lines if line)
    if said:
        yield said


def _with_stand_ins(text: str) -> tuple[str, dict[str, str]]:
    """Slots as private characters of about the width a reader will see; `said` keeps those out of every other text."""
    slots: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        width = ROOM_FOR_A_NAME if found[1] == WORDS[MergeField.FIRST_NAME] else WIDTH
        word = chr(0xE000 + len(slots)) + "\uf8ff" * (width - 1)
        slots[word] = found[0]
        return word

    return SLOT.sub(stand_in, text), slots


def _folded(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    mark = INDENT.match(line)
    indent = mark[0] if mark else ""
    hanging = indent if indent.startswith(">") else " " * len(indent)
    return textwrap.fill(
        line[len(indent) :],
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
