"""Word files (.docx) read by hand: words, headings, emphasis, lists, links, footnotes. Macros and objects are not looked at.

By hand, for the libraries there are either keep whole packages in memory or leave footnotes and lists out; what an
article needs is seven elements. The zip and its XML are hostile until read: limits first, no entities, no network.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from lxml import etree

from campaigns.content.articles.reading import EMPTY, ArticleRefusedError, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

MOST_ENTRIES = 5_000
MOST_XML = 30_000_000
"""Bytes of one part after decompression."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
HEADING = re.compile(r"(?:heading|nag[łl][óo]?wek|nagwek|berschrift)\s?(\d)", re.IGNORECASE)
TITLE = re.compile(r"title|tytu[łl]?", re.IGNORECASE)
SUBTITLE = re.compile(r"subtitle|podtytu[łl]?", re.IGNORECASE)
QUOTE = re.compile(r"quote|cytat", re.IGNORECASE)
SCHEMES = ("http://", "https://", "mailto:")
LOCKED = _("This Word file is locked with a password. Save it without one, or paste its text.")
DAMAGED = _("This Word file is damaged. Open it in Word, save it anew, and choose it again; or paste its text.")
TOO_DENSE = _("This Word file unpacks to more than we read. Save it without pictures and objects, or paste its text.")


@dataclass(slots=True)
class Package:
    """What the parts of the file say about its paragraphs."""

    links: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    """Style id to its name; ids are translated by some versions of Word, names by others."""
    outlines: dict[str, int] = field(default_factory=dict)
    bullets: set[str] = field(default_factory=set)
    """Numbering ids whose first level is a bullet."""
    notes: dict[str, str] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)
    title: str = ""
    lead: str = ""


