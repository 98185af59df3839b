"""What can only be seen on the composed message: its size, where the ways out stand, what its links say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import lxml.html
from django.utils.translation import gettext as _

from newsletter.composition.merging import MergeField, Slot, filled, slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.composition.message import Message

LARGEST_HTML = 90_000
LATEST_WAY_OUT = 60_000
LONGEST_NAME = 60
LONGEST_URL = 200
SAYS_NOTHING = {
    "pl": {"tutaj", "tu", "kliknij", "kliknij tutaj", "więcej", "czytaj", "czytaj więcej", "link", "zobacz", "dalej"},
    "en": {"here", "click", "click here", "more", "read more", "read", "link", "see", "this", "this link"},
    "de": {"hier", "mehr", "mehr lesen", "weiter", "link"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a composed message."""

    rule: str
    sentence: str


def faults_of(message: Message) -> Iterator[Fault]:
    """What is wrong with the bytes: size (W1), late ways out (W1), links that say nothing (A4)."""
    html = filled(message.html, _longest)
    size = len(html.encode())
    if size > LARGEST_HTML:
        sentence = _("The mail is %(size)d kB and would be cut off above 90. Take a block out.")
        yield Fault("too-large", sentence % {"size": size // 1000})
    if _late(message.html, slot(MergeField.UNSUBSCRIBE_URL)):
        yield Fault("unsubscribe-late", _("The unsubscribe link comes too late in the mail. Take a block out."))
    if _late(message.html, 'href="tel:'):
        yield Fault("help-late", _("The help block comes too late in the mail. Move it up."))
    yield from _empty_links(message)


def _empty_links(message: Message) -> Iterator[Fault]:
    says_nothing = SAYS_NOTHING.get(message.language, SAYS_NOTHING["en"])
    for link in lxml.html.document_fromstring(message.html).xpath("//a[@href]"):
        words = " ".join(link.text_content().split()) or " ".join(link.xpath(".//img/@alt"))
        if not words.strip() or words.strip(" .…»>→").lower() in says_nothing:
            sentence = _("A link says only “%(words)s”. Let its words say where it leads.")
            yield Fault("link-words", sentence % {"words": words})


def _late(html: str, mark: str) -> bool:
    before, found, _rest = html.partition(mark)
    return bool(found) and len(filled(before, _longest).encode()) > LATEST_WAY_OUT


def _longest(one: Slot) -> str:
    return "n" * LONGEST_NAME if one.field is MergeField.FIRST_NAME else "u" * LONGEST_URL
