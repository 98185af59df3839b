"""lib.cells: no cell of ours runs in a spreadsheet (X7)."""

from __future__ import annotations

import pytest

from newsletter.lib.cells import harmless


@pytest.mark.parametrize(
    "cell", ["=1+1", "+48 22", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "＋1", "－1", "＠a"]
)
def test_a_formula_is_shown_and_not_run(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Anna", "anna@example.org", "a=b", "1-2"])
def test_what_is_no_formula_stays(cell: str) -> None:
    assert harmless(cell) == cell
