"""safeguarding.neutrality: words that a shared screen must not show (G3)."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.languages import data_of, languages_with
from campaigns.safeguarding.neutrality import telling_words, telling_words_of_address


@pytest.mark.parametrize(
    ("language", "words", "telling"),
    [
        ("pl", "Szantaż i przemoc w sieci", ["Szantaż", "przemoc"]),
        ("pl", "Wieści na listopad", []),
        ("en", "Abuse online: what victims can do", ["Abuse", "victims"]),
        ("el", "Abuse online", ["Abuse"]),
    ],
)
def test_telling_words_are_named_as_typed(language: str, words: str, telling: list[str]) -> None:
    assert telling_words(words, language=language) == telling


def test_an_address_tells_in_any_language() -> None:
    assert telling_words_of_address("operacja-seks-abuse") == ["abuse", "seks"]
    assert telling_words_of_address("operation-horus") == []


def test_a_language_is_a_folder_of_data() -> None:
    assert {"pl", "en"} <= set(languages_with("terms")) & set(languages_with("identifying")) & set(
        languages_with("telling")
    )
    assert data_of("pl-PL", "telling") == data_of("pl", "telling")
    assert data_of("../pl", "telling") is None
    assert data_of("el", "telling") is None
