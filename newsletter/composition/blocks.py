"""One function per kind of block: what its two templates (`email/blocks/<kind>.html`, `.txt`) are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.content.models import Translation
from campaigns.content.quoting import quoted
from campaigns.helplines import directory
from campaigns.helplines.models import Kind
from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition.markup import address, rich
from newsletter.composition.merging import merged, said
from newsletter.composition.plaintext import underline
from newsletter.editions.models import BlockKind
from newsletter.lib.addresses import page_url

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from campaigns.content.models import Image, Topic
    from newsletter.editions.models import Block

T = TypeVar("T", bound=Translation)
WIDEST_IMAGE = 536
"""CSS pixels: the column of 600 less its two margins."""
LARGE_NUMBERS = 2
LONGEST_PAGE_NAME = 32


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, ready for its templates."""

    kind: str
    context: dict[str, Any]

    @property
    def template_html(self) -> str:
        """Draws it for the HTML part."""
        return f"email/blocks/{self.kind}.html"

    @property
    def template_txt(self) -> str:
        """Says it in the text part."""
        return f"email/blocks/{self.kind}.txt"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every block of one composition shares."""

    language: str
    first_name: str
    sensitivity: int
    helplines: Sequence[directory.Entry]


def pieces_of(blocks: Iterable[Block], setting: Setting) -> list[Piece]:
    """The blocks that have words in the setting's language, in order. What lacks them is a finding, not an empty frame."""
    contexts = ((block.kind, KINDS[BlockKind(block.kind)](block, setting)) for block in blocks)
    pieces = [Piece(kind=kind, context=context) for kind, context in contexts if context is not None]
    _tell_sources_apart([piece.context for piece in pieces if piece.kind == BlockKind.NEWS_ITEM])
    return pieces


def helplines_for(*, country: str, language: str, sensitivity: int, today: dt.date) -> Sequence[directory.Entry]:
    """The directory's entries for the readers of one edition; empty when nothing may be printed."""
    return directory.for_reader(country=country, language=language, sensitivity=sensitivity, today=today)


def sensitivity_of(blocks: Iterable[Block]) -> int:
    """The highest level of anything in an edition (0 to 3)."""
    owners = [block.news_item or block.campaign for block in blocks]
    return max((owner.sensitivity for owner in owners if owner), default=0)


def in_language(texts: Iterable[T], language: str) -> T | None:
    """The text row of `language`, or None."""
    return next((text for text in texts if text.language == language), None)


def news_item(block: Block, setting: Setting) -> dict[str, Any] | None:
    """Topic, headline, lead, source and date; from level 1 on helplines stand before the link (G4)."""
    item = block.news_item
    text = in_language(item.texts.all(), setting.language) if item else None
    if item is None or text is None:
        return None
    return {
        "topic": _topic(item.topics.all(), setting),
        "title": said(text.title),
        "underline": underline(said(text.title)),
        "paragraphs": _paragraphs(text.lead),
        "content_note": said(text.content_note) if care_at(item.sensitivity).content_note else "",
        "helplines": _first_numbers(setting) if care_at(item.sensitivity).help_block else [],
        "picture": _picture(item.image, setting),
        "url": address(page_url("news_item", language=setting.language, slug=item.slug)),
        "source_url": address(item.source_url),
        "source_label": f"{said(item.source.name)}, {date_format(item.source_date, 'j E Y')}",
        "licence": said(item.licence or item.source.licence),
    }


def campaign(block: Block, setting: Setting) -> dict[str, Any] | None:
    """Hashtag, note, headline, message and call to action; from level 1 on helplines stand before the link (G4)."""
    subject = block.campaign
    text = in_language(subject.texts.all(), setting.language) if subject else None
    if subject is None or text is None:
        return None
    return {
        "hashtag": said(subject.hashtag),
        "name": said(text.name),
        "headline": said(text.headline),
        "underline": underline(said(text.headline)),
        "paragraphs": _paragraphs(text.message),
        "call_to_action": said(text.call_to_action),
        "content_note": said(text.content_note) if care_at(subject.sensitivity).content_note else "",
        "helplines": _first_numbers(setting) if care_at(subject.sensitivity).help_block else [],
        "url": address(page_url("campaign", language=setting.language, slug=subject.slug)),
        "owner": said(subject.owner),
        "official_url": address(subject.official_url),
        "launched_on": subject.launched_on,
    }


def text(block: Block, setting: Setting) -> dict[str, Any] | None:
    """The editor's own words: a heading and rich text, with merge fields."""
    words = in_language(block.texts.all(), setting.language)
    if words is None or not (words.heading or words.body):
        return None
    return {
        "heading": merged(words.heading, first_name=setting.first_name),
        "underline": underline(words.heading),
        "body": rich(words.body, first_name=setting.first_name, top_level=3 if words.heading else 2),
    }


def image(block: Block, setting: Setting) -> dict[str, Any] | None:
    """A picture with its description for those who do not see it, a caption and perhaps a link."""
    words = in_language(block.texts.all(), setting.language)
    picture = _picture(block.image, setting) or {}  # the database lets no image block be without one
    caption = (
        [merged(part, first_name=setting.first_name) for part in (words.heading, words.body) if part] if words else []
    )
    return {**picture, "caption": caption, "url": address(block.url) if block.url else ""}


