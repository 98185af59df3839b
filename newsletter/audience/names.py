"""Reads the first name a reader gives; it is printed in mails, so nothing in it may forge or deceive (X6)."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

LONGEST = 60
INVISIBLE = _("The first name contains an invisible character. Type it by hand, or leave the field empty.")
TOO_LONG = _("The first name is longer than 60 characters. Shorten it, or leave the field empty.")
NOT_A_NAME = _("A first name has no links or angle brackets in it. Type only the name, or leave the field empty.")
UNWELCOME = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = frozenset({"\u200c", "\u200d"})
"""Persian and Indic names are spelled with them."""


class FirstNameError(ValueError):
    """Not a first name we can print; `sentence` tells the person what to do."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)


def parse_first_name(text: str) -> str:
    """The name in NFC with single spaces; empty where none was given.

    Raises:
        FirstNameError: with a sentence in the active language.
    """
    typed = text.strip(" \t\u00a0")
    if any(unicodedata.category(letter) in UNWELCOME for letter in typed if letter not in JOINERS):
        raise FirstNameError(INVISIBLE)
    name = unicodedata.normalize("NFC", " ".join(typed.split()))
    if len(name) > LONGEST:
        raise FirstNameError(TOO_LONG)
    if any(mark in name for mark in ("://", "www.", "<", ">", "@")):
        raise FirstNameError(NOT_A_NAME)
    return name
