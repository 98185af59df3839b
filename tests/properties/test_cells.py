"""lib.cells for any text at all (X7)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsletter.lib.cells import STARTS_A_FORMULA, harmless


@given(st.text() | st.sampled_from(STARTS_A_FORMULA).flatmap(lambda mark: st.text().map(lambda rest: mark + rest)))
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(cell: str) -> None:
    written = harmless(cell)
    assert not written.lstrip().startswith(STARTS_A_FORMULA)
    assert written in (cell, f"'{cell}")