def read_word(content: bytes) -> Reading:
    """The article in a .docx file.

    Raises:
        ArticleRefusedError: locked, damaged, empty, or more than we read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if len(parts.infolist()) > MOST_ENTRIES:
                raise ArticleRefusedError(TOO_DENSE)
            return _read(parts)
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        EOFError,
        OSError,
        NotImplementedError,
        KeyError,
    ) as error:
        raise ArticleRefusedError(DAMAGED) from error


def _read(parts: zipfile.ZipFile) -> Reading:
    body = _xml(parts, "word/document.xml").find(f"{W}body")
    if body is None:
        raise ArticleRefusedError(DAMAGED)
    package = _package(parts)
    html = "\n".join(_blocks(body, package)) + _notes(package)
    if not re.sub(r"<[^>]*>", "", html).strip() and not package.title:
        raise ArticleRefusedError(EMPTY)
    return Reading(html=html, title=package.title, lead=package.lead)


def _xml(parts: zipfile.ZipFile, name: str) -> _Element:
    """One part, never more of it than MOST_XML.

    Raises:
        KeyError: it is not there.
        ArticleRefusedError: it is locked, has a document type, or is too large.
    """
    entry = parts.getinfo(name)
    if entry.flag_bits & 1:
        raise ArticleRefusedError(LOCKED)
    with parts.open(entry) as file:
        content = file.read(MOST_XML + 1)
    if len(content) > MOST_XML:
        raise ArticleRefusedError(TOO_DENSE)
    content = content.replace(STRICT_W.encode(), W[1:-1].encode())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    tree = etree.fromstring(content, parser)
    if tree.getroottree().docinfo.doctype:
        raise ArticleRefusedError(DAMAGED)
    return tree


def _optional(parts: zipfile.ZipFile, name: str) -> Iterable[_Element]:
    return _xml(parts, name) if name in parts.NameToInfo else ()


def _package(parts: zipfile.ZipFile) -> Package:
    package = Package()
    for link in _optional(parts, "word/_rels/document.xml.rels"):
        if link.get("TargetMode") == "External" and str(link.get("Target")).startswith(SCHEMES):
            package.links[str(link.get("Id"))] = str(link.get("Target"))
    for style in _optional(parts, "word/styles.xml"):
        _note_style(style, package)
    _note_bullets(list(_optional(parts, "word/numbering.xml")), package)
    for note in _optional(parts, "word/footnotes.xml"):
        if note.get(f"{W}type") is None:
            words = " ".join(_runs(paragraph, package) for paragraph in note.iter(f"{W}p"))
            package.notes[str(note.get(f"{W}id"))] = words.strip()
    return package


def _note_style(style: _Element, package: Package) -> None:
    name, outline = style.find(f"{W}name"), style.find(f"{W}pPr/{W}outlineLvl")
    key = str(style.get(f"{W}styleId"))
    package.styles[key] = str(name.get(f"{W}val")) if name is not None else key
    if outline is not None and str(outline.get(f"{W}val")).isdecimal():
        package.outlines[key] = int(str(outline.get(f"{W}val"))) + 1


def _note_bullets(numbering: list[_Element], package: Package) -> None:
    bulleted = {
        each.get(f"{W}abstractNumId")
        for each in numbering
        if each.tag == f"{W}abstractNum"
        and any(level.get(f"{W}val") == "bullet" for level in each.findall(f"{W}lvl[1]/{W}numFmt"))
    }
    for number in numbering:
        points_at = number.find(f"{W}abstractNumId")
        if points_at is not None and points_at.get(f"{W}val") in bulleted:
            package.bullets.add(str(number.get(f"{W}numId")))


def _blocks(body: _Element, package: Package) -> Iterator[str]:
    """Every paragraph as HTML; items of one list run together."""
    items: list[str] = []
    kind = ""
    for element in _paragraphs(body):
        list_kind, block = _block(element, package)
        if items and list_kind != kind:
            yield f"<{kind}>{''.join(items)}</{kind}>"
            items = []
        kind = list_kind
        if list_kind:
            items.append(block)
        elif block:
            yield block
    if items:
        yield f"<{kind}>{''.join(items)}</{kind}>"


def _paragraphs(body: _Element) -> Iterator[_Element]:
    """Paragraphs and table rows in order; content controls are looked into."""
    for element in body:
        if element.tag in {f"{W}p", f"{W}tr"}:
            yield element
        elif element.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}tbl", f"{W}ins", f"{W}customXml"}:
            yield from _paragraphs(element)


def _block(element: _Element, package: Package) -> tuple[str, str]:
    """("ul" or "ol" for an item, else ""), and the HTML; empty for a paragraph without words."""
    if element.tag == f"{W}tr":
        cells = [
            " ".join(_runs(each, package) for each in cell.iter(f"{W}p")).strip() for cell in element.findall(f"{W}tc")
        ]
        return "ul", f"<li>{' – '.join(cell for cell in cells if cell)}</li>"
    words = _runs(element, package).strip()
    style = element.find(f"{W}pPr/{W}pStyle")
    key = str(style.get(f"{W}val")) if style is not None else ""
    name = package.styles.get(key, key)
    if not words:
        return "", ""
    if SUBTITLE.fullmatch(name) and not package.lead:
        package.lead = _bare(words)
        return "", ""
    if TITLE.fullmatch(name) and not package.title:
        package.title = _bare(words)
        return "", ""
    return _plain_block(element, words, name, package.outlines.get(key, 0), package)


def _plain_block(element: _Element, words: str, name: str, outline: int, package: Package) -> tuple[str, str]:
    named = HEADING.search(name)
    level = int(named[1]) if named else outline
    if level:
        return "", f"<h{min(level, 3) if level > 1 else 2}>{_bare_html(words)}</h{min(level, 3) if level > 1 else 2}>"
    number = element.find(f"{W}pPr/{W}numPr/{W}numId")
    if number is not None and number.get(f"{W}val") != "0":
        return ("ul" if str(number.get(f"{W}val")) in package.bullets else "ol"), f"<li>{words}</li>"
    if "bullet" in name.lower() or "punktowan" in name.lower():
        return "ul", f"<li>{words}</li>"
    return "", f"<blockquote><p>{words}</p></blockquote>" if QUOTE.search(name) else f"<p>{words}</p>"


def _runs(paragraph: _Element, package: Package) -> str:
    """The words of a paragraph; what was deleted is not there, what was inserted is."""
    said = []
    for element in paragraph:
        if element.tag == f"{W}r":
            said.append(_run(element, package))
        elif element.tag == f"{W}hyperlink":
            said.append(_link(element, package))
        elif element.tag in {
            f"{W}ins",
            f"{W}smartTag",
            f"{W}sdt",
            f"{W}sdtContent",
            f"{W}fldSimple",
            f"{W}customXml",
            f"{W}moveTo",
        }:
            said.append(_runs(element, package))
    return re.sub(r"</(strong|em)>(\s*)<\1>", r"\2", "".join(said))


def _link(element: _Element, package: Package) -> str:
    words, target = _runs(element, package), package.links.get(str(element.get(R_ID)), "")
    return f'<a href="{escape(target)}">{words}</a>' if target and words.strip() else words


def _run(run: _Element, package: Package) -> str:
    words = "".join(_piece(each, package) for each in run)
    if not words.strip():
        return words
    if _is_on(run, "i"):
        words = f"<em>{words}</em>"
    return f"<strong>{words}</strong>" if _is_on(run, "b") else words


def _piece(element: _Element, package: Package) -> str:
    match str(element.tag).removeprefix(W):
        case "t":
            return escape(element.text or "")
        case "tab":
            return " "
        case "br" | "cr":
            return "<br>"
        case "noBreakHyphen":
            return "-"
        case "footnoteReference":
            package.cited.append(str(element.get(f"{W}id")))
            return f" [{len(package.cited)}]"
        case _:
            return ""


def _is_on(run: _Element, name: str) -> bool:
    mark = run.find(f"{W}rPr/{W}{name}")
    return mark is not None and mark.get(f"{W}val", "true") not in {"0", "false", "off"}


def _notes(package: Package) -> str:
    """The footnotes that the text cites, in its order; those that are empty keep their number."""
    notes = [package.notes.get(key, "") for key in package.cited]
    return f"<ol>{''.join(f'<li>{note}</li>' for note in notes)}</ol>" if any(notes) else ""


def _bare(words: str) -> str:
    return " ".join(etree.fromstring(f"<p>{words.replace('<br>', ' ')}</p>").xpath("string()").split())


def _bare_html(words: str) -> str:
    return re.sub(r"</?(?:strong|em)>", "", words)
