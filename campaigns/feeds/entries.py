"""What a feed says, before anything is made of it: neither sanitised nor shortened; and what makes an entry the same."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from campaigns.content.markup import words_of

LONGEST_TITLE = 2_000
LONGEST_TEXT = 40_000
"""Characters of markup that are read at all: deeply nested ones take a sanitiser quadratic time."""
TAG = re.compile(r"<[^<>]*>")

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Texts are fragments of HTML as they came; `link` is a whole http(s) address or empty."""

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    base: str = ""
    """What links inside the texts are relative to."""
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    licence: str = ""

    @property
    def key(self) -> str:
        """What makes it the same entry, whatever else changes: its guid, else its link, else its words. 64 hex digits."""
        return _digest(self.guid or self.link or f"{self.title}\n{self.summary}\n{self.content}")

    @property
    def likeness(self) -> str:
        """Link, title and day: an entry that comes back under another guid is known by them. Empty without a link."""
        day = self.published.date() if self.published else ""
        return _digest(f"{self.link}\n{words_of(self.title).casefold()}\n{day}") if self.link else ""

    @property
    def edition(self) -> str:
        """Its words: another value means that the source has changed them. 64 hex digits."""
        words = TAG.sub(" ", f"{self.title}\n{self.summary}\n{self.content}")
        return _digest(" ".join(words.split()))


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed as it was read. `kind` is its format in words ("RSS 2.0")."""

    kind: str = ""
    title: str = ""
    link: str = ""
    language: str = ""
    licence: str = ""
    entries: list[Entry] = field(default_factory=list)

    def newest_first(self) -> list[Entry]:
        """The entries by date; one without a date stands where the document put it, after its neighbour."""
        dated: list[tuple[float, int, Entry]] = []
        moment = float("inf")
        for place, entry in enumerate(self.entries):
            said = entry.published or entry.updated
            moment = said.timestamp() if said else moment
            dated.append((-moment, place, entry))
        return [entry for _moment, _place, entry in sorted(dated, key=lambda each: each[:2])]


def plain_to_html(text: str) -> str:
    """Words without markup as a fragment: paragraphs where lines are empty."""
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{escape(each)}</p>" for each in paragraphs if each)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
