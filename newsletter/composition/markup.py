"""An editor's rich text made fit for a mail: allowed elements only, headings in their place, links as they will be sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import lxml.html
from django.utils.safestring import SafeString

from campaigns.content.markup import sanitised
from newsletter.composition.merging import merged
from newsletter.composition.plaintext import BLOCKS, text_of

HEADINGS = ("h2", "h3", "h4")
AS_IT_IS = "@/:=?;#%&,+-_.!~*'()"
"""What libxml2 leaves alone in an address; everything else it would write as %XX, so we do it first, in both parts."""


@dataclass(frozen=True, slots=True)
class Rich:
    """Rich text in both forms."""

    html: SafeString
    text: str


def rich(source: str, *, first_name: str, top_level: int) -> Rich:
    """`source` (HTML from an editor) for both parts; `first_name` is the merge field's fallback.

    Headings are renumbered so that the first is `top_level` and none is skipped (A3). Merge fields count in words only,
    never in an address.
    """
    tree = lxml.html.fragment_fromstring(sanitised(source), create_parent="div")
    _give_loose_words_a_paragraph(tree)
    _renumber_headings(tree, top_level)
    for element in tree.iter():
        element.text = merged(element.text, first_name=first_name) if element.text else None
        element.tail = merged(element.tail, first_name=first_name) if element.tail else None
        if element.tag == "a" and element.get("href"):
            element.set("href", address(element.get("href")))
    return Rich(html=_inner(tree), text=text_of(tree))


def address(url: str) -> str:
    """`url` as it will stand in both parts: no space, no control, nothing that a serialiser would spell differently."""
    return quote(url.strip(), safe=AS_IT_IS)


def _give_loose_words_a_paragraph(tree: lxml.html.HtmlElement) -> None:
    """What stands between blocks becomes paragraphs, so that it gets their type and space."""
    children, loose = list(tree), tree.text or ""
    tree[:], tree.text = [], None
    paragraph = _paragraph(loose)
    for child in children:
        tail, child.tail = child.tail or "", None
        if child.tag in BLOCKS:
            _close(tree, paragraph)
            tree.append(child)
            paragraph = _paragraph(tail)
        else:
            child.tail = tail
            paragraph.append(child)
    _close(tree, paragraph)


def _paragraph(words: str) -> lxml.html.HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = words
    return paragraph


def _close(tree: lxml.html.HtmlElement, paragraph: lxml.html.HtmlElement) -> None:
    if paragraph.text_content().strip():
        tree.append(paragraph)


def _renumber_headings(tree: lxml.html.HtmlElement, top_level: int) -> None:
    found = [element for element in tree.iter() if element.tag in HEADINGS]
    levels = sorted({element.tag for element in found})
    previous = top_level - 1
    for element in found:
        wanted = top_level + levels.index(element.tag)
        previous = min(wanted, previous + 1)
        element.tag = f"h{min(previous, 6)}"


def _inner(tree: lxml.html.HtmlElement) -> SafeString:
    whole = str(lxml.html.tostring(tree, encoding="unicode"))
    return SafeString(whole.removeprefix("<div>").removesuffix("</div>"))
