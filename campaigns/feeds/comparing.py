"""How alike two reports are. Pure; measured on the labelled pairs in tests/unit/feeds/reports.yaml.

The measure is the share of three-word runs of the shorter one's title and lead that the longer one has, too. Words are folded
(case, accents, Polish letters) and cut to their first six letters, since Polish bends their ends; words of one or two letters do
not count. Alerts follow patterns, so numbers have a say: two reports that share one are more alike, two that have different ones
only are less. Years say nothing. Runs and numbers are kept as hashes of 31 bits; the highest bit marks a number.
"""

from __future__ import annotations

import re
import struct
import zlib

from campaigns.safeguarding.folding import plain

RUN = 3
STEM = 6
SHORTEST = 3
"""Letters of a word that counts; numbers always do."""
ALIKE = 0.45
"""From here on two reports are one story. On the pairs it was not chosen on: 12 of 13 found are right, and all 12 are found."""
FEWEST = 4
"""Runs that must be shared: a title of five words alone makes no story."""
SAME_NUMBER, OTHER_NUMBERS = 1.2, 0.6
NUMBER = 1 << 31
YEAR = re.compile(r"(19|20)\d\d")


def shingles(title: str, lead: str) -> frozenset[int]:
    """The runs and numbers in title and lead (plain words), as hashes; a run never spans both."""
    words = [_words(text) for text in (title, lead)]
    numbers = {word for text in words for word in text if word.isdigit() and not YEAR.fullmatch(word)}
    runs = {" ".join(text[place : place + RUN]) for text in words for place in range(len(text) - RUN + 1)}
    return frozenset({_hash(run) for run in runs} | {_hash(number) | NUMBER for number in numbers})


def alike(one: frozenset[int], other: frozenset[int]) -> float:
    """0 (nothing in common) to 1 (the shorter stands in the longer). Arguments are what `shingles` gave."""
    shared = len(_runs(one) & _runs(other))
    if shared < FEWEST:
        return 0.0
    share = shared / min(len(_runs(one)), len(_runs(other)))
    numbers, others = one - _runs(one), other - _runs(other)
    if numbers and others:
        share *= SAME_NUMBER if numbers & others else OTHER_NUMBERS
    return min(share, 1.0)


def packed(runs: frozenset[int]) -> bytes:
    """For the database: four bytes each, little-endian."""
    return struct.pack(f"<{len(runs)}I", *sorted(runs))


def unpacked(kept: bytes | memoryview) -> frozenset[int]:
    """`packed`, turned back."""
    return frozenset(struct.unpack(f"<{len(kept) // 4}I", kept))


def _runs(all_: frozenset[int]) -> frozenset[int]:
    return frozenset(each for each in all_ if each < NUMBER)


def _hash(words: str) -> int:
    return zlib.crc32(words.encode()) % NUMBER


def _words(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+|\d+", plain(text))
    return [word[:STEM] for word in words if len(word) >= SHORTEST or word.isdigit()]
