"""content.figures under any input: numbers compare across spellings, and no text breaks it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from campaigns.content.figures import differences, figures_of

PIECES = st.one_of(
    st.text(max_size=6),
    st.integers(0, 10**9).map(str),
    st.sampled_from(
        [
            "listopada",
            "2020",
            "–",
            "-",
            "do",
            "od",
            "między",
            "a",
            "%",
            "zł",
            "tys.",
            "lat",
            "w wieku",
            "ponad",
            "€",
            "ośmiu",
            ".",
            ",",
            " ",
            "\n",
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join)


@given(st.integers(1000, 999_999_999))
def test_a_whole_number_is_the_same_however_it_is_grouped(number: int) -> None:
    plain = f"{number:,}"
    spellings = [str(number), *(plain.replace(",", mark) for mark in (",", " ", ".", "\u00a0", "\u202f", "'"))]
    kept = [differences(f"Razem {number} osób", f"Razem {each} osób", language="en").kept for each in spellings]
    assert all(len(each) == 1 for each in kept)


@given(TEXTS, st.sampled_from(["pl", "en", "uk"]))
def test_any_text_is_read_and_no_character_belongs_to_two_figures(text: str, language: str) -> None:
    figures = figures_of(text, language)
    assert all(before.place < after.place for before, after in itertools.pairwise(figures))
    assert all(figure.found and figure.value for figure in figures)


@given(TEXTS, st.sampled_from(["pl", "en"]))
def test_a_text_does_not_differ_from_itself(text: str, language: str) -> None:
    found = differences(text, text, language=language)
    assert (found.missing, found.added) == ((), ())
