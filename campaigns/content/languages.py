"""Languages a passage may be marked as (A7): more than we publish in, for we quote neighbours and institutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CODES = (
    "en",
    "pl",
    "uk",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "cs",
    "sk",
    "lt",
    "ro",
    "hu",
    "be",
    "ru",
    "ar",
    "tr",
    "la",
)
OWN_NAMES = {"la": _("Latin")}
"""Names that Django's own catalogues lack."""

PASSAGE_LANGUAGES: list[tuple[str, str | _StrPromise]] = [
    (code, OWN_NAMES.get(code) or _(LANG_INFO[code]["name"])) for code in CODES
]
"""Codes as they stand in `lang`, and their names in the reader's language."""
