"""Writes cells that a spreadsheet shows instead of running (X7)."""

from __future__ import annotations

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """`cell`, with a quote before it where a spreadsheet might take it for a formula."""
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) or cell.lstrip().startswith(STARTS_A_FORMULA) else cell
