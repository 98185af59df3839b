"""Dates and spans of days as people write them, in ISO's spelling: 2020-11-16, 2020-11, 2020-11-16/2020-11-20, --11-16."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from campaigns.content.figures.words import Words

DAY = r"(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:19|20)\d\d"
SPAN = r"\s?[-–—‑−]\s?"
NO_DIGIT_BEFORE = r"(?<![\w.,/-])"


def date_rules(words: Words) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]]:
    """Patterns, longest first, each with the function that gives the value of its match.

    Where no such day exists, a date in digits stands for itself, to be mended; a worded one is none (None).
    """
    month = rf"(?:{'|'.join(words.months)})"
    year = rf"(?:,?\s+(?P<year>{YEAR})(?:\s?r\.|\s+roku)?)?"
    to = "|".join([SPAN, *(rf"\s+{second}\s+" for second in dict(words.between).values()), r"\s+i\s+", r"\s+and\s+"])
    before = "|".join(rf"{first}\s+" for first, _second in words.between if first)
    opening = rf"(?<!\w)(?:{before})?" + NO_DIGIT_BEFORE
    read = _reader(words)
    yield (
        _compiled(
            rf"{opening}(?P<day>{DAY})\s+(?P<month>{month}){year.replace('year', 'first')}(?:{to})(?P<last>{DAY})\s+(?P<end>{month}){year}(?!\w)"
        ),
        read,
    )
    yield _compiled(rf"{opening}(?P<day>{DAY})\.?(?:{to})(?P<last>{DAY})\.?\s+(?P<month>{month}){year}(?!\w)"), read
    yield _compiled(rf"{opening}(?P<month>{month})\s+(?P<day>{DAY})(?:{to})(?P<last>{DAY}){year}(?!\w)"), read
    yield _compiled(rf"{NO_DIGIT_BEFORE}(?P<day>{DAY})\.?\s+(?:of\s+)?(?P<month>{month}){year}(?!\w)"), read
    yield _compiled(rf"(?<!\w)(?P<month>{month})\s+(?P<day>{DAY})(?!\d){year}(?!\w)"), read
    yield _compiled(rf"{NO_DIGIT_BEFORE}(?P<year>{YEAR})-(?P<number>\d\d)-(?P<day>\d\d)(?!\w)"), read
    yield (
        _compiled(
            rf"{NO_DIGIT_BEFORE}(?P<day>\d{{1,2}})[./](?P<number>\d{{1,2}})[./](?P<year>{YEAR})(?:\s?r\.)?(?!\w)"
        ),
        read,
    )
    yield _compiled(rf"(?<!\w)(?P<month>{month})\s+(?P<year>{YEAR})(?:\s?r\.|\s+roku)?(?!\w)"), read
    yield _compiled(rf"{NO_DIGIT_BEFORE}(?P<first>{YEAR})(?:{to})(?P<year>{YEAR})(?!\w)"), _years
    yield _compiled(rf"{NO_DIGIT_BEFORE}(?P<year>{YEAR})(?:\s?r\.|\s+r(?:oku|ok)(?!\w))"), lambda match: match["year"]


def _reader(words: Words) -> Callable[[re.Match[str]], str | None]:
    def read(match: re.Match[str]) -> str | None:
        parts = match.groupdict()
        month = int(parts["number"]) if parts.get("number") else _month(words, parts["month"] or "")
        year = parts.get("year") or ""
        day = _number(parts.get("day"))
        if not parts.get("last"):
            return _iso(year, month, day) or (match[0] if parts.get("number") else None)
        ends = _month(words, parts["end"]) if parts.get("end") else month
        first, last = _iso(parts.get("first") or year, month, day), _iso(year, ends, _number(parts["last"]))
        return f"{first}/{last}" if first and last else None

    return read


def _month(words: Words, written: str) -> int:
    return next(
        number for number, pattern in enumerate(words.months, 1) if re.fullmatch(pattern, written, re.IGNORECASE)
    )


def _number(written: str | None) -> int | None:
    return int(re.sub(r"\D", "", written)) if written else None


def _iso(year: str, month: int, day: int | None) -> str | None:
    try:
        dt.date(int(year or 2000), month, day or 1)
    except ValueError:
        return None
    head = year or "-"
    return f"{head}-{month:02d}" + (f"-{day:02d}" if day else "")


def _years(match: re.Match[str]) -> str:
    return f"{match['first']}/{match['year']}"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
