"""composition.merging: a closed list of fields, and everything else is just text (X9)."""

from __future__ import annotations

import pytest

from newsletter.composition.merging import MARK, MergeField, Slot, filled, merged, pieces, said, slot, unknown_fields

ANNA = "Anna"


def as_read(text: str) -> str:
    return filled(text, lambda one: one.fallback)


def test_a_written_field_becomes_a_slot_with_its_own_fallback() -> None:
    assert list(pieces(merged("[[first_name|Czytelniczko]], dzień dobry", first_name="Ty"))) == [
        Slot(field=MergeField.FIRST_NAME, fallback="Czytelniczko"),
        ", dzień dobry",
    ]


@pytest.mark.parametrize("written", ["[[first_name]]", "[[ first_name ]]", "[[first_name|]]", "[[first_name| ]]"])
def test_a_field_without_fallback_takes_the_newsletters(written: str) -> None:
    assert as_read(merged(written, first_name="Dzień dobry")) == "Dzień dobry"


@pytest.mark.parametrize(
    "text", ["{{ first_name }}", "{% now %}", "${x}", "{0}", "%(x)s", "[first_name]", "[[x]]", "[["]
)
def test_braces_and_unknown_fields_stay_as_they_were_typed(text: str) -> None:
    assert merged(text, first_name=ANNA) == text


def test_an_unknown_field_is_named() -> None:
    assert unknown_fields("[[first_name]] [[surname]] [[name|x]]") == ["[[surname]]", "[[name|x]]"]


def test_an_editor_cannot_write_our_slot_word() -> None:
    forged = slot(MergeField.UNSUBSCRIBE_URL)
    assert list(pieces(said(forged))) == [said(forged)]
    assert MARK not in said(forged)


def test_a_slot_is_one_word_that_every_url_may_hold() -> None:
    assert slot(MergeField.FIRST_NAME, "Żółć 😀 & <b>").isalnum()


@pytest.mark.parametrize("character", ["\0", "\x1b", "\u202e", "\u2066", "\u2028", "\ue000", "\ud800"])
def test_what_no_reader_can_see_is_left_out(character: str) -> None:
    assert said(f"a{character}b") == "ab"
