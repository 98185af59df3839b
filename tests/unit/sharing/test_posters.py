"""The poster is read back: its words by a reader of PDF, its code by a reader of codes."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from campaigns.sharing.posters import poster
from tests.unit.sharing.kits import PAGE, a_kit

LONG = "Konstantynopolitańczykowianeczkowy " * 4
SCALE = 4


def read(**changes: object) -> Any:
    return pypdf.PdfReader(io.BytesIO(poster(a_kit(**changes))))


def words_of(document: Any) -> str:
    return " ".join(document.pages[0].extract_text().split())


def drawn_code(document: Any) -> Image.Image:
    """The page with every black square of its content stream, as a picture."""
    width, height = (float(side) for side in document.pages[0].mediabox[2:])
    picture = Image.new("L", (round(width * SCALE), round(height * SCALE)), 255)
    pen = ImageDraw.Draw(picture)
    stream = document.pages[0].get_contents().get_data().decode("latin-1")
    black = stream[stream.index("0 0 0 rg") :]
    for x, y, side, _height in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", black[: black.index("EMC")]):
        left, bottom, wide = float(x), float(y), float(side)
        box = (left, height - bottom - wide, left + wide, height - bottom)
        pen.rectangle([round(edge * SCALE) for edge in box], fill=0)
    return picture


def test_the_code_leads_to_the_campaigns_page() -> None:
    (found,) = zxingcpp.read_barcodes(drawn_code(read()))
    assert found.text == PAGE


def test_the_words_are_text_in_their_language() -> None:
    words = words_of(read())
    for said in ("#SayNO", "Powiedz NIE. Możesz", "To nie Twoja wina.", "Zobacz pięć", PAGE, "Europol", "© Europol"):
        assert said in words


def test_numbers_stand_with_the_day_they_were_checked() -> None:
    words = words_of(read())
    assert "116 111" in words
    assert "800 100 100" in words
    assert words.count("16 listopada 2026") == 2


def test_without_numbers_none_is_promised() -> None:
    assert "116 111" not in words_of(read(numbers=(), hashtag="", partners=()))


def test_it_is_one_a4_page_with_title_language_and_a_tree_to_read_it_aloud() -> None:
    document = read()
    root = document.trailer["/Root"]
    assert len(document.pages) == 1
    assert [round(float(side)) for side in document.pages[0].mediabox] == [0, 0, 595, 842]
    assert document.metadata.title == "Powiedz NIE. Możesz dostać pomoc"
    assert document.metadata.author == "Europol"
    assert root["/Lang"] == "pl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/MarkInfo"]["/Marked"]
    parts = root["/StructTreeRoot"]["/K"].get_object()["/K"]
    roles = [part.get_object()["/S"] for part in parts]
    assert roles[:3] == ["/P", "/H1", "/P"]
    (figure,) = [part.get_object() for part in parts if part.get_object()["/S"] == "/Figure"]
    assert PAGE in figure["/Alt"]


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": LONG, "message": LONG * 20, "call_to_action": LONG, "licence": LONG},
        {"headline": "w" * 160, "message": "w" * 2000, "hashtag": "#" + "w" * 59, "call_to_action": "w" * 160},
        {"page_url": f"https://wici.example.org/pl/campaigns/{'a' * 50}/"},
    ],
    ids=["long", "endless words", "long address"],
)
def test_no_text_leaves_the_sheet(changes: dict[str, object]) -> None:
    places: list[tuple[float, float, str]] = []

    def note(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            places.append((matrix[4], matrix[5], text))

    read(**changes).pages[0].extract_text(visitor_text=note)
    assert len(places) > 5
    assert [place for place in places if not (40 <= place[0] <= 555 and 30 <= place[1] <= 812)] == []


def test_the_same_content_makes_the_same_bytes() -> None:
    assert poster(a_kit()) == poster(a_kit())
