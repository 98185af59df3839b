"""safeguarding.sensitivity: what each level demands, as data (G3, G4, G12, X13)."""

from __future__ import annotations

from dataclasses import astuple, fields

import pytest

from campaigns.safeguarding.sensitivity import Care, Sensitivity, care_at


def test_everyday_texts_demand_nothing() -> None:
    assert not any(astuple(care_at(Sensitivity.EVERYDAY)))


def test_from_level_1_on_help_stands_there_words_block_and_children_stay_unknown() -> None:
    care = care_at(Sensitivity.UPSETTING)
    assert [field.name for field in fields(Care) if getattr(care, field.name)] == [
        "help_block",
        "words_block",
        "guards_identity",
    ]


@pytest.mark.parametrize("level", [Sensitivity.SENSITIVE, Sensitivity.SEVERE])
def test_from_level_2_on_everything_is_demanded(level: Sensitivity) -> None:
    assert all(astuple(care_at(level)))


@pytest.mark.parametrize("name", [field.name for field in fields(Care)])
def test_a_higher_level_never_demands_less(name: str) -> None:
    demands = [getattr(care_at(level), name) for level in Sensitivity]
    assert demands == sorted(demands)


def test_a_number_that_is_no_level_gets_the_most_care() -> None:
    assert care_at(7) == care_at(Sensitivity.SEVERE)
