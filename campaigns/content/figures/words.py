"""The words of figures per language: months, numbers that are written out, and what stands beside a number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; all patterns are for `re.IGNORECASE`, without groups of their own."""

    months: tuple[str, ...]
    """January to December, as they stand in dates."""
    numbers: dict[str, int]
    """Numbers written out, where the word means the number and nothing else: never "one"."""
    tens: dict[str, int]
    scales: dict[str, int]
    """Words that multiply the number before them."""
    qualifiers: dict[str, str]
    """What makes a number a bound: pattern to sign."""
    percent: str
    years: str
    """After a number or a range: an age or a term of years."""
    between: tuple[tuple[str, str], ...]
    """Pairs of words around the two ends of a range."""
    currencies: dict[str, str]
    telephone: str


PL = Words(
    months=(
        *("stycz(?:nia|eń|niu)", "lut(?:ego|y|ym)", "mar(?:ca|zec|cu)", "kwie(?:tnia|cień|tniu)", "maj(?:a|u)?"),
        *("czerw(?:ca|iec|cu)", "lip(?:ca|iec|cu)", "sierp(?:nia|ień|niu)", "wrze(?:śnia|sień|śniu)"),
        *("październik(?:a|u)?", "listopad(?:a|zie)?", "grud(?:nia|zień|niu)"),
    ),
    numbers={
        "dw(?:a|ie|aj|óch|óm|oma|iema|oje|ojga|ojgiem|ojgu)": 2,
        "trz(?:y|ej|ech|em|ema)|tro(?:je|jga|jgiem|jgu)": 3,
        "czter(?:y|ej|ech|em|ema)|czwor(?:o|ga|giem|gu)": 4,
        "pię(?:ć|ciu|cioma)|pięcior(?:o|ga|giem|gu)": 5,
        "sześ(?:ć|ciu|cioma)|sześcior(?:o|ga|giem|gu)": 6,
        "siedmi(?:u|oma)|siedem|siedmior(?:o|ga)": 7,
        "ośmi(?:u|oma)|osiem|ośmior(?:o|ga)": 8,
        "dziewię(?:ć|ciu|cioma)|dziewięcior(?:o|ga)": 9,
        "dziesię(?:ć|ciu|cioma)|dziesięcior(?:o|ga)": 10,
        "jedena(?:ście|stu|stoma)": 11,
        "dwana(?:ście|stu|stoma)": 12,
        "trzyna(?:ście|stu|stoma)": 13,
        "czterna(?:ście|stu|stoma)": 14,
        "piętna(?:ście|stu|stoma)": 15,
        "szesna(?:ście|stu|stoma)": 16,
        "siedemna(?:ście|stu|stoma)": 17,
        "osiemna(?:ście|stu|stoma)": 18,
        "dziewiętna(?:ście|stu|stoma)": 19,
        "sto|stu": 100,
        "dwieście|dwustu": 200,
        "trzysta|trzystu": 300,
        "pięćset|pięciuset": 500,
        "tysiąc|tysiąca": 1000,
    },
    tens={
        "dwadzieścia|dwudziestu": 20,
        "trzydzieści|trzydziestu": 30,
        "czterdzieści|czterdziestu": 40,
        "pięćdziesiąt|pięćdziesięciu": 50,
        "sześćdziesiąt|sześćdziesięciu": 60,
        "siedemdziesiąt|siedemdziesięciu": 70,
        "osiemdziesiąt|osiemdziesięciu": 80,
        "dziewięćdziesiąt|dziewięćdziesięciu": 90,
    },
    scales={
        r"tys\.|tys\b|tysi(?:ąc(?:e|a|om|ami|ach)?|ęcy)": 1000,
        r"mln\b|milion\w*": 10**6,
        r"mld\b|miliard\w*": 10**9,
    },
    qualifiers={
        "ponad|powyżej|więcej niż|przeszło": ">",
        "co najmniej|przynajmniej|nie mniej niż|minimum": "≥",
        "prawie|niemal|blisko|niespełna|mniej niż|poniżej": "<",
        "co najwyżej|najwyżej|nie więcej niż|maksymalnie": "≤",
        "około|ok\\.|mniej więcej|jakieś": "~",
    },
    percent=r"%|proc\.|procent\w*",
    years=r"lat\b|lata\b|lat(?:ek|kiem)|roku życia|roczn\w+|letni\w*",
    between=(("między", "a"), ("pomiędzy", "a"), ("od", "do"), ("", "do")),
    currencies={
        r"zł\b|złot\w+|pln\b": "PLN",
        r"€|eur\b|euro\b": "EUR",
        r"\$|usd\b|dolar\w*": "USD",
        r"£|gbp\b|funt\w*": "GBP",
    },
    telephone=r"tel\.|telefon\w*|numer\w*|infolini\w*|zadzwo\w+|SMS\w*",
)
EN = Words(
    months=(
        *("January|Jan\\.?", "February|Feb\\.?", "March|Mar\\.?", "April|Apr\\.?", "May", "June|Jun\\.?", "July|Jul\\.?"),
        *("August|Aug\\.?", "September|Sept?\\.?", "October|Oct\\.?", "November|Nov\\.?", "December|Dec\\.?"),
    ),
    numbers={
        "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
        "twelve|a dozen": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
        "eighteen": 18, "nineteen": 19, "a hundred|one hundred": 100, "a thousand|one thousand": 1000,
    },
    tens={
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    },
    scales={"thousand": 1000, r"million|mln\b|m\b": 10**6, r"billion|bn\b": 10**9},
    qualifiers={
        "more than|over|above|upwards of": ">",
        "at least|no fewer than|no less than|a minimum of": "≥",
        "almost|nearly|less than|fewer than|under|below": "<",
        "at most|no more than|up to|a maximum of": "≤",
        "about|around|approximately|some|roughly": "~",
    },
    percent=r"%|per cent|percent",
    years=r"years?\b|year-olds?|yrs?\b",
    between=(("between", "and"), ("from", "to"), ("aged", "to"), ("", "to")),
    currencies={r"PLN|zlot\w+|zł\b": "PLN", r"€|euros?\b|EUR": "EUR", r"\$|dollars?\b|USD": "USD", r"£|pounds?\b|GBP": "GBP"},
    telephone=r"tel\.|telephone|phone|call|number|hotline|text",
)  # fmt: skip
WORDS = {"pl": PL, "en": EN}


def words_for(language: str) -> Words:
    """The words of `language`; English for one that nobody wrote down."""
    return WORDS.get(language.partition("-")[0], EN)
