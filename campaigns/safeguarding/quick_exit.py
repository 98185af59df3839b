"""Where a reader of a sensitive page is taken at once (G12); `sensitivity.Care.quick_exit` says which pages offer it."""

from __future__ import annotations

WEATHER = {"pl": "https://www.imgw.pl/", "en": "https://www.bbc.com/weather"}
"""Public weather pages: plausible on any screen, and nobody asks why somebody reads them."""


def exit_url(*, language: str) -> str:
    """The neutral page for a reader of `language`."""
    return WEATHER.get(language, WEATHER["en"])
