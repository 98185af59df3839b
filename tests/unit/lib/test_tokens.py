"""lib.tokens: every pair of text and ground that a page or mail uses can be read (A5)."""

from __future__ import annotations

import pytest

from newsletter.lib.tokens import CONTRAST_OF_TEXT, Scheme, contrast, palette

TEXTS = ["ink", "muted", "brand", "signal", "ok", "warn", "danger"]


def test_black_on_white_is_21_and_a_colour_on_itself_is_1() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#B4430A", "#B4430A") == pytest.approx(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_every_text_colour_reads_on_paper_and_surface(scheme: Scheme, text: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[ground]) >= CONTRAST_OF_TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_on_brand_signal_and_their_soft_grounds_reads(scheme: Scheme) -> None:
    colours = palette(scheme)
    for text, ground in [
        ("on_brand", "brand"),
        ("on_signal", "signal"),
        ("ink", "signal_soft"),
        ("signal", "signal_soft"),
    ]:
        assert contrast(colours[text], colours[ground]) >= CONTRAST_OF_TEXT, (text, ground)


def test_a_newsletters_own_dark_brand_is_lightened_until_it_reads_on_dark_paper() -> None:
    colours = palette("dark", brand="#1B2A6B")
    assert contrast(colours["brand"], colours["surface"]) >= CONTRAST_OF_TEXT
    assert palette("light", brand="#1b2a6b")["brand"] == "#1B2A6B"


def test_black_becomes_readable_on_dark_paper_too() -> None:
    assert contrast(palette("dark", brand="#000000")["brand"], palette("dark")["paper"]) >= CONTRAST_OF_TEXT
