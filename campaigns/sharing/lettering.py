"""The letters on cards and posters: two typefaces that lie beside this module, the same on every machine."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"
HEADING, TEXT = "NotoSerif-Bold", "NotoSans-Regular"


@functools.cache
def for_pictures(face: str, size: float) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels; the simple layout is the same wherever Pillow was built."""
    return ImageFont.truetype(FONTS / f"{face}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def for_print(face: str) -> TTFont:
    """A face for PDF, registered under its name."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 (every process would load it at its start, and few draw PDF)
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 (the same)

    font = TTFont(face, str(FONTS / f"{face}.ttf"))
    pdfmetrics.registerFont(font)
    return font


def in_pixels(face: str) -> functools.partial[float]:
    """What measures a line on a card."""
    return functools.partial(_pixels, face)


def in_points(face: str) -> functools.partial[float]:
    """What measures a line on a poster."""
    for_print(face)
    return functools.partial(_points, face)


def unknown_letters(text: str) -> list[str]:
    """The letters of `text` that the faces cannot draw, each once: emoji, scripts without a face."""
    known = for_print(HEADING).face.charToGlyph.keys() & for_print(TEXT).face.charToGlyph.keys()
    return sorted({letter for letter in text if ord(letter) not in known and not letter.isspace()})


def _pixels(face: str, text: str, size: float) -> float:
    return for_pictures(face, size).getlength(text)


def _points(face: str, text: str, size: float) -> float:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 (the same)

    return float(pdfmetrics.stringWidth(text, face, size))
