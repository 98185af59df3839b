"""Bytes into words, whatever program saved them: UTF-8, UTF-16, Windows-1250 and -1252, ISO-8859-2."""

from __future__ import annotations

import codecs
import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from campaigns.content.articles.reading import EMPTY, MOST_CHARACTERS, TOO_LONG, ArticleRefusedError

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding=["']([\w-]+)""", re.IGNORECASE)
TRUSTED = {"utf-8", "utf-16", "cp1250", "cp1252", "iso8859-2", "iso8859-1", "ascii"}
GUESSES = ["cp1250", "iso8859-2", "cp1252"]
POLISH = set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
TYPOGRAPHY = set("„”“’‘–—…«»§°€ \u00a0")
CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFEFF, 0xFFFE, 0xFFFF])
MOST_ODD = 0.02
SAMPLE = 20_000


def words_in(content: bytes) -> str:
    """The words of a text file, with one kind of line break and without control characters.

    Raises:
        ArticleRefusedError: it is not text, it is empty, or it is too long.
    """
    return tidied(_decoded(content))


def tidied(words: str) -> str:
    """`words` with one kind of line break, composed letters and no control characters.

    Raises:
        ArticleRefusedError: there are none, or too many.
    """
    plain = words.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    plain = unicodedata.normalize("NFC", plain.translate(CONTROLS).replace("\u00ad", ""))
    plain = re.sub("[\ud800-\udfff]", "", plain)
    if not plain.strip():
        raise ArticleRefusedError(EMPTY)
    if len(plain) > MOST_CHARACTERS:
        raise ArticleRefusedError(TOO_LONG)
    return plain


def _decoded(content: bytes) -> str:
    for mark, name in MARKS.items():
        if content.startswith(mark):
            return _as(name, content)
    if content.count(0) > len(content) // 5 and (name := _utf16_without_mark(content)):
        return _as(name, content)
    if b"\0" in content:
        raise _no_text()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _in_old_code_page(content)


def _as(name: str, content: bytes) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise _no_text() from error


def _utf16_without_mark(content: bytes) -> str:
    """Which half of most pairs is empty tells the order of bytes; words in other alphabets always carry a mark."""
    even, odd = content[0:SAMPLE:2].count(0), content[1:SAMPLE:2].count(0)
    if min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _in_old_code_page(content: bytes) -> str:
    declared = _declared(content)
    if declared:
        return content.decode(declared, errors="replace")
    sample = content[:SAMPLE]
    best = max(GUESSES, key=lambda name: _likelihood(sample.decode(name, errors="replace")))
    words = content.decode(best, errors="replace")
    odd = sum(letter == "\ufffd" or unicodedata.category(letter) == "Cc" for letter in words if letter not in "\n\r\t")
    if odd > len(words) * MOST_ODD:
        raise _no_text()
    return words


def _declared(content: bytes) -> str:
    found = DECLARED.search(content[:2048])
    try:
        name = codecs.lookup((found[1] or found[2]).decode()).name if found else ""
    except LookupError:
        return ""
    return name if name in TRUSTED - {"utf-8", "utf-16"} else ""


def _likelihood(words: str) -> int:
    """Letters of Polish and the marks of good typography count for an encoding; controls and rare signs against it."""
    special = [letter for letter in words if ord(letter) > 127]  # noqa: PLR2004 (the end of ASCII)
    good = sum(3 if letter in POLISH else 1 for letter in special if letter in POLISH or letter in TYPOGRAPHY)
    letters = sum(letter.isalpha() for letter in special)
    bad = sum(letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Co", "Cn"} for letter in special)
    strange = len(re.findall(r"(?<=[a-z])[^\W\d_a-zà-ÿąćęłńóśźż]|[^\w\s](?<=[\x80-\uffff])(?=[a-z])(?<![„“«(])", words))
    return good * 2 + letters - bad * 10 - strange * 4


def _no_text() -> ArticleRefusedError:
    return ArticleRefusedError(
        _("This file holds no text that can be read. Save it as .docx or .txt, or paste its text.")
    )
