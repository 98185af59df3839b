"""Colours, type and space: the one place the public pages, the admin and the mail themes read them from (look.md)."""

from __future__ import annotations

from typing import Literal

Scheme = Literal["light", "dark"]

LIGHT = {
    "paper": "#FAF8F3",
    "surface": "#FFFFFF",
    "ink": "#1C2430",
    "muted": "#55606E",
    "line": "#DDD8CC",
    "brand": "#0F4C5C",
    "brand_soft": "#E3EEF0",
    "signal": "#B4430A",
    "signal_soft": "#FCEBDD",
    "ok": "#1B6B3A",
    "warn": "#8A4B00",
    "danger": "#A61B1B",
    "on_brand": "#FFFFFF",
    "on_signal": "#FFFFFF",
}
DARK = {
    "paper": "#11161C",
    "surface": "#1A2129",
    "ink": "#E9EDF2",
    "muted": "#AAB4C0",
    "line": "#2E3843",
    "brand": "#7FC6D6",
    "brand_soft": "#173038",
    "signal": "#FFAE70",
    "signal_soft": "#3A2415",
    "ok": "#7FD6A0",
    "warn": "#F2C063",
    "danger": "#FF9A91",
    "on_brand": "#11161C",
    "on_signal": "#11161C",
}
SANS = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SERIF = "Georgia, 'Times New Roman', serif"
CONTRAST_OF_TEXT = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text on its ground (A5)."""


def palette(scheme: Scheme, *, brand: str = "", signal: str = "") -> dict[str, str]:
    """Every colour of `scheme` by name, `#RRGGBB`. A newsletter's own brand and signal replace ours.

    In the dark scheme a replaced colour is mixed with white until it reads on paper and surface.
    """
    colours = dict(LIGHT if scheme == "light" else DARK)
    for name, own in (("brand", brand), ("signal", signal)):
        if own:
            colours[name] = own.upper() if scheme == "light" else _lightened(own)
    return colours


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours written `#RRGGBB`: 1.0 (the same) to 21.0 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _lightened(colour: str) -> str:
    """The least mixed with white that reads; white itself always does."""
    mixed = (_mixed_with_white(colour, share) for share in range(0, 101, 5))
    grounds = [DARK[name] for name in ("paper", "surface", "signal_soft")]
    return next(one for one in mixed if min(contrast(one, ground) for ground in grounds) >= CONTRAST_OF_TEXT)


def _mixed_with_white(colour: str, share: int) -> str:
    return "#" + "".join(f"{round(value + (255 - value) * share / 100):02X}" for value in _channels(colour))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    straight = value <= 0.04045  # noqa: PLR2004 - the constants of sRGB (IEC 61966-2-1)
    return value / 12.92 if straight else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
