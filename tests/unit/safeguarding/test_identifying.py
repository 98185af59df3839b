"""safeguarding.identifying: pieces that together tell who a child is (G2)."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.identifying import mosaics
from tests.benchmarks.labelled.passages import score

HORUS = {
    "pl": "Między 16 a 20 listopada 2020 r. francuska żandarmeria zatrzymała 14 osób we Francji. Podejrzani zbliżali się do "
    "nieletnich w wieku od 12 do 13 lat.",
    "en": "Between 16 and 20 November 2020 the gendarmerie arrested 14 people in France. The suspects approached children aged "
    "12 to 13, or 12–13-year-olds.",
}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_labelled_passage_is_judged_right(language: str) -> None:
    found = score(language)
    assert (dict(+found.wrong), dict(+found.missed)) == ({}, {})
    assert found.right >= 12


def test_a_finding_names_its_pieces_as_written() -> None:
    (mosaic,) = mosaics("12-letnia uczennica ze Szkoły Podstawowej nr 3 w Kłodzku, 12 marca.", language="pl")
    assert [(piece.kind, piece.words) for piece in mosaic.pieces] == [
        ("age", "12-letnia"),
        ("school", "Szkoły Podstawowej nr 3"),
        ("place", "w Kłodzku"),
        ("date", "12 marca"),
    ]
    assert (mosaic.place, mosaic.end) == (0, len("12-letnia uczennica ze Szkoły Podstawowej nr 3 w Kłodzku, 12 marca"))


@pytest.mark.parametrize("language", ["pl", "en"])
def test_operation_horus_identifies_nobody(language: str) -> None:
    assert mosaics(HORUS[language], language=language) == []


def test_pieces_far_apart_do_not_count_together() -> None:
    far = " ".join(["słowo"] * 60)
    assert mosaics(f"12-latka z Kłodzka. {far} Było to 12 marca.", language="pl") == []


def test_two_children_are_two_findings() -> None:
    one = "12-latka z Kłodzka zgłosiła to 12 marca."
    far = " ".join(["słowo"] * 60)
    assert len(mosaics(f"{one} {far} {one}", language="pl")) == 2


def test_one_child_may_be_told_by_school_alone() -> None:
    (mosaic,) = mosaics("Chłopiec chodzi do SP nr 7 w Ełku.", language="pl")
    assert [piece.kind for piece in mosaic.pieces] == ["school", "place"]


def test_a_language_without_data_finds_nothing() -> None:
    assert mosaics("12-year-old from Whitby, 3 May", language="el") == []
