"""Words out of a field: what a reader reads, where it is quoted, and where it is said to be in another language (A7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "hr",
        "div",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "figure",
        "figcaption",
    ]
)
QUOTING = frozenset({"q", "blockquote"})
EMPTY = frozenset({"br", "hr", "img", "wbr"})
SILENT = frozenset({"script", "style", "template"})
QUOTATION = re.compile(
    r"„(?:[^„”\n]|„[^„”\n]*”)*?[”“\"]"
    r"|“(?:[^“”\n]|“[^“”\n]*”)*”"
    r"|«[^«»\n]*»|»[^«»\n]*«|‹[^‹›\n]*›|›[^‹›\n]*‹"
    r"|\"[^\"\n]*\""
    r"|(?<!\w)[‘‚](?:[^‘‚’\n]|(?<=\w)’(?=\w))*’(?!\w)"
    r"|(?<!\w)'(?=\S)(?:[^'\n]|(?<=\w)'(?=\w))*'(?!\w)"
)
"""The outermost marks count: what is quoted within a quotation is quoted."""
SENTENCE_END = re.compile(
    r"(?<=[.!?…])[”\"»)]?\s+(?=[„“\"«(]?[^\W\d_a-zà-öø-ÿąćęłńóśźż])"
    r"|(?:(?<=\w{5}[.!?])|(?<=\)[.!?]))\s+(?=\d)"  # not after "art.", "ok.", "nr"
    r"|\n"
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """`text`: words with white space collapsed, a line end between paragraphs. Spans are places in it."""

    text: str
    quoted: tuple[Span, ...] = ()
    foreign: tuple[tuple[int, int, str], ...] = ()
    """Passages marked with a language of their own: start, end, code."""

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether [start, end) stands wholly in a quotation."""
        return any(first <= start and end <= last for first, last in self.quoted)

    def language_at(self, start: int, default: str) -> str:
        """The language of the innermost marked passage around `start`, or `default`."""
        inner = [(first, code) for first, last, code in self.foreign if first <= start < last]
        return max(inner)[1] if inner else default

    def sentence_at(self, start: int, end: int) -> Span:
        """The sentence (or sentences) around [start, end)."""
        ends = list(SENTENCE_END.finditer(self.text))
        first = max((found.end() for found in ends if found.end() <= start), default=0)
        last = min((found.start() for found in ends if found.start() >= end), default=len(self.text))
        return first, last


def read_plain(text: str) -> Passage:
    """A field of plain text: an empty line ends a paragraph, a single line break does not."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    words = "\n".join(filter(None, paragraphs))
    return Passage(words, tuple(found.span() for found in QUOTATION.finditer(words)))


def read_rich(html: str) -> Passage:
    """A fragment of HTML: tags fall away, quoting elements and `lang` become spans. Broken markup is read as far as it goes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.passage()


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    language: str


@dataclass
class _Written:
    parts: list[str] = field(default_factory=list)
    length: int = 0
    last: str = "\n"

    def add(self, words: str) -> None:
        """Append, unless white space follows white space; a paragraph's end wins over a space."""
        if words in {" ", "\n"} and self.last in {" ", "\n"}:
            if words == "\n" and self.last == " ":
                self.parts[-1] = self.last = "\n"
            return
        self.parts.append(words)
        self.length += len(words)
        self.last = words[-1]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written = _Written()
        self.open: list[_Open] = []
        self.quoted: list[Span] = []
        self.foreign: list[tuple[int, int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._edge(tag)
        if tag not in EMPTY:
            self.open.append(_Open(tag, self.written.length, dict(attrs).get("lang") or ""))

    def handle_endtag(self, tag: str) -> None:
        if any(each.tag == tag for each in self.open):
            while self._shut(self.open.pop()) != tag:
                pass
        self._edge(tag)

    def handle_data(self, data: str) -> None:
        if any(each.tag in SILENT for each in self.open):
            return
        for part in re.findall(r"\s+|\S+", data):
            self.written.add(" " if part.isspace() else part)

    def passage(self) -> Passage:
        """What was read; whatever is still open ends with the text."""
        while self.open:
            self._shut(self.open.pop())
        words = "".join(self.written.parts).rstrip()
        marks = [found.span() for found in QUOTATION.finditer(words)]
        return Passage(words, tuple(sorted([*self.quoted, *marks])), tuple(sorted(self.foreign)))

    def _edge(self, tag: str) -> None:
        if tag in BLOCKS:
            self.written.add("\n")
        elif tag == "br":
            self.written.add(" ")

    def _shut(self, element: _Open) -> str:
        span = (element.start, self.written.length)
        if element.tag in QUOTING:
            self.quoted.append(span)
        if element.language:
            self.foreign.append((*span, element.language))
        return element.tag
