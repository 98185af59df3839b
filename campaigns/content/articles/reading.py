"""What every way of reading an article gives, and the way chosen by what the file holds, never by its name alone."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

MOST_BYTES = 10_000_000
MOST_CHARACTERS = 200_000
"""A long report; what is longer is no article."""
KINDS = {
    "plain": _("Plain text"),
    "markdown": _("Markdown"),
    "html": _("HTML, such as a saved page"),
    "docx": _("Word (.docx)"),
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = {
    b"%PDF-": _("This is a PDF. Copy its text and paste it into the field above."),
    b"{\\rtf": _("This is an RTF file. Open it and save it as .docx or .txt, or paste its text."),
    b"Rar!": _("This is an archive. Take the article out of it and choose that file."),
    b"\x1f\x8b": _("This is an archive. Take the article out of it and choose that file."),
    b"7z\xbc\xaf": _("This is an archive. Take the article out of it and choose that file."),
    b"\x89PNG": _("This is a picture. Upload it under Images, and paste the article's words here."),
    b"\xff\xd8\xff": _("This is a picture. Upload it under Images, and paste the article's words here."),
    b"GIF8": _("This is a picture. Upload it under Images, and paste the article's words here."),
    b"RIFF": _("This is a picture. Upload it under Images, and paste the article's words here."),
    OLD_OFFICE: _(
        "This Word file is old (.doc) or locked with a password. Save it as .docx without one, or paste its text."
    ),
}
LOOKS_LIKE_HTML = re.compile(
    r"<!doctype html|<html[\s>]|<(?:p|div|article|h[1-6]|ul|ol|br|table|section)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
LOOKS_LIKE_MARKDOWN = re.compile(r"^(?:#{1,4} \S|\*\*\S|---\s*$|> \S)|\]\(https?://|^```", re.MULTILINE)


class ArticleRefusedError(ValidationError):
    """What was brought is no article we can read; its sentence tells the person what to do instead."""


EMPTY: _StrPromise = _("There are no words in it. Paste the article, or choose another file.")
TOO_LONG: _StrPromise = _("This is longer than 200,000 characters. Bring in the part that you report on.")
TOO_LARGE: _StrPromise = _("This file is larger than 10 MB. Save it without pictures, or paste its text.")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as its format gives it. `html` is a fragment that has not passed the allow-list yet."""

    html: str
    title: str = ""
    """Where the format names one; else the drafting looks for it."""
    lead: str = ""
    language: str = ""
    dated: dt.date | None = None
    url: str = ""


def is_word_file(content: bytes) -> bool:
    """Whether `content` is a .docx; else it is taken for text.

    Raises:
        ArticleRefusedError: it is too large, or something else than an article.
    """
    if len(content) > MOST_BYTES:
        raise ArticleRefusedError(TOO_LARGE)
    if content.startswith(b"PK"):
        _demand_docx(content)
        return True
    for beginning, sentence in FOREIGN.items():
        if content.startswith(beginning):
            raise ArticleRefusedError(sentence)
    return False


def kind_of_words(words: str, *, name: str = "") -> str:
    """One of KINDS but .docx, by the marks in `words`; a file's `name` decides between plain text and Markdown."""
    if LOOKS_LIKE_HTML.search(words):
        return "html"
    if name.lower().endswith((".md", ".markdown")):
        return "markdown"
    is_named_text = name.lower().endswith(".txt")
    return "markdown" if not is_named_text and len(LOOKS_LIKE_MARKDOWN.findall(words)) > 0 else "plain"


def _demand_docx(content: bytes) -> None:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArticleRefusedError(_("This file is damaged. Save it anew, or paste its text.")) from error
    if "word/document.xml" not in names:
        raise ArticleRefusedError(
            _("This is no Word file (.docx). Save the article as .docx or .txt, or paste its text.")
        )
