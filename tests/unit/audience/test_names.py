"""audience.names: what may stand after "Hello"."""

from __future__ import annotations

import pytest

from newsletter.audience.names import FirstNameError, parse_first_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", ""),
        ("  Anna  Maria ", "Anna Maria"),
        ("Zoe\u0301", "Zoé"),
        ("O'Neil-Łęcka", "O'Neil-Łęcka"),
        ("يوسف", "يوسف"),
    ],
)
def test_a_name_is_kept_as_it_is_written(typed: str, name: str) -> None:
    assert parse_first_name(typed) == name


@pytest.mark.parametrize("trap", ["\r", "\n", "\0", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_what_forges_a_header_is_refused_x6(trap: str) -> None:
    with pytest.raises(FirstNameError, match="invisible"):
        parse_first_name(f"An{trap}na")


@pytest.mark.parametrize("typed", ["a" * 61, "see https://x.example", "www.x.example", "<b>Anna</b>", "a@example.org"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(FirstNameError) as refused:
        parse_first_name(typed)
    assert refused.value.sentence.endswith("empty.")
