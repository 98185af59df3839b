"""How much fits where a post is posted, counted as each place counts. Pure; the rules are those its makers publish."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

URL = re.compile(r"https?://\S+")
URL_WEIGHT = 23
"""What X and Mastodon count for a link, however long it is."""
X_LIGHT = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)]
"""Code points that X counts as one; all others count as two (twitter-text, configuration 3)."""
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic alphabet of a text message (3GPP TS 23.038, 6.2.1); a message in it holds 160."""
GSM_TWICE = frozenset("\f^{}\\[~]|€")
"""Its extension: each counts as two."""
JOINER, SELECTORS = "\u200d", range(0xFE00, 0xFE10)


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to post to; `count` says how much of `limit` a text takes."""

    key: str
    name: Any
    limit: int
    count: Callable[[str], int]
    brief: bool = False
    """A text message: one line, no call to action."""
    plain: bool = False
    """Written without the letters that would halve what fits."""

    def fits(self, text: str) -> bool:
        """Whether `text` can be posted as it is."""
        return self.count(text) <= self.limit

    @property
    def filename(self) -> str:
        """What its post is called in a kit."""
        return f"{self.key}-{self.limit}.txt"


def weighed_by_x(text: str) -> int:
    """As X counts: most European letters one, emoji and other scripts two, a link 23; after composing (NFC)."""
    words = unicodedata.normalize("NFC", URL.sub("", text))
    light = sum(any(first <= ord(letter) <= last for first, last in X_LIGHT) for letter in words)
    return light + 2 * (len(words) - light) + URL_WEIGHT * len(URL.findall(text))


def graphemes(text: str) -> int:
    """Letters as people see them: a base with its marks, selectors and joined parts is one (after UAX 29)."""
    count, joined = 0, False
    for letter in unicodedata.normalize("NFC", text):
        attached = unicodedata.category(letter) in {"Mn", "Me", "Mc"} or letter == JOINER or ord(letter) in SELECTORS
        count += not (attached or joined)
        joined = letter == JOINER
    return count


def graphemes_with_short_links(text: str) -> int:
    """As Mastodon counts: letters as people see them, a link 23."""
    return graphemes(URL.sub("", text)) + URL_WEIGHT * len(URL.findall(text))


def units(text: str) -> int:
    """UTF-16 code units: what a caption's field and a text message in UCS-2 count."""
    return len(text.encode("utf-16-le")) // 2


def septets(text: str) -> int:
    """As a text message counts: of 160 in the GSM alphabet; another letter leaves 70, so each then takes 160/70."""
    if all(letter in GSM or letter in GSM_TWICE for letter in text):
        return sum(2 if letter in GSM_TWICE else 1 for letter in text)
    return -(-units(text) * 160 // 70)


CHANNELS = (
    Channel("x", "X", 280, weighed_by_x),
    Channel("bluesky", "Bluesky", 300, graphemes),
    Channel("mastodon", "Mastodon", 500, graphemes_with_short_links),
    Channel("threads", "Threads", 500, units),
    Channel("caption", _("Caption (Instagram, Facebook)"), 2200, units),
    Channel("sms", _("Text message without accents"), 160, septets, brief=True, plain=True),
    Channel("sms-letters", _("Text message with all letters"), 70, units, brief=True),
)
