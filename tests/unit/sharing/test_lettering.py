from __future__ import annotations

from campaigns.sharing.lettering import FONTS, unknown_letters


def test_both_faces_know_polish_and_its_neighbours() -> None:
    assert unknown_letters("Zażółć gęślą jaźń „–”… © Příliš žluťoučký Ґанок Ξεσκεπάζω şğı ­\u00a0") == []


def test_signs_that_cannot_be_drawn_are_named_once() -> None:
    assert unknown_letters("Stop 😀😀 日") == ["日", "😀"]


def test_the_faces_lie_beside_their_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
