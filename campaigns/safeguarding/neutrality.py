"""Words that tell whoever shares an inbox what a sensitive edition is about (G3). Pure; stems per language."""

from __future__ import annotations

import re
import unicodedata

TELLING = {
    "pl": (
        "seks", "wykorzyst", "przemoc", "molest", "szantaz", "pedofil", "pornograf", "gwalt", "intymn", "samobojstw",
        "nagie", "nagich", "nagosc", "ofiar", "grooming", "csam",
    ),
    "en": (
        "sex", "abus", "exploit", "molest", "blackmail", "extort", "paedophil", "pedophil", "porn", "rape", "rapist",
        "intimate", "suicid", "nude", "naked", "victim", "grooming", "csam",
    ),
}  # fmt: skip


def telling_words(text: str, *, language: str) -> list[str]:
    """The words of `text` that give a sensitive subject away, as typed; a language without a list is read as English.

    Reads subjects, preheaders and slugs (words divided by hyphens); Polish letters count as their plain ones.
    """
    stems = TELLING.get(language, TELLING["en"])
    return [word for word in re.findall(r"[^\W_]+", text) if _folded(word).startswith(stems)]


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
