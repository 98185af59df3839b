from __future__ import annotations

from campaigns.sharing.fitting import Box, fitted, wrapped


def every_letter_as_wide_as_the_size(text: str, size: float) -> float:
    return len(text) * size


def in_box(text: str, width: float, height: float, sizes: tuple[int, ...] = (4, 2, 1)) -> tuple[float, list[str]]:
    words = fitted(text, box=Box(width, height), sizes=sizes, leading=1, measure=every_letter_as_wide_as_the_size)
    assert words.height <= max(height, sizes[-1])
    return words.size, words.lines


def test_short_words_are_as_large_as_can_be() -> None:
    assert in_box("ab cd", 20, 4) == (4, ["ab cd"])


def test_longer_words_take_more_lines_before_they_take_a_smaller_size() -> None:
    assert in_box("ab cd", 10, 8) == (4, ["ab", "cd"])
    assert in_box("ab cd", 10, 4) == (2, ["ab cd"])


def test_a_word_is_rather_made_small_than_broken() -> None:
    assert in_box("abcdef", 12, 100) == (2, ["abcdef"])


def test_a_word_that_is_too_wide_at_any_size_is_broken_by_a_hyphen() -> None:
    assert in_box("abcdefgh", 5, 100, (2, 1)) == (2, ["a-", "b-", "c-", "d-", "e-", "f-", "gh"])
    assert wrapped("abcdefgh", width=5, size=1, measure=every_letter_as_wide_as_the_size) == ["abcd-", "efgh"]


def test_what_has_no_room_at_any_size_ends_in_dots() -> None:
    assert in_box("abc def ghi jkl mno", 7, 2) == (1, ["abc def", "ghi jk…"])
    assert in_box("abcdefghi", 1, 1) == (1, ["…"])


def test_no_break_spaces_hold_words_together() -> None:
    assert in_box("ab c\u00a0d", 4, 100, (1,)) == (1, ["ab", "c\u00a0d"])


def test_nothing_is_set_as_nothing() -> None:
    assert in_box("", 10, 10) == (4, [])
