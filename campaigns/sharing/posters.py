"""The poster: A4 as PDF, its words as text, its code as lines, nothing as a picture but nothing missing either."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from campaigns.sharing import palette
from campaigns.sharing.cards import logo_of
from campaigns.sharing.fitting import Box, fitted
from campaigns.sharing.lettering import HEADING, TEXT, in_points
from campaigns.sharing.marking import Marking

if TYPE_CHECKING:
    from campaigns.sharing.content import KitContent, Number

WIDTH, HEIGHT = A4
MARGIN = 48
COLUMN = WIDTH - 2 * MARGIN
CODE = 168.0
"""Points of the code's side with its quiet zone: readable from two metres."""
FOOT = 40
LOGO_WIDTH, LOGO_HEIGHT = 120.0, 36.0
NUMBERS_BOTTOM = FOOT + 48 + CODE + 24
ROW = 58


def poster(content: KitContent) -> bytes:
    """The poster as PDF; the same content gives the same bytes."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1, lang=content.language, pageCompression=1)
    with translation.override(content.language):
        _describe(canvas, content)
        marking = Marking(canvas)
        _Sheet(canvas, marking, content).draw()
        canvas.showPage()
        marking.finish()
    canvas.save()
    return written.getvalue()


def code_of(url: str) -> segno.QRCode:
    """The QR code of an address; a quarter of it may be torn off or dirty (level Q)."""
    return segno.make(url, error="q", micro=False, boost_error=False)


def _describe(canvas: Canvas, content: KitContent) -> None:
    canvas.setTitle(content.headline)
    canvas.setAuthor(content.owner)
    canvas.setSubject(content.call_to_action)
    canvas.setKeywords(content.hashtag)
    canvas.setCreator("Wici")
    canvas.setProducer("Wici")
    canvas.setViewerPreference("DisplayDocTitle", "true")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a part is set: its face, its largest and smallest size in points, its colour."""

    face: str
    largest: int
    smallest: int
    colour: str

    @property
    def leading(self) -> float:
        return 1.2 if self.face == HEADING else 1.4


@dataclass(frozen=True, slots=True)
class _Area:
    """Where a part stands: its left and top edge, and how far it may go."""

    left: float
    top: float
    width: float
    height: float


HASHTAG = _Style(HEADING, 26, 14, palette.BRAND)
HEADLINE = _Style(HEADING, 72, 20, palette.INK)
MESSAGE = _Style(TEXT, 22, 9, palette.INK)
SECTION = _Style(HEADING, 16, 10, palette.INK)
PHONE = _Style(HEADING, 30, 14, palette.INK)
NAME = _Style(TEXT, 14, 8, palette.INK)
DETAIL = _Style(TEXT, 10, 6, palette.INK)
ACTION = _Style(HEADING, 26, 12, palette.BRAND)
HINT = _Style(TEXT, 12, 8, palette.INK)
ADDRESS = _Style(TEXT, 13, 7, palette.INK)
FOOTER = _Style(TEXT, 10, 6, palette.MUTED)