def scam_example(block: Block, setting: Setting) -> dict[str, Any] | None:
    """What a scam says, quoted so that nothing in it can be opened, and how to tell."""
    example = block.scam_example
    shown = quoted(example, language=setting.language) if example else None
    if shown is None:
        return None
    return {
        "label": shown.label,
        "title": said(shown.title),
        "underline": underline(said(shown.title)),
        "sender": said(shown.sender),
        "paragraphs": [said(words) for words in shown.paragraphs],
        "language": shown.language,
        "how_to_tell": [said(words) for words in shown.how_to_tell],
        "warnings": shown.warnings,
        "seen": said(shown.seen),
        "source_name": said(shown.source_name),
        "source_label": f"{said(shown.source_name)} ({said(shown.title)})",
        "source_url": address(shown.source_url),
        "notation": shown.notation,
    }


def button(block: Block, setting: Setting) -> dict[str, Any] | None:
    """One thing to do: a verb and its link."""
    words = in_language(block.texts.all(), setting.language)
    if words is None or not words.label:
        return None
    return {"label": merged(words.label, first_name=setting.first_name), "url": address(block.url)}


def help_block(_block: Block, setting: Setting) -> dict[str, Any] | None:
    """The directory's entries for the readers' country and language, people who answer the telephone largest."""
    if not setting.helplines:
        return None
    listening = [entry for entry in setting.helplines if entry.helpline.phone and entry.helpline.kind == Kind.HELP]
    large = listening[:LARGE_NUMBERS] if setting.sensitivity else []
    heading = _("You are not alone. These people listen.") if setting.sensitivity else _("Where to turn")
    return {
        "heading": heading,
        "underline": underline(heading),
        "large": [_contact(entry) for entry in large],
        "small": [_contact(entry) for entry in setting.helplines if entry not in large],
    }


def divider(_block: Block, _setting: Setting) -> dict[str, Any] | None:
    """A pause."""
    return {}


KINDS: dict[BlockKind, Callable[[Block, Setting], dict[str, Any] | None]] = {
    BlockKind.NEWS_ITEM: news_item,
    BlockKind.CAMPAIGN: campaign,
    BlockKind.TEXT: text,
    BlockKind.IMAGE: image,
    BlockKind.SCAM_EXAMPLE: scam_example,
    BlockKind.BUTTON: button,
    BlockKind.HELP: help_block,
    BlockKind.DIVIDER: divider,
}


def picture_url(picture: Image) -> str:
    """Where the image is fetched from: our own host, https in earnest (W4)."""
    return address(f"{settings.SITE_URL}{picture.file.url}")


def _picture(picture: Image | None, setting: Setting) -> dict[str, Any] | None:
    if picture is None:
        return None
    words = in_language(picture.texts.all(), setting.language)
    width = min(picture.width, WIDEST_IMAGE)
    return {
        "src": picture_url(picture),
        "width": str(width),
        "height": str(max(1, round(picture.height * width / max(1, picture.width)))),
        "alt": said(words.alt) if words else "",
        "credit": said(picture.credit),
    }


def _topic(topics: Iterable[Topic], setting: Setting) -> str:
    for topic in sorted(topics, key=lambda topic: topic.pk):
        name = in_language(topic.texts.all(), setting.language)
        if name:
            return said(name.name)
    return ""


def _paragraphs(words: str) -> list[str]:
    return [" ".join(part.split()) for part in said(words).split("\n\n") if part.strip()]


def _first_numbers(setting: Setting) -> list[dict[str, str]]:
    listening = [entry for entry in setting.helplines if entry.helpline.phone and entry.helpline.kind == Kind.HELP]
    return [_contact(entry) for entry in listening[:LARGE_NUMBERS]]


def _contact(entry: directory.Entry) -> dict[str, str]:
    """One entry's words and links; the links exactly as the directory has them, never counted or wrapped (G11)."""
    helpline, words = entry.helpline, entry.text
    terms = [said(term) for term in (*entry.hours, *entry.cost)]
    answered_in = _("They answer in: %(languages)s") % {"languages": ", ".join(entry.speaks)}
    return {
        "phone": helpline.phone,
        "tel": entry.tel,
        "name": said(words.name),
        "description": said(words.description),
        "terms": capfirst("; ".join(terms)),
        "languages": "" if entry.understands or not entry.speaks else answered_in,
        "accessibility": said(words.accessibility),
        "sms": helpline.sms,
        "chat_url": helpline.chat_url,
        "web_url": helpline.web_url,
        "web_name": entry.web_host,
    }


def _tell_sources_apart(items: list[dict[str, Any]]) -> None:
    """A link's words lead to one target only (A4): where two items share source and day, the pages are named too."""
    targets: dict[str, set[str]] = {}
    for item in items:
        targets.setdefault(item["source_label"], set()).add(item["source_url"])
    for item in items:
        if len(targets[item["source_label"]]) > 1:
            item["source_label"] = f"{item['source_label']} ({_page_name(item)})"


def _page_name(item: dict[str, Any]) -> str:
    """The page without scheme and query where that is short, else the item's headline."""
    page = urlsplit(item["source_url"])
    name = (page.netloc + page.path).removeprefix("www.").rstrip("/")
    return name if len(name) <= LONGEST_PAGE_NAME and not page.query else str(item["title"])
