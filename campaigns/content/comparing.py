"""What differs between two revisions of one item, word by word, for people to read."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db.models import ForeignKey
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext

from campaigns.content.revising import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

    from campaigns.content.revising import AnyRevision

Kind = Literal["same", "gone", "new"]
Row = dict[str, Any]
"""A row as a revision keeps it: names and texts; words in every language as rows again under "texts"."""
WORDS = re.compile(r"\n|[^\S\n]*[^\s]+|[^\S\n]+")
"""A line's end, or a word with the space before it."""
LONGEST_SAME = 30
"""Words of unchanged text shown whole; of a longer run only its ends are."""
ENDS = 10
RICH = {"body"}
"""The fields of text rows that hold HTML."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words that stands in both revisions, only in the older one, or only in the newer."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not the same: its name, with its language where it has one, and its words."""

    label: str
    language: str
    """Code of the language the words are in; empty for a fact."""
    segments: list[Segment]


def differences(*, old: AnyRevision, new: AnyRevision) -> list[Difference]:
    """What changed from `old` to `new`, both of one item: facts, choices, then words per language. Empty: nothing did."""
    model, shape = type(old.item), SHAPES[type(old.item)]
    found: list[Difference] = []
    for name in shape.facts:
        pair = _fact(model, name, old), _fact(model, name, new)
        found += _difference(_label(model, name), *pair, as_whole=True)
    for name in shape.choices:
        pair = _choices(model, name, old), _choices(model, name, new)
        found += _difference(_label(model, name), *pair, as_whole=False)
    for name in shape.rows:
        found += _rows(model, name, old, new)
    return found


def rendition(html: str) -> str:
    """Rich text as lines of plain words that still show everything: headings, lists, links, emphasis, languages."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.pieces)).split("\n")
    return "\n".join(line for line in (" ".join(each.split()) for each in lines) if line)


def segments(old: str, new: str) -> list[Segment]:
    """The words of both, in the order of reading; unchanged runs in the middle are shortened to their ends."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    found: list[Segment] = []
    keys = [[word.strip(" ") for word in words] for words in (before, after)]  # the first word has no space before it
    for kind, a, b, c, d in difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Segment("same", _shortened(after[c:d])))
            continue
        if gone := "".join(before[a:b]):
            found.append(Segment("gone", gone))
        if added := "".join(after[c:d]):
            found.append(Segment("new", added))
    return found


def _difference(label: str, old: str, new: str, *, as_whole: bool, language: str = "") -> Iterator[Difference]:
    if old == new:
        return
    whole = [Segment("gone", old), Segment("new", new)]
    found = [each for each in whole if each.words] if as_whole else segments(old, new)
    yield Difference(label, language, found)


def _rows(model: type[models.Model], name: str, old: AnyRevision, new: AnyRevision) -> Iterator[Difference]:
    row_model: Any = model._meta.get_field(name).related_model  # noqa: SLF001 (Django's documented model API)
    words = [word for word in SHAPES[model].rows[name] if word not in ({"language"} if name == "texts" else {"id"})]
    before, after = (_by_key(each.content["rows"].get(name, []), name) for each in (old, new))
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key, {}), after.get(key, {})
        for word in words:
            label = f"{_label(row_model, word)} · {_name_of(name, key)}"
            pair = _read(word, one), _read(word, other)
            yield from _difference(label, *pair, as_whole=False, language=key if name == "texts" else "")
        yield from _words_of_row(row_model, SHAPES[model].words.get(name, ()), key, (one, other))


def _words_of_row(row_model: Any, words: tuple[str, ...], key: str, rows: tuple[Row, Row]) -> Iterator[Difference]:
    """What changed in the words of one row that has them in every language."""
    before, after = (_by_key(row.get("texts") or [], "texts") for row in rows)
    for language in dict.fromkeys([*before, *after]):
        for word in words[1:]:  # the language stands first
            label = f"{_label(row_model._meta.get_field('texts').related_model, word)} · {_name_of('texts', language)} · {key}"  # noqa: SLF001 (Django's documented model API)
            pair = (_read(word, each.get(language, {})) for each in (before, after))
            yield from _difference(label, *pair, as_whole=False, language=language)


def _read(word: str, row: Row) -> str:
    text = row.get(word) or ""
    return rendition(text) if word in RICH else text


def _by_key(rows: list[Row], name: str) -> dict[str, Row]:
    """Rows by what tells them apart: words by their language, others by their place among each other."""
    return {str(row["language"] if name == "texts" else number): row for number, row in enumerate(rows, start=1)}


def _name_of(name: str, key: str) -> str:
    return str(dict(settings.LANGUAGES).get(key, key)) if name == "texts" else key


def _label(model: type[models.Model], name: str) -> str:
    return capfirst(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # noqa: SLF001 (Django's documented model API)


def _fact(model: type[models.Model], name: str, revision: AnyRevision) -> str:
    """A fact as people read it: an entry by its name, a choice by its word."""
    text = revision.content["facts"].get(name)
    fact: Any = model._meta.get_field(name)  # noqa: SLF001 (Django's documented model API)
    if not text:
        return ""
    if isinstance(fact, ForeignKey):
        return _named(fact.related_model, [int(text)])
    value = fact.to_python(text)
    if isinstance(value, dt.datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    return str(dict(fact.flatchoices).get(value, value))


def _choices(model: type[models.Model], name: str, revision: AnyRevision) -> str:
    target: Any = model._meta.get_field(name).related_model  # noqa: SLF001 (Django's documented model API)
    return _named(target, revision.content["choices"].get(name, []))


def _named(model: Any, ids: list[int]) -> str:
    """The entries' names with a comma between; one that exists no more is called so."""
    rows = model._default_manager.filter(pk__in=ids)  # noqa: SLF001 (Django's documented model API)
    found = (rows.prefetch_related("texts") if hasattr(model, "texts") else rows).in_bulk()
    return ", ".join(str(found[each]) if each in found else gettext("(deleted)") for each in ids)


def _shortened(same: list[str]) -> str:
    if len(same) <= LONGEST_SAME:
        return "".join(same)
    return f"{''.join(same[:ENDS])} … {''.join(same[-ENDS:])}"


class _Reader(HTMLParser):
    """Writes the allow-list's elements as marks that people know from plain text."""

    OPENING = {"h2": "\n## ", "h3": "\n### ", "h4": "\n#### ", "li": "\n• ", "blockquote": "\n> ", "hr": "\n---\n"}
    AROUND = {"strong": "**", "em": "*", "q": "”"}
    BREAKING = {"p", "br", "ul", "ol"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._closing: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Its mark, and its language where it has one."""
        given = dict(attrs)
        language = f"[{given['lang']}: " if given.get("lang") else ""
        self.pieces.append(self._opening(tag) + language)
        if tag not in {"br", "hr"}:
            address = f" <{given['href']}>" if given.get("href") else ""
            self._closing.append(("]" if language else "") + self.AROUND.get(tag, "") + address)

    def handle_endtag(self, tag: str) -> None:
        """The mark that ends it; a link's address."""
        if tag not in {"br", "hr"} and self._closing:
            self.pieces.append(self._closing.pop())
        if tag in self.OPENING or tag in self.BREAKING:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        self.pieces.append(data)

    def _opening(self, tag: str) -> str:
        if tag in self.BREAKING:
            return "\n" if self.pieces and not self.pieces[-1].endswith(("• ", "> ")) else ""
        return self.OPENING.get(tag, self.AROUND.get(tag, ""))
