"""Rows for tests, each with a meaning: a small newsletter in two languages, one everyday item, one sensitive item, help."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from campaigns.content.models import NewsItem, NewsItemText, Source, State, Topic, TopicText
from campaigns.helplines.models import Helpline, HelplineText, Kind
from campaigns.safeguarding.sensitivity import Sensitivity
from newsletter.composition.freezing import approve
from newsletter.editions.models import (
    Block,
    BlockKind,
    BlockText,
    Edition,
    EditionText,
    Newsletter,
    NewsletterText,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
NAMES = {"pl": "Wieści z sieci", "en": "News from the net"}
SUBJECTS = {"pl": "Wieści na listopad: żółte światło dla SMS-ów", "en": "News for November: texts at amber"}
PREHEADERS = {
    "pl": "Jak poznać fałszywy SMS i dokąd go przekazać, w trzech krokach.",
    "en": "How to tell a false text message and where to send it, in three steps.",
}
READ_PL = "[[first_name]], <strong>zanim klikniesz</strong>, przeczytaj <a href='https://example.org/pl/sms'>poradę o SMS-ach</a>."
READ_EN = "[[first_name]], <strong>before you tap</strong>, read the <a href='https://example.org/en/sms'>advice on texts</a>."


def a_newsletter(slug: str = "net", languages: Sequence[str] = ("pl", "en")) -> Newsletter:
    """A newsletter with its words in each language; found again under the same slug."""
    newsletter, new = Newsletter.objects.get_or_create(
        slug=slug,
        defaults={
            "sender_email": "news@example.org",
            "reply_to": "editors@example.org",
            "country": "PL",
            "languages": list(languages),
            "postal_address": "ul. Przykładowa 1, 00-001 Warszawa",
        },
    )
    for language in languages if new else ():
        NewsletterText.objects.create(
            newsletter=newsletter,
            language=language,
            name=NAMES[language],
            description="…",
            sender_name=NAMES[language],
            publisher="Redakcja Wieści",
            consent_wording="…",
            first_name_fallback={"pl": "Dzień dobry", "en": "Hello"}[language],
        )
    return newsletter


def a_news_item(slug: str = "amber-texts", *, sensitivity: Sensitivity = Sensitivity.EVERYDAY) -> NewsItem:
    """An approved news item with source, topic and words in both languages."""
    source, _ = Source.objects.get_or_create(name="CERT Example", defaults={"website": "https://cert.example.org/"})
    topic, _ = Topic.objects.get_or_create(slug="texts")
    item = NewsItem.objects.create(
        slug=slug,
        source=source,
        source_url=f"https://cert.example.org/{slug}?a=1&b=2",
        source_date=dt.date(2026, 11, 16),
        sensitivity=sensitivity,
        state=State.APPROVED,
    )
    item.topics.add(topic)
    note = {"pl": "Ten tekst jest trudny.", "en": "This text is hard to read."}
    for language in ("pl", "en"):
        TopicText.objects.get_or_create(topic=topic, language=language, defaults={"name": "SMS"})
        NewsItemText.objects.create(
            news_item=item,
            language=language,
            title={"pl": f"Żółte światło: {slug}", "en": f"Amber light: {slug}"}[language],
            lead={"pl": "Zdanie o <b>SMS-ach</b> & linkach.", "en": "A sentence on <b>texts</b> & links."}[language],
            content_note=note[language] if sensitivity >= Sensitivity.SENSITIVE else "",
        )
    return item


def a_helpline(slug: str = "pl-listening", *, phone: str = "116 111", today: dt.date | None = None) -> Helpline:
    """A verified Polish helpline with words in both languages; found again under the same slug."""
    day = today or NOON.date()
    helpline, new = Helpline.objects.get_or_create(
        slug=slug,
        defaults={
            "country": "PL",
            "kind": Kind.HELP,
            "spoken_languages": "pl",
            "phone": phone,
            "web_url": f"https://{slug}.example.org/",
            "source_url": f"https://{slug}.example.org/about",
            "verified_on": day - dt.timedelta(days=7),
            "review_by": day + dt.timedelta(days=90),
        },
    )
    for language in ("pl", "en") if new else ():
        HelplineText.objects.create(
            helpline=helpline, language=language, name=f"Telefon {slug}", hours="24/7", description="…"
        )
    return helpline


def an_edition(slug: str = "net-2026-11", *, newsletter: Newsletter | None = None, sensitive: bool = False) -> Edition:
    """A draft with a greeting, an item (a second, sensitive one with `sensitive`), a button and the help block."""
    edition = Edition.objects.create(
        newsletter=newsletter or a_newsletter(), slug=slug, code=f"NET-{slug[-12:].upper()}", dated=NOON.date()
    )
    a_helpline()
    for language in edition.newsletter.languages:
        EditionText.objects.create(
            edition=edition, language=language, subject=SUBJECTS[language], preheader=PREHEADERS[language]
        )
    greeting = Block.objects.create(edition=edition, position=1, kind=BlockKind.TEXT)
    button = Block.objects.create(
        edition=edition, position=8, kind=BlockKind.BUTTON, url="https://example.org/report?a=1&b=2"
    )
    for language, body, label in (("pl", READ_PL, "Zgłoś oszustwo"), ("en", READ_EN, "Report a scam")):
        BlockText.objects.create(block=greeting, language=language, body=body)
        BlockText.objects.create(block=button, language=language, label=label)
    levels = [Sensitivity.EVERYDAY, *([Sensitivity.SENSITIVE] if sensitive else [])]
    for level in levels:
        item = a_news_item(f"{slug}-{level}", sensitivity=level)
        Block.objects.create(edition=edition, position=2 + level, kind=BlockKind.NEWS_ITEM, news_item=item)
    Block.objects.create(edition=edition, position=9, kind=BlockKind.HELP)
    return edition


def an_approved_edition(
    slug: str = "net-2026-11", *, newsletter: Newsletter | None = None, sensitive: bool = False, now: dt.datetime = NOON
) -> Edition:
    """`an_edition`, approved at `now`: it may be launched at that time."""
    edition = an_edition(slug, newsletter=newsletter, sensitive=sensitive)
    approve(edition=edition, by=None, now=now)
    return edition
