"""Which language a text is in, by the small words every sentence needs."""

from __future__ import annotations

import re

SMALL_WORDS = {
    "pl": {
        *(
            "i",
            "w",
            "z",
            "na",
            "do",
            "się",
            "nie",
            "że",
            "to",
            "jest",
            "od",
            "po",
            "dla",
            "przez",
            "oraz",
            "który",
            "która",
            "które",
        ),
        *(
            "jak",
            "przy",
            "o",
            "za",
            "ze",
            "we",
            "są",
            "być",
            "był",
            "była",
            "tym",
            "tego",
            "ich",
            "jego",
            "lub",
            "także",
            "już",
        ),
    },
    "en": {
        *(
            "the",
            "and",
            "of",
            "to",
            "in",
            "is",
            "that",
            "for",
            "on",
            "with",
            "as",
            "was",
            "are",
            "by",
            "it",
            "from",
            "at",
            "be",
        ),
        *("this", "have", "has", "were", "or", "an", "which", "their", "they", "not", "you", "your", "news"),
    },
}
LETTERS = {"pl": re.compile(r"[ąćęłńóśźż]", re.IGNORECASE)}
MOST_WORDS = 3000


def language_of(text: str) -> str:
    """A code of SMALL_WORDS; empty where nothing speaks for one more than for the others."""
    words = re.findall(r"[^\W\d_]+", text.lower())[:MOST_WORDS]
    scores = {code: sum(word in small for word in words) for code, small in SMALL_WORDS.items()}
    for code, letters in LETTERS.items():
        scores[code] += sum(bool(letters.search(word)) for word in words)
    best = max(scores, key=lambda code: scores[code])
    return best if sorted(scores.values())[-2] * 2 < scores[best] else ""
