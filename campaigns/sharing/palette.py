"""The colours of cards and posters: the light tokens of look.md, for paper is never dark. tests/house keeps them the same."""

from __future__ import annotations

PAPER = "#FAF8F3"
SURFACE = "#FFFFFF"
INK = "#1C2430"
MUTED = "#55606E"
LINE = "#DDD8CC"
BRAND = "#0F4C5C"
ON_BRAND = "#FFFFFF"
SIGNAL = "#B4430A"
SIGNAL_SOFT = "#FCEBDD"

TEXT_ON_GROUND = [
    (INK, PAPER),
    (INK, SURFACE),
    (INK, SIGNAL_SOFT),
    (MUTED, PAPER),
    (MUTED, SURFACE),
    (BRAND, PAPER),
    (BRAND, SURFACE),
    (ON_BRAND, BRAND),
]
"""Every pair a card or a poster uses; each has a contrast of at least 4.5 (A5)."""
