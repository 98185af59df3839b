"""What a mail server says: one reply of one or many lines (RFC 5321 4.2, RFC 3463)."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple, cast

ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
LINE = re.compile(rb"^([2-5]\d\d)([ -]?)(.*)$", re.DOTALL)
USUAL = re.compile(rb"([2-5])\d\d (?:(\1\.\d{1,3}\.\d{1,3})(?: +|$))?([ -~]{0,500})")
MOST_LINES = 200
MOST_OCTETS_PER_LINE = 8192
"""RFC 5321 allows 512; servers that explain themselves exceed it (S9)."""


class Reply(NamedTuple):
    """A server's answer: three digits, the enhanced code where given ("" if not), and the text, lines joined by a space."""

    code: int
    enhanced: str
    text: str

    @property
    def is_positive(self) -> bool:
        """Whether the server agreed (2yz) or wants to hear more (3yz)."""
        return self.code < 400  # noqa: PLR2004 (RFC 5321 4.2.1)

    @property
    def is_temporary(self) -> bool:
        """Whether trying again later may help (4yz)."""
        return 400 <= self.code < 500  # noqa: PLR2004 (RFC 5321 4.2.1)

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


class ReplyMalformedError(ValueError):
    """What came is not an SMTP reply; `line` is its beginning."""

    def __init__(self, line: bytes) -> None:
        super().__init__("not an SMTP reply")
        self.line = line[:80]


class ReplyReader:
    """Cuts a byte stream into replies, however the network cut it into packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._lines: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take what came from the network."""
        self._buffer += data

    def replies(self, data: bytes) -> list[Reply]:
        """All replies that are complete with `data`, in order. Quick where each is one whole line, as nearly always.

        Raises:
            ReplyMalformedError: the server does not speak SMTP, or never stops.
        """
        if not self._buffer and not self._lines and data.endswith(b"\r\n"):
            replies = [_single(line) for line in data[:-2].split(b"\r\n")]
            if None not in replies:
                return cast("list[Reply]", replies)
        self._buffer += data
        found = []
        while (reply := self.next_reply()) is not None:
            found.append(reply[0])
        return found

    def next_reply(self) -> tuple[Reply, list[str]] | None:
        """The next whole reply and its lines, or None while it is not complete.

        Raises:
            ReplyMalformedError: the server does not speak SMTP, or never stops.
        """
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            if self._ends_with(line):
                lines, self._lines = self._lines, []
                return _joined(lines)
        if len(self._buffer) > MOST_OCTETS_PER_LINE:
            raise ReplyMalformedError(bytes(self._buffer))
        return None

    @property
    def is_empty(self) -> bool:
        """Whether nothing came that was not asked for yet."""
        return not self._buffer and not self._lines

    def forget(self) -> int:
        """Throw away what was not read (after STARTTLS: it came unencrypted, S6); how many bytes that was."""
        left = len(self._buffer) + sum(map(len, self._lines))
        self._buffer.clear()
        self._lines.clear()
        return left

    def _ends_with(self, line: bytes) -> bool:
        match = LINE.match(line)
        if match is None or len(self._lines) >= MOST_LINES or len(line) > MOST_OCTETS_PER_LINE:
            raise ReplyMalformedError(line)
        self._lines.append(line)
        return match[2] != b"-"


@functools.lru_cache(maxsize=256)
def _single(line: bytes) -> Reply | None:
    """A reply of one usual line, None for anything else; servers say the same three all day long."""
    match = USUAL.fullmatch(line)
    return match and Reply(int(line[:3]), (match[2] or b"").decode(), match[3].decode().strip())


def _joined(lines: list[bytes]) -> tuple[Reply, list[str]]:
    texts = [line[4:].decode("utf-8", "replace").strip() for line in lines]
    code = int(lines[-1][:3])
    match = ENHANCED.match(texts[0])
    enhanced = match[1] if match and match[1][0] == str(code)[0] else ""
    said = [text.removeprefix(enhanced).strip() if enhanced else text for text in texts]
    return Reply(code, enhanced, " ".join(filter(None, said))), texts


def without_address(text: str, address: str, *, most: int = 500) -> str:
    """A reply's text as we keep it: the reader's address blotted out (X14), control characters gone, at most `most` long."""
    if "@" in text and address and address.casefold() in text.casefold():
        text = re.sub(re.escape(address), "<the address>", text, flags=re.IGNORECASE)
        text = text.replace("<<the address>>", "<the address>")
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text[:most]
