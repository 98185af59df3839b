"""Every figure of a text with the sentence it stands in: dates, ages, money, shares, telephone numbers, plain numbers."""

from __future__ import annotations

import functools
import re
from bisect import bisect
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from campaigns.content.figures.dates import date_rules
from campaigns.content.figures.numbers import NUMBER, spelt, value_of
from campaigns.content.figures.words import words_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from campaigns.content.figures.words import Words


class Kind(StrEnum):
    """What a figure tells."""

    DATE = "date"
    AGE = "age"
    MONEY = "money"
    PERCENT = "percent"
    PHONE = "phone"
    RANGE = "range"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: as it is written, and the `value` by which figures of all languages compare ("2020-11-16/2020-11-20")."""

    kind: Kind
    found: str
    value: str
    sentence: str
    place: int
    """Characters before it in the text."""


Rule = tuple[Kind, re.Pattern[str], "Callable[[re.Match[str]], str | None]"]
DASH = r"\s?[-–—‑−]\s?"
NO_WORD_BEFORE = r"(?<![\w#@§/.,])(?<![^\W\d_][-–‑])"
NO_WORD_AFTER = r"(?![\w])(?!-\d)"
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|(?<!\S)[^\s@]{1,64}@[^\s@]{1,200}\.\w+|(?<!\w)#\w+", re.IGNORECASE)
SENTENCE_END = re.compile(r"\n+|(?<=[.!?…])[”\"»]?\s+(?=[„“\"«]?[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻА-Я\d])")
ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:r|np|tj|tzn|ds|dr|prof|mgr|ul|al|pl|art|ust|pkt|nr|ok|tel|św|m\.in|im|Mr|Mrs|Ms|St|No|e\.g|i\.e|vs)\.$"
)
LONGEST_ABBREVIATION = 8
LOCAL_NUMBER = 7


def figures_of(text: str, language: str) -> list[Figure]:
    """The figures of `text` (words without markup) in the order of reading; each character belongs to one figure at most.

    Addresses, hashtags, and names with digits in them ("C3N", "Link-2", "COVID-19") are no figures. Numbers written out
    count where the word can mean nothing else.
    """
    masked = ADDRESS.sub(lambda found: "\x00" * len(found[0]), text)
    sentences = list(_sentences(text))
    starts = [start for start, _said in sentences]
    taken = bytearray(len(text))
    found: list[Figure] = []
    for kind, pattern, value_in in _rules(language):
        for match in pattern.finditer(masked):
            value = value_in(match)
            if value is None or any(taken[slice(*match.span())]):
                continue
            taken[slice(*match.span())] = b"1" * len(match[0])
            said = sentences[bisect(starts, match.start()) - 1][1]
            found.append(Figure(kind, " ".join(match[0].split()), value, said, match.start()))
    return sorted(found, key=lambda figure: figure.place)


@functools.cache
def _rules(language: str) -> tuple[Rule, ...]:
    words = words_for(language)
    dates = [(Kind.DATE, pattern, value) for pattern, value in date_rules(words)]
    return (*dates, *_phone_rules(), *_measure_rules(words), *_number_rules(words))


def _phone_rules() -> Iterator[Rule]:
    yield Kind.PHONE, _compiled(r"(?<![\w+])\+\d{1,3}(?:[ -]?\d{2,4}){2,5}(?!\w)"), _digits
    yield Kind.PHONE, _compiled(rf"{NO_WORD_BEFORE}\d{{3}}[ -]\d{{3}}[ -]\d{{3}}{NO_WORD_AFTER}"), _digits
    yield Kind.PHONE, _compiled(rf"{NO_WORD_BEFORE}\d{{2,3}}(?:[ -]\d{{2,3}}){{1,2}}[ -]\d{{2}}{NO_WORD_AFTER}"), _local


def _measure_rules(words: Words) -> Iterator[Rule]:
    """Shares, sums and ages, each as a range or a single number; a range comes first, for it holds a number."""
    bound, spread = _bound(words), _spread(words)
    scale = rf"(?:\s?(?:{'|'.join(words.scales)}))?"
    currency = "|".join(words.currencies)
    for numbers in (spread, bound):
        yield Kind.PERCENT, _compiled(rf"{NO_WORD_BEFORE}{numbers}\s?(?:{words.percent})"), _value(words, "%")
        yield Kind.MONEY, _compiled(rf"{NO_WORD_BEFORE}{numbers}{scale}\s?(?:{currency})"), _value(words, "money")
        yield (
            Kind.AGE,
            _compiled(rf"{NO_WORD_BEFORE}(?:w wieku |aged )?{numbers}[\s-]?(?:{words.years})"),
            _value(words, ""),
        )
    signs = rf"(?:€|\$|£|(?:PLN|EUR|USD|GBP)\s)\s?{NUMBER}{scale}"
    yield Kind.MONEY, _compiled(rf"(?<!\w){bound_sign(words)}{signs}(?!\w)"), _value(words, "money")
    yield Kind.AGE, _compiled(rf"(?<!\w)(?:aged|w wieku)\s+(?:{spread}|{bound}){NO_WORD_AFTER}"), _value(words, "")
    yield Kind.AGE, _compiled(rf"(?<![\w-])(?:{_spoken(words)})[\s-](?:{words.years})"), _written(words)


def _number_rules(words: Words) -> Iterator[Rule]:
    scale = rf"(?:\s(?:{'|'.join(words.scales)}))?"
    ordinal = "(?:st|nd|rd|th)?" if "two" in words.numbers else ""
    yield Kind.RANGE, _compiled(rf"{NO_WORD_BEFORE}{_spread(words)}{scale}{NO_WORD_AFTER}"), _value(words, "")
    yield Kind.NUMBER, _compiled(rf"{NO_WORD_BEFORE}{_bound(words)}{scale}{ordinal}{NO_WORD_AFTER}"), _value(words, "")
    yield Kind.NUMBER, _compiled(rf"(?<![\w-]){bound_sign(words)}(?:{_spoken(words)}){scale}(?![\w-])"), _written(words)


def _spoken(words: Words) -> str:
    """Numbers written out, "twenty-five" before "twenty"."""
    tens = rf"(?:{'|'.join(words.tens)})[\s-](?:{'|'.join(words.numbers)})"
    return "|".join([tens, *words.numbers, *words.tens])


def bound_sign(words: Words) -> str:
    """A pattern for the words that make a number a bound; they belong to the figure."""
    return rf"(?:(?:{'|'.join(words.qualifiers)})\s+)?"


def _bound(words: Words) -> str:
    return rf"{bound_sign(words)}{NUMBER}"


def _spread(words: Words) -> str:
    worded = "|".join(
        rf"{first + chr(92) + 's+' if first else ''}{NUMBER}\s+{second}\s+{NUMBER}" for first, second in words.between
    )
    return rf"(?:{worded}|{NUMBER}{DASH}{NUMBER})"


def _value(words: Words, unit: str) -> Callable[[re.Match[str]], str | None]:
    def value_in(match: re.Match[str]) -> str | None:
        numbers = [value_of(written) * _scale(words, match[0]) for written in re.findall(NUMBER, match[0])]
        said = "/".join(spelt(number) for number in numbers)
        if not unit:
            return _sign(words, match[0]) + said
        return _sign(words, match[0]) + said + ("%" if unit == "%" else " " + _currency(words, match[0]))

    return value_in


def _written(words: Words) -> Callable[[re.Match[str]], str | None]:
    def value_in(match: re.Match[str]) -> str | None:
        total = sum(
            number
            for pattern, number in {**words.numbers, **words.tens}.items()
            if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", match[0], re.IGNORECASE)
        )
        return _sign(words, match[0]) + str(total * _scale(words, match[0]) if total != SCALE_ITSELF else total)

    return value_in


SCALE_ITSELF = 1000
"""A thousand written out is its own scale."""


def _scale(words: Words, written: str) -> int:
    return next(
        (by for pattern, by in words.scales.items() if re.search(rf"(?<=[\s\d])(?:{pattern})", written, re.IGNORECASE)),
        1,
    )


def _sign(words: Words, written: str) -> str:
    return next(
        (sign for pattern, sign in words.qualifiers.items() if re.match(rf"(?:{pattern})\s", written, re.IGNORECASE)),
        "",
    )


def _currency(words: Words, written: str) -> str:
    return next(code for pattern, code in words.currencies.items() if re.search(pattern, written, re.IGNORECASE))


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match[0])


def _local(match: re.Match[str]) -> str | None:
    digits = _digits(match)
    return digits if len(digits) >= LOCAL_NUMBER else None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Where each sentence begins, and its words; an abbreviation's full stop ends none."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        said = text[start : end.start()]
        if "\n" not in end[0] and ABBREVIATED.search(said[-LONGEST_ABBREVIATION:]):
            continue
        yield start, said.strip()
        start = end.end()
    yield start, text[start:].strip()
