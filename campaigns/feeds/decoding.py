"""Bytes → text, whatever encoding they claim; and text → XML without document types and entities (X10)."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from campaigns.feeds.troubles import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, so it is asked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
UNMARKED = [
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
]
KNOWN = re.compile(
    r"utf-(8|16|32)(-[bl]e)?|iso8859-\d+|cp(125\d|437|85\d|866|874|932|936|949|950)|latin-?1|ascii|koi8-[ru]|mac-\w+"
    r"|gbk?(2312|18030)?|hz|big5(hkscs)?|shift_jis\w*|euc_(jp|kr|jis_2004)|euc_jisx0213|iso2022_(jp|kr)\w*|tis-620"
)
"""Encodings of text. Python knows more under the same roof, such as zip and rot13: those are no business of a feed."""
ESCAPED = re.compile(r"hz|iso2022.*|utf-(16|32).*")
"""Encodings whose bytes may look like good UTF-8 and are none."""
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
LAST_RESORT = "cp1252"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""No XML holds these (XML 1.0 2.2)."""
SPACE = re.compile(r"\s+")
INSTRUCTION = re.compile(r"<\?.*?\?>", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
DOCTYPE = re.compile(r"<!DOCTYPE\s+([A-Za-z:]+)\s*([^<>\[]*)>", re.IGNORECASE)
NETSCAPE = re.compile(
    r"PUBLIC\s+([\"'])-//Netscape Communications//DTD RSS 0\.9\d?(?:1)?//EN\1.*", re.IGNORECASE | re.DOTALL
)
"""RSS 0.91 itself demands this line. It is cut out: nothing is ever loaded from where it points."""
LONG_TAG = re.compile(r"<[^<>]{1500,}")
MOST_ATTRIBUTES = 200
MOST_TAGS = 300_000


def decoded(body: bytes, *, charset: str = "") -> str:
    """The text in `body`, without its byte order mark.

    Order: byte order mark; UTF-8 wherever the bytes are good UTF-8, for servers that call it Latin-1 are many; `charset` (the
    server's word); the XML declaration; Windows-1252. A byte that fits nowhere becomes U+FFFD.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _cleaned(body[len(mark) :].decode(name, "replace"))
    for name in _candidates(body, charset):
        try:
            return _cleaned(body.decode(name))
        except UnicodeError:
            continue
    return _cleaned(body.decode("utf-8", "replace"))


def without_doctype(text: str) -> str:
    """`text` from its root element on, as XML 1.0 in UTF-8.

    Raises:
        ContentError: a document type with anything of its own, or built so that reading it would take for ever.
    """
    root, doctypes = prolog(text)
    for name, external in doctypes:
        if external is None or (external and not (name == "rss" and NETSCAPE.fullmatch(external))):
            raise ContentError("doctype")
    text = text[root:]
    if text.count("<") > MOST_TAGS or any(tag[0].count("=") > MOST_ATTRIBUTES for tag in LONG_TAG.finditer(text)):
        raise ContentError("too_intricate")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + text


def prolog(text: str) -> tuple[int, list[tuple[str, str | None]]]:
    """Where the root element begins, and each document type before it: name, and what else it says.

    What else is None where it cannot be told by a glance, as with entities of its own.
    """
    place, doctypes = 0, list[tuple[str, "str | None"]]()
    while place < len(text):
        found = next((each for kind in (SPACE, INSTRUCTION, COMMENT) if (each := kind.match(text, place))), None)
        if found is None and text[place : place + 9].upper() == "<!DOCTYPE":
            found = DOCTYPE.match(text, place)
            doctypes.append((found[1].lower(), found[2].strip()) if found else ("", None))
        if found is None:
            break
        place = found.end()
    return place, doctypes


def _candidates(body: bytes, charset: str) -> Iterator[str]:
    start = body[:4]
    for mark, name in UNMARKED:
        if start.startswith(mark):
            yield name
    declared = DECLARED.match(body[:1000])
    claims = [name for name in map(_known, [charset, declared[1].decode() if declared else ""]) if name]
    yield from (name for name in claims if ESCAPED.fullmatch(name))
    yield "utf-8"
    yield from claims
    yield LAST_RESORT


def _known(claim: str) -> str:
    """Python's name for an encoding of text; empty for what is none."""
    try:
        name = codecs.lookup(claim.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return ""
    return name if KNOWN.fullmatch(name) else ""


def _cleaned(text: str) -> str:
    return FORBIDDEN.sub("", text.removeprefix("\ufeff"))
