"""The words of a post for each channel: whole sentences, whole address, whole hashtag, or none of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.sharing.channels import CHANNELS, Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.sharing.content import KitContent

SENTENCE_END = re.compile(
    r"(?<!\bnp)(?<!\btzw)(?<!\bm\.in)(?<!\bul)(?<!\bdr)(?<!\be\.g)(?<!\bi\.e)[.?!…]+[”\"»)]*(?= )"
)
"""A mark that ends a sentence, with the quotation it closes; not the point of an abbreviation."""
NO_LETTERS_OF_GSM = str.maketrans(
    {"ł": "l", "Ł": "L", "„": '"', "”": '"', "“": '"', "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class Post:
    """What to post in one channel, and how much of its limit that takes."""

    channel: Channel
    text: str

    @property
    def length(self) -> int:
        """As the channel counts."""
        return self.channel.count(self.text)


def posts_of(content: KitContent) -> list[Post]:
    """A post for every channel, the longest that fits it. Empty text where not even the address fits."""
    return [Post(channel, _longest(content, channel)) for channel in CHANNELS]


def sentences_of(text: str) -> list[str]:
    """The sentences of `text`, each ended; what ends without a mark gets a full stop."""
    words, found, start = " ".join(text.split()), [], 0
    for end in SENTENCE_END.finditer(words):
        following = next(filter(str.isalnum, words[end.end() :]), "")
        if not following.islower():
            found.append(words[start : end.end()].strip())
            start = end.end()
    found.append(words[start:].strip())
    return [sentence if re.search(r"[.?!…:][”\"»)]*$", sentence) else f"{sentence}." for sentence in found if sentence]


def _longest(content: KitContent, channel: Channel) -> str:
    return next(filter(channel.fits, filter(None, _attempts(content, channel))), "")


def _attempts(content: KitContent, channel: Channel) -> Iterator[str]:
    """From all that could be said to the address alone."""
    spelled, between = (_plain if channel.plain else _bare), (" " if channel.brief else "\n\n")
    sentences = [spelled(each) for words in (content.headline, content.message) for each in sentences_of(words)]
    hashtag = content.hashtag if spelled(content.hashtag) == content.hashtag else ""  # another spelling is another tag
    asked = "" if channel.brief else f"{spelled(content.call_to_action)}\n{content.page_url}"
    said = [" ".join(sentences[:count]) for count in range(len(sentences), 0, -1)]
    for link in filter(None, (asked, content.page_url)):
        yield from (between.join(filter(None, (words, link, hashtag))) for words in said)
    for link in filter(None, (asked, content.page_url)):
        yield between.join(filter(None, (link, hashtag)))
    yield content.page_url


def _bare(text: str) -> str:
    """`text` with ordinary spaces."""
    return text.replace("\u00a0", " ")


def _plain(text: str) -> str:
    """`text` without marks on its letters, so that a text message holds 160 of them."""
    bare = unicodedata.normalize("NFKD", text.translate(NO_LETTERS_OF_GSM))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
