"""Where a reader of a sensitive page is taken at once, and which pages offer it (G12)."""

from __future__ import annotations

from campaigns.safeguarding.sensitivity import Sensitivity

WEATHER = {"pl": "https://www.imgw.pl/", "en": "https://www.bbc.com/weather"}
"""Public weather pages: plausible on any screen, and nobody asks why somebody reads them."""


def needs_quick_exit(level: int) -> bool:
    """Whether the page must offer a way out that leaves nothing on the screen."""
    return level >= Sensitivity.SENSITIVE


def exit_url(*, language: str) -> str:
    """The neutral page for a reader of `language`."""
    return WEATHER.get(language, WEATHER["en"])
