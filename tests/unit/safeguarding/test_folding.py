"""safeguarding.folding: accents, invisible characters, spaces and dashes hide no word."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.folding import folded, pattern, plain


@pytest.mark.parametrize(
    "written",
    [
        "dziecięca pornografia",
        "DZIECIĘCA PORNOGRAFIA",
        "dziecieca pornografia",
        "dziecie\u0328ca pornografia",
        "dzie\u00adcięca\u00a0porno\u200bgrafia",
        "dziecięca\u2011pornografia",
        "dziecięca – pornografia",
    ],
)
def test_one_pattern_finds_every_way_of_writing(written: str) -> None:
    assert pattern("dziecięca pornografia").search(folded(written).text)


def test_a_place_in_folded_words_leads_back_to_what_was_written() -> None:
    written = "Æ to dzie\u00adcięca sprawa"
    words = folded(written)
    start, end = words.place(*(words.text.index("dziecieca"), words.text.index("dziecieca") + len("dziecieca")))
    assert written[start:end] == "dzie\u00adcięca"


def test_a_pattern_finds_whole_words_only() -> None:
    assert not pattern("porno").search("pornografia")


def test_a_space_with_a_question_mark_may_be_missing() -> None:
    assert [bool(pattern("child ?porn").search(words)) for words in ("childporn", "child porn", "child-porn")] == [
        True
    ] * 3


def test_paragraphs_are_not_joined() -> None:
    assert not pattern("child porn").search(folded("child\nporn").text)


def test_plain_letters_are_lower_case_without_accents() -> None:
    assert plain("Żółć’s") == "zolc's"