class _Sheet:
    """One page; `top` and `bottom` are points from the lower edge, as PDF has them."""

    def __init__(self, canvas: Canvas, marking: Marking, content: KitContent) -> None:
        self.canvas, self.marking, self.content = canvas, marking, content

    def draw(self) -> None:
        """Ground first, then every part in the order one reads."""
        with self.marking.decoration():
            self._fill(0, 0, WIDTH, HEIGHT, palette.PAPER)
            self._fill(0, HEIGHT - 8, WIDTH, 8, palette.SIGNAL)
        self._draw_words(HEIGHT - 48)
        if self.content.numbers:
            self._draw_numbers()
        self._draw_way()
        self._draw_foot()

    def _draw_words(self, top: float) -> None:
        """Hashtag, headline and message, one under the other."""
        said = self.content
        floor = NUMBERS_BOTTOM + (self._height_of_numbers() + 20 if said.numbers else 0)
        if said.hashtag:
            top = self._write("P", said.hashtag, _Area(MARGIN, top, COLUMN, 36), HASHTAG) - 12
        top = self._write("H1", said.headline, _Area(MARGIN, top, COLUMN, (top - floor) * 0.62), HEADLINE) - 14
        self._write("P", said.message, _Area(MARGIN, top, COLUMN, top - floor), MESSAGE)

    def _draw_numbers(self) -> None:
        """Whom to call, in figures one can read across a room, and when each was checked (G7)."""
        height = self._height_of_numbers()
        top = NUMBERS_BOTTOM + height
        with self.marking.decoration():
            self._fill(0, NUMBERS_BOTTOM, WIDTH, height, palette.SIGNAL_SOFT)
            self._fill(0, top - 2, WIDTH, 2, palette.SIGNAL)
        top = self._write("H2", _("Somebody will listen"), _Area(MARGIN, top - 14, COLUMN, 24), SECTION) - 6
        for number in self.content.numbers:
            self._draw_number(number, top)
            top -= ROW

    def _draw_number(self, number: Number, top: float) -> None:
        left, width = MARGIN + 190, COLUMN - 190
        self._write("P", number.phone, _Area(MARGIN, top, 184, ROW - 12), PHONE)
        checked = _("checked on %(date)s") % {"date": date_format(dt.date.fromisoformat(number.verified_on), "j E Y")}
        details = " · ".join(filter(None, (number.hours, checked)))
        below = self._write("P", number.name, _Area(left, top - 4, width, 22), NAME)
        self._write("P", details, _Area(left, below, width, 30), DETAIL)

    def _draw_way(self) -> None:
        """The code, and beside it where it leads."""
        bottom, left = FOOT + 48, MARGIN + CODE + 24
        with self.marking.part("Figure", alt=_("QR code that leads to %(url)s") % {"url": self.content.page_url}):
            self._fill(MARGIN, bottom, CODE, CODE, palette.SURFACE)
            self._draw_code(MARGIN, bottom)
        top, width = bottom + CODE, WIDTH - MARGIN - left
        top = self._write("P", self.content.call_to_action, _Area(left, top, width, 104), ACTION)
        hint = _("Point your phone’s camera at the code, or type this address:")
        top = self._write("P", hint, _Area(left, top - 8, width, 34), HINT)
        self._write("P", self.content.page_url, _Area(left, top - 2, width, 40), ADDRESS)

    def _draw_code(self, left: float, bottom: float) -> None:
        rows = list(code_of(self.content.page_url).matrix_iter(border=4))
        side = CODE / len(rows)
        outline = self.canvas.beginPath()
        for down, row in enumerate(rows):
            for along, dark in enumerate(row):
                if dark:
                    outline.rect(left + along * side, bottom + CODE - (down + 1) * side, side, side)
        self.canvas.setFillColor(HexColor("#000000"))
        self.canvas.drawPath(outline, stroke=0, fill=1)

    def _draw_foot(self) -> None:
        """Whose campaign it is, with whom, and under which terms the sheet may be passed on."""
        said = self.content
        partners = _("With: %(names)s") % {"names": ", ".join(said.partners)} if said.partners else ""
        words = " · ".join(filter(None, (said.owner, partners, said.licence)))
        taken = self._draw_logo()
        self._write("P", words, _Area(MARGIN, FOOT + 32, COLUMN - taken, 32), FOOTER)

    def _draw_logo(self) -> float:
        """The logo on white at the right edge; the width it takes, 0 without one."""
        logo = logo_of(self.content)
        if logo is None:
            return 0
        height = min(LOGO_HEIGHT, LOGO_WIDTH * logo.height / logo.width)
        width = height * logo.width / logo.height
        left = WIDTH - MARGIN - width - 8
        with self.marking.part("Figure", alt=_("Logo of %(owner)s") % {"owner": self.content.owner}):
            self._fill(left - 8, FOOT - 4, width + 16, LOGO_HEIGHT + 8, palette.SURFACE)
            bottom = FOOT + (LOGO_HEIGHT - height) / 2
            self.canvas.drawImage(ImageReader(logo), left, bottom, width, height, mask="auto")
        return width + 32

    def _height_of_numbers(self) -> float:
        return 48 + ROW * len(self.content.numbers)

    def _write(self, role: str, text: str, area: _Area, style: _Style) -> float:
        """`text` as large as `area` holds, read aloud as `role`; where it ends."""
        sizes = range(style.largest, style.smallest - 1, -1)
        box = Box(area.width, area.height)
        words = fitted(text, box=box, sizes=sizes, leading=style.leading, measure=in_points(style.face))
        self.canvas.setFillColor(HexColor(style.colour))
        self.canvas.setFont(style.face, words.size)
        with self.marking.part(role):
            for number, line in enumerate(words.lines):
                middle = area.top - words.pitch * (number + 0.5)
                self.canvas.drawString(area.left, middle - words.size * 0.35, f"{line} ")  # read aloud, lines are apart
        return area.top - words.height

    def _fill(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)
