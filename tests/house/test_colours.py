"""The public pages and the mail read the same colours (look.md): the style sheet says what lib.tokens says."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from campaigns.sharing import palette
from newsletter.lib import tokens

CSS = (settings.BASE_DIR / "newsletter" / "static" / "wici" / "site.css").read_text()
LIGHT, DARK = CSS.split("@media (prefers-color-scheme: dark)", 1)


@pytest.mark.parametrize(("css", "colours"), [(LIGHT, tokens.LIGHT), (DARK, tokens.DARK)], ids=["light", "dark"])
def test_the_style_sheet_has_every_token(css: str, colours: dict[str, str]) -> None:
    written = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", css))
    assert written == {name.replace("_", "-"): colour for name, colour in colours.items()}


def test_cards_and_posters_have_the_same_colours() -> None:
    written = {name: value for name, value in vars(palette).items() if isinstance(value, str) and value.startswith("#")}
    assert written == {name: tokens.LIGHT[name.lower()] for name in written}


def test_every_text_on_a_card_or_a_poster_is_read_easily() -> None:
    assert [(text, ground) for text, ground in palette.TEXT_ON_GROUND if tokens.contrast(text, ground) < 4.5] == []
