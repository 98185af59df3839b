"""Share cards: the campaign's words as a picture, with the words beside it for those who do not see it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image as Pillow
from PIL import ImageDraw

from campaigns.sharing import palette
from campaigns.sharing.fitting import Box, fitted
from campaigns.sharing.lettering import HEADING, TEXT, for_pictures, in_pixels

if TYPE_CHECKING:
    from campaigns.sharing.content import KitContent
    from campaigns.sharing.fitting import Fitted

LEADING = 1.2


@dataclass(frozen=True, slots=True)
class Format:
    """A card's measures in pixels: where the parts stand, from the top."""

    key: str
    width: int
    height: int
    headline_top: int
    headline_bottom: int
    message_bottom: int
    largest: int
    message_size: int

    @property
    def name(self) -> str:
        """What its file is called, without a suffix."""
        return f"card-{self.width}x{self.height}"


WIDE = Format("wide", 1200, 630, 124, 380, 380, 116, 0)
SQUARE = Format("square", 1080, 1080, 160, 560, 800, 128, 40)
FORMATS = {each.key: each for each in (WIDE, SQUARE)}
MARGIN = 72
FOOT = 40
BUTTON_HEIGHT, BUTTON_PADDING = 76, 32
LOGO_WIDTH, LOGO_HEIGHT, LOGO_PADDING = 260, 84, 12
SMALLEST_HEADLINE, SMALLEST_MESSAGE = 28, 24


def card(content: KitContent, shape: Format) -> bytes:
    """The card as PNG; the same content gives the same bytes."""
    picture = Pillow.new("RGB", (shape.width, shape.height), palette.PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, shape.width, 11), fill=palette.SIGNAL)
    _set(pen, _top_line(content, shape), x=MARGIN, y=56, face=HEADING, colour=palette.BRAND)
    headline = _headline(content, shape)
    _set(pen, headline, x=MARGIN, y=shape.headline_top, face=HEADING, colour=palette.INK)
    if shape.message_size:
        top = shape.headline_top + headline.height + 32
        _set(pen, _message(content, shape, top), x=MARGIN, y=top, face=TEXT, colour=palette.INK)
    _draw_button(pen, content, shape)
    _draw_foot(picture, pen, content, shape)
    return _encoded(picture)


def alt_of(content: KitContent, shape: Format) -> str:
    """What the card shows, in its language."""
    with translation.override(content.language):
        words = [content.hashtag, content.headline, *([content.message] if shape.message_size else [])]
        said = " ".join(part if part[-1] in ".?!…" else f"{part}." for part in filter(None, words))
        return _("Card with text: %(words)s %(action)s. %(owner)s.") % {
            "words": said,
            "action": content.call_to_action.rstrip("."),
            "owner": content.owner.rstrip("."),
        }


def logo_of(content: KitContent) -> Pillow.Image | None:
    """The logo, decoded; None without one, and where its file is gone."""
    if not content.logo:
        return None
    try:
        with default_storage.open(content.logo) as file, Pillow.open(file) as stored:
            return stored.convert("RGBA")
    except OSError:
        return None


def _top_line(content: KitContent, shape: Format) -> Fitted:
    return fitted(
        content.hashtag or content.owner,
        box=Box(shape.width - 2 * MARGIN, 60),
        sizes=range(44, 19, -2),
        leading=LEADING,
        measure=in_pixels(HEADING),
    )


def _headline(content: KitContent, shape: Format) -> Fitted:
    return fitted(
        content.headline,
        box=Box(shape.width - 2 * MARGIN, shape.headline_bottom - shape.headline_top),
        sizes=range(shape.largest, SMALLEST_HEADLINE - 1, -2),
        leading=LEADING,
        measure=in_pixels(HEADING),
    )


def _message(content: KitContent, shape: Format, top: float) -> Fitted:
    return fitted(
        content.message,
        box=Box(shape.width - 2 * MARGIN, shape.message_bottom - top),
        sizes=range(shape.message_size, SMALLEST_MESSAGE - 1, -2),
        leading=1.4,
        measure=in_pixels(TEXT),
    )


def _draw_button(pen: ImageDraw.ImageDraw, content: KitContent, shape: Format) -> None:
    """The call to action, white on brand, as wide as its words."""
    top = shape.height - FOOT - LOGO_HEIGHT - 28 - BUTTON_HEIGHT
    measure = in_pixels(TEXT)
    words = fitted(
        content.call_to_action,
        box=Box(shape.width - 2 * (MARGIN + BUTTON_PADDING), BUTTON_HEIGHT - 12),
        sizes=range(34, 15, -1),
        leading=LEADING,
        measure=measure,
    )
    width = max(measure(line, words.size) for line in words.lines) + 2 * BUTTON_PADDING
    pen.rounded_rectangle((MARGIN, top, MARGIN + width, top + BUTTON_HEIGHT), radius=10, fill=palette.BRAND)
    y = top + (BUTTON_HEIGHT - words.height) / 2
    _set(pen, words, x=MARGIN + BUTTON_PADDING, y=y, face=TEXT, colour=palette.ON_BRAND)


def _draw_foot(picture: Pillow.Image, pen: ImageDraw.ImageDraw, content: KitContent, shape: Format) -> None:
    """Who says it, and under which terms one may pass it on; the logo opposite."""
    top = shape.height - FOOT - LOGO_HEIGHT
    taken = _draw_logo(picture, content, right=shape.width - MARGIN, top=top)
    words = fitted(
        " · ".join(filter(None, (content.owner, content.licence))),
        box=Box(shape.width - 2 * MARGIN - taken, LOGO_HEIGHT),
        sizes=range(26, 15, -1),
        leading=1.3,
        measure=in_pixels(TEXT),
    )
    y = top + (LOGO_HEIGHT - words.height) / 2
    _set(pen, words, x=MARGIN, y=y, face=TEXT, colour=palette.MUTED)


def _draw_logo(picture: Pillow.Image, content: KitContent, *, right: int, top: int) -> int:
    """Draw the logo on white, which every logo stands on; the width it takes, 0 without one."""
    logo = logo_of(content)
    if logo is None:
        return 0
    logo.thumbnail((LOGO_WIDTH, LOGO_HEIGHT - 2 * LOGO_PADDING), Pillow.Resampling.LANCZOS)
    left = right - logo.width - 2 * LOGO_PADDING
    ImageDraw.Draw(picture).rectangle((left, top, right, top + LOGO_HEIGHT), fill=palette.SURFACE)
    place = (left + LOGO_PADDING, top + (LOGO_HEIGHT - logo.height) // 2)
    picture.paste(logo, place, logo)
    return logo.width + 2 * LOGO_PADDING + 32


def _set(pen: ImageDraw.ImageDraw, words: Fitted, *, x: float, y: float, face: str, colour: str) -> None:
    font = for_pictures(face, words.size)
    for number, line in enumerate(words.lines):
        middle = y + words.pitch * (number + 0.5)
        pen.text((x, middle), line, font=font, fill=colour, anchor="lm")


def _encoded(picture: Pillow.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()
