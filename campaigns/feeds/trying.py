"""Tries an address out before it is saved: what would come, or what is wrong. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.feeds import fetching, importing, reading, wording
from campaigns.feeds.troubles import FeedError

if TYPE_CHECKING:
    import datetime as dt

    from campaigns.feeds.connecting import Network
    from campaigns.feeds.entries import Entry, ReadFeed

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry as its draft would begin."""

    title: str
    lead: str
    link: str
    day: dt.date
    dated: bool
    """Whether the feed gave the day."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a try brought: samples and hints, or `error`; `found` is an address to try instead."""

    error: str = ""
    found: str = ""
    title: str = ""
    kind: str = ""
    entries: int = 0
    samples: list[Sample] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def try_out(*, url: str, language: str, now: dt.datetime, network: Network | None = None) -> Trial:
    """What the feed at `url`, said to be in `language`, holds now."""
    try:
        document = fetching.fetch(url, now=now, network=network)
        read = reading.read(document.body, url=document.url, charset=document.charset)
    except FeedError as error:
        return Trial(error=error.sentence, found=str(error.facts.get("found", "")))
    return Trial(
        found=document.moved_to,
        title=read.title,
        kind=read.kind,
        entries=len(read.entries),
        samples=[_sample(entry, now) for entry in read.newest_first()[:SHOWN]],
        hints=list(_hints(read, document.moved_to, language)),
    )


def _sample(entry: Entry, now: dt.datetime) -> Sample:
    day, notes = importing.source_date(entry, now=now)
    title, _notes = wording.title_of(entry)
    return Sample(title=title, lead=wording.lead_of(entry), link=entry.link, day=day, dated=not notes)


def _hints(read: ReadFeed, moved_to: str, language: str) -> list[str]:
    hints = list[str]()
    if moved_to:
        hints.append(_("The server says that the feed has moved for good to %(found)s.") % {"found": moved_to})
    said = read.language.lower().partition("-")[0]
    if language and said and said != language:
        names = {"said": read.language, "language": str(dict(settings.LANGUAGES).get(language, language))}
        hints.append(_("The feed says that its language is “%(said)s”, not %(language)s. Check it.") % names)
    if not read.entries:
        hints.append(_("It holds no entry just now."))
    return hints
