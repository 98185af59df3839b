"""What the files in seeds/ say, typed. Bodies are sanitised HTML; `texts` maps a language code to its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

Words = dict[str, str]
"""The words of one text row: field name to value, ready for the model."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject and its name per language."""

    slug: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Who published what we report."""

    name: str
    website: str
    licence: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file with its credit and what it shows, per language."""

    name: str
    file: Path
    credit: str
    licence: str
    alt: dict[str, str]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of days of a campaign, its name per language."""

    first_day: dt.date
    last_day: dt.date
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Material:
    """Something a campaign gives along: a link, its title per language of the page."""

    url: str
    kind: str
    language: str
    licence: str
    source: str
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach at one stage."""

    stage: str
    indicator: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """An awareness campaign; `objective` holds the texts and the day of its evaluation plan, `partners` name and page."""

    slug: str
    hashtag: str
    owner: str
    official_url: str
    launched_on: dt.date
    licence: str
    sensitivity: int
    topics: list[str]
    objective: dict[str, str | dt.date]
    targets: list[Target]
    phases: list[Phase]
    materials: list[Material]
    partners: list[tuple[str, str]]
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A news item; `source` is a source's name, `topics` and `campaigns` are slugs."""

    slug: str
    source: str
    source_url: str
    source_date: dt.date
    licence: str
    sensitivity: int
    topics: list[str]
    campaigns: list[str]
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Hours:
    """One line of a helpline's hours: days as numbers from 0 (Monday)."""

    first_day: int
    last_day: int
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True, slots=True)
class ScamExample:
    """What a scam says; `source` is a source's name, `news_items` are slugs."""

    slug: str
    channel: str
    source: str
    source_url: str
    news_items: list[str]
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Helpline:
    """An entry of the help directory; with the record of its check, or without dates: nobody has checked it."""

    slug: str
    country: str
    kind: str
    audience: str
    spoken_languages: list[str]
    phone: str
    sms: str
    chat_url: str
    web_url: str
    charge: str
    round_the_clock: bool
    on_holidays: str
    time_zone: str
    hours: list[Hours]
    order: int
    source_url: str
    verified_on: dt.date | None
    review_by: dt.date | None
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A newsletter without its sender's address, which is the installation's own."""

    slug: str
    reply_to: str
    country: str
    languages: list[str]
    postal_address: str
    texts: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber who does not exist."""

    address: str
    first_name: str
    language: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its kind, what it points at (a slug, an image's name or an address) and its words."""

    kind: str
    target: str
    texts: dict[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the newsletter `newsletter` (a slug)."""

    slug: str
    newsletter: str
    code: str
    dated: dt.date
    texts: dict[str, Words]
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Everything in seeds/."""

    topics: list[Topic]
    sources: list[Source]
    pictures: list[Picture]
    campaigns: list[Campaign]
    news: list[NewsItem]
    scam_examples: list[ScamExample]
    helplines: list[Helpline]
    newsletters: list[Newsletter]
    people: list[Person]
    editions: list[Edition]
