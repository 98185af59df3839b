"""Numbers as people write them, and the one spelling they all compare by."""

from __future__ import annotations

import re
from decimal import Decimal

SPACES = " \u00a0\u202f\u2009"
GROUPED = "|".join(
    rf"\d{{1,3}}(?:[{group}]\d{{3}}){{1,5}}(?:[{mark}]\d{{1,9}})?(?!\d)"
    for group, mark in ((SPACES, ".,"), (",", "."), (".", ","), ("'’", ".,"))
)
NUMBER = rf"(?:{GROUPED}|\d{{1,30}}(?:[.,]\d{{1,9}})?)"
"""1058 · 1,058 · 1 058 · 1.058,00 · 1'058 · 3,5 · 0.25"""
THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


def value_of(written: str) -> Decimal:
    """The number meant: three digits after a mark are thousands, any other count of them a fraction.

    "1,058", "1 058", "1.058,00" and "1058" are the same; so "3,141" is read as thousands, in whichever language.
    """
    bare = re.sub(rf"[{SPACES}'’]", "", written)
    if THOUSANDS.fullmatch(bare) and len(set(re.findall(r"[.,]", bare))) == 1:
        return Decimal(re.sub(r"[.,]", "", bare))
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return Decimal(bare)
    return Decimal(re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :])


def spelt(number: Decimal) -> str:
    """One spelling: no grouping, no zeros at the end."""
    plain = f"{number.normalize():f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
