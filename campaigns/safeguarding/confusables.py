"""Letters that pass for others: what a foreign-looking name imitates. A small table, for the alphabets that swindlers use."""

from __future__ import annotations

import re
import unicodedata

LOOKS_LIKE = str.maketrans(
    dict(
        zip(
            "аеорсухіјѕԁԛԝһӏвгкмнтпѵьзАВЕКМНОРСТХІЈЅ" + "αβεικνορτυχηωγϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ոսօցհաɑɡıɩʟɴʀᴄᴏᴜᴠᴡᴢꜱոօ",
            "aeopcyxijsdqwhlbrkmhtnvb3ABEKMHOPCTXIJS" + "abeikvoptuxnwycABEZHIKMNOPTYX" + "nuoghwagiilnrcouvwzsno",
            strict=True,
        )
    )
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "þ": "p"}
)
DIGITS_FOR_LETTERS = str.maketrans("01", "ol")
BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[01]+(?=[a-z])")
OFTEN_IMITATED = re.compile(
    r"\b(?:paypal|google|gmail|apple|icloud|microsoft|facebook|allegro|olx|mbank|inpost|poczta-polska|netflix|amazon|"
    r"whatsapp|instagram|santander|pekao|alior|gov|dhl|ups)\b"
)
"""Names so often imitated that a digit at their edge is read as the letter, too."""


def skeleton(name: str) -> str:
    """`name` in lower case as a hurried eye reads it: letters of other alphabets and marks become plain Latin ones."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).translate(LOOKS_LIKE))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    latin = bare.translate(LOOKS_LIKE).lower()
    lettered = latin.translate(DIGITS_FOR_LETTERS)
    if OFTEN_IMITATED.search(lettered) and not OFTEN_IMITATED.search(latin):
        return lettered
    return BETWEEN_LETTERS.sub(lambda found: found[0].translate(DIGITS_FOR_LETTERS), latin)


def scripts_of(name: str) -> set[str]:
    """The alphabets a name is written in: {"LATIN", "CYRILLIC"}."""
    return {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in name if letter.isalpha()}
