"""Numbers people dial: as they are read, and as a telephone takes them (RFC 3966, RFC 5724). Pure."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FEWEST, MOST = 2, 15
"""Digits: the shortest emergency numbers have two, E.164 allows fifteen."""
READABLE = re.compile(r"\+?[0-9]+(?: [0-9]+)*")
BETWEEN = re.compile(r"[\s.\-/()\u2010-\u2015\u2212]+")


def tidy(number: str) -> str:
    """`number` as people read it: hyphens, dots, slashes, brackets and wide gaps become single spaces."""
    return BETWEEN.sub(" ", number).strip()


def dialable(number: str) -> None:
    """Validator: digits in groups, a plus in front of a country's code, two to fifteen of them."""
    digits = sum(letter.isdigit() for letter in number)
    if not READABLE.fullmatch(number) or not FEWEST <= digits <= MOST:
        raise ValidationError(_("Write the number in digits and spaces, with + before a country code: 800 12 12 12."))


def tel(number: str) -> str:
    """The link that dials `number`; empty for none."""
    return "tel:" + number.replace(" ", "") if number else ""


def sms(number: str) -> str:
    """The link that writes to `number`; empty for none."""
    return "sms:" + number.replace(" ", "") if number else ""
