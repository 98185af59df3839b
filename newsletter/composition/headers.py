"""What stands above a message: constant header lines, and the encodings that keep them 7-bit and unforgeable (F1-F13)."""

from __future__ import annotations

import base64
import functools
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

import idna
from django.conf import settings

from newsletter.lib.addresses import page_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.composition.message import Message
    from newsletter.editions.models import Newsletter, NewsletterText

LONGEST_LINE = 76
FORGING = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
"""Line ends, NUL, controls, bidi controls, lone surrogates: never in a header (X6)."""
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
MAILBOX = re.compile(rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
PLAIN = re.compile(r"[A-Za-z0-9 ]+")
WORD_OCTETS = 45
"""Octets of UTF-8 in one encoded word: 60 characters of base64 and 12 around them, within RFC 2047's 75."""


def constant_lines(
    *, message: Message, newsletter: Newsletter, words: NewsletterText, mailing_id: int | None
) -> list[str]:
    """The header lines that are the same for every reader of `message`, each folded, without its CRLF.

    Order and spelling never change, so that a retry sends the same bytes.
    """
    sender = mailbox(newsletter.sender_email)
    domain = sender.rpartition("@")[2]
    help_url = page_url("help", language=message.language)
    archive_url = page_url("archive", language=message.language)
    return [
        line("From", *display_name(words.sender_name or words.name), f"<{sender}>"),
        line("Reply-To", mailbox(newsletter.reply_to)),
        line("Content-Language", message.language),
        line("List-Id", f'"{_list_name(newsletter)}"', f"<{newsletter.slug}.{domain}>"),
        line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        line("List-Help", f"<{ascii_url(help_url)}>"),
        line("List-Owner", f"<mailto:{mailbox(newsletter.reply_to)}>"),
        line("List-Archive", f"<{ascii_url(archive_url)}>"),
        line("List-Post", "NO"),
        line("Precedence", "bulk"),
        line("X-Auto-Response-Suppress", "OOF, AutoReply"),
        line("Feedback-ID", feedback_id(message=message, newsletter=newsletter, mailing_id=mailing_id)),
        "MIME-Version: 1.0",
    ]


def line(name: str, *words: str) -> str:
    """`name: words`, folded before a word that would pass 76 characters; a longer word stands on a line of its own."""
    lines, width = [f"{name}:"], LONGEST_LINE
    for word in words:
        if len(lines[-1]) + 1 + len(word) > width and lines[-1].strip(" "):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def unstructured(name: str, text: str) -> str:
    """`name: text` for free text such as a subject: folded ASCII as it is, anything else as encoded words (F7)."""
    clean = FORGING.sub(" ", text).strip()
    words = clean.split(" ")
    plain = (
        clean.isascii() and "=?" not in clean and "" not in words and max(map(len, words)) < LONGEST_LINE - len(name)
    )
    return line(name, *(words if plain else encoded_words(clean, first_line_taken=len(name) + 2)))


def display_name(text: str) -> list[str]:
    """A display name's words: plain, quoted or encoded."""
    clean = " ".join(FORGING.sub(" ", text).split())
    if PLAIN.fullmatch(clean) and len(clean) < LONGEST_LINE:
        return clean.split()
    if clean.isascii() and "=?" not in clean and len(clean) < WORD_OCTETS:
        return ['"' + re.sub(r'(["\\])', r"\\\1", clean) + '"']
    return encoded_words(clean, first_line_taken=len("Reply-To: "))


def encoded_words(text: str, *, first_line_taken: int) -> list[str]:
    """RFC 2047 encoded words of at most 75 characters, none split inside a character, the first fit for its line."""
    room = (LONGEST_LINE - first_line_taken - len("=?utf-8?b??=")) // 4 * 3
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in _chunks(text, room)]


def mailbox(address: str) -> str:
    """`address` with its domain as A-label (F9).

    Raises:
        ValueError: nothing that can stand in a 7-bit header.
    """
    local, _, domain = address.strip().rpartition("@")
    wire = f"{local}@{_wire_domain(domain)}"
    if not MAILBOX.fullmatch(wire):
        raise ValueError(f"not a mailbox for a header: {address!r}")
    return wire


def is_mailbox(address: str) -> bool:
    """Whether `mailbox` takes it."""
    try:
        return bool(mailbox(address))
    except ValueError:
        return False


def to_value(address: str) -> str:
    """What stands in To: the wire form of the reader's address; for one only SMTPUTF8 can carry, an empty group (F10)."""
    return address if MAILBOX.fullmatch(address) else "undisclosed-recipients:;"


def ascii_url(url: str) -> str:
    """`url` in characters that cannot leave a header's angle brackets."""
    return quote(url, safe="@/:?#&=;%+,-_.!~*'()[]")


def ascii_words(text: str) -> str:
    """`text` in unaccented ASCII words, for a quoted string (H1)."""
    folded = unicodedata.normalize("NFKD", text.translate({0x142: "l", 0x141: "L", 0x2014: "-", 0x2013: "-"}))
    return " ".join(re.sub(r"[^A-Za-z0-9 .,:'&-]", "", folded.encode("ascii", "ignore").decode()).split())[:100]


def feedback_id(*, message: Message, newsletter: Newsletter, mailing_id: int | None) -> str:
    """Four fields, nothing about a reader, no topic (H11, R5): mailing, list, type, and our constant id."""
    campaign = f"m{mailing_id}" if mailing_id else message.edition.code.lower()
    return ":".join([campaign, newsletter.slug, "edition" if mailing_id else "test", settings.SENDER_ID])


def _list_name(newsletter: Newsletter) -> str:
    """The name in the newsletter's first language: the same over all languages and editions (H1)."""
    names = {text.language: text.name for text in newsletter.texts.all()}
    return ascii_words(next((names[code] for code in newsletter.languages if code in names), "")) or newsletter.slug


@functools.lru_cache(maxsize=64)
def _wire_domain(domain: str) -> str:
    return domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()


def _chunks(text: str, first_room: int) -> Iterator[bytes]:
    chunk, room = b"", first_room
    for character in text:
        octets = character.encode()
        if len(chunk) + len(octets) > room:
            yield chunk
            chunk, room = b"", WORD_OCTETS
        chunk += octets
    yield chunk
