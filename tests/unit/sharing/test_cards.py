from __future__ import annotations

import io

import pytest
from PIL import Image

from campaigns.sharing import palette
from campaigns.sharing.cards import FORMATS, SQUARE, WIDE, Format, alt_of, card
from tests.unit.sharing.kits import a_kit

LONG = "Konstantynopolitańczykowianeczkowy " * 4
EDGES = {
    "as it is": {},
    "long": {
        "headline": LONG,
        "message": LONG * 9,
        "call_to_action": LONG,
        "hashtag": "#" + "Długi" * 11,
        "licence": LONG,
    },
    "one endless word": {"headline": "w" * 160, "message": "w" * 900, "call_to_action": "w" * 160, "owner": "w" * 120},
    "short": {"headline": "Stop", "message": "Nie.", "hashtag": "", "licence": ""},
}


def drawn(shape: Format, **changes: object) -> Image.Image:
    return Image.open(io.BytesIO(card(a_kit(**changes), shape))).convert("RGB")


@pytest.mark.parametrize("changes", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("shape", FORMATS.values(), ids=FORMATS)
def test_a_card_has_its_size_and_nothing_touches_its_edges(shape: Format, changes: dict[str, object]) -> None:
    picture = drawn(shape, **changes)
    assert picture.size == (shape.width, shape.height)
    paper = Image.new("RGB", (1, 1), palette.PAPER).getpixel((0, 0))
    for edge in ((0, 12, 60, shape.height), (shape.width - 60, 12, shape.width, shape.height)):
        assert picture.crop(edge).getcolors() == [((edge[2] - edge[0]) * (shape.height - 12), paper)]
    assert picture.crop((0, shape.height - 30, shape.width, shape.height)).getcolors() == [(30 * shape.width, paper)]


@pytest.mark.parametrize("shape", FORMATS.values(), ids=FORMATS)
def test_the_same_words_make_the_same_bytes(shape: Format) -> None:
    assert card(a_kit(), shape) == card(a_kit(), shape)
    assert card(a_kit(), shape) != card(a_kit(headline="Inaczej"), shape)


def test_the_alternative_text_says_what_the_card_says_in_its_language() -> None:
    assert alt_of(a_kit(language="en", headline="You can get help", call_to_action="See what helps"), WIDE) == (
        "Card with text: #SayNO. You can get help. See what helps. Europol."
    )
    assert "To nie Twoja wina." in alt_of(a_kit(), SQUARE)
    assert "To nie Twoja wina." not in alt_of(a_kit(), WIDE)


def test_a_logo_that_is_gone_leaves_its_place_empty() -> None:
    assert drawn(WIDE, logo="images/gone.png").size == (1200, 630)
