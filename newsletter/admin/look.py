"""Our tokens as Unfold's colours: its scale of greys runs from our paper to our ink, its primary scale through our brand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.templatetags.static import static

from newsletter.lib import tokens

if TYPE_CHECKING:
    from django.http import HttpRequest

LIGHT, DARK = tokens.LIGHT, tokens.DARK
BASE = {
    "50": LIGHT["paper"],
    "100": "#F1EEE6",
    "200": LIGHT["line"],
    "300": "#C4BFB3",
    "400": DARK["muted"],
    "500": LIGHT["muted"],
    "600": "#46515E",
    "700": "#46525F",
    "800": DARK["line"],
    "900": DARK["surface"],
    "950": DARK["paper"],
}
PRIMARY = {
    "50": LIGHT["brand_soft"],
    "100": LIGHT["brand_soft"],
    "200": "#BBD8DE",
    "300": "#9CCEDA",
    "400": DARK["brand"],
    "500": DARK["brand"],
    "600": LIGHT["brand"],
    "700": "#0B3A47",
    "800": DARK["brand_soft"],
    "900": DARK["brand_soft"],
    "950": "#0C2027",
}
FONT = {
    "subtle-light": LIGHT["muted"],
    "subtle-dark": DARK["muted"],
    "default-light": "#3A4552",
    "default-dark": "#CBD3DB",
    "important-light": LIGHT["ink"],
    "important-dark": DARK["ink"],
}


def colours(_request: HttpRequest) -> dict[str, dict[str, str]]:
    """Unfold's COLORS."""
    return {"base": dict(BASE), "primary": dict(PRIMARY), "font": dict(FONT)}


def stylesheet(_request: HttpRequest) -> str:
    """What Unfold's own stylesheet leaves to us."""
    return static("newsletter/admin/admin.css")


def script(_request: HttpRequest) -> str:
    """What the rich-text editor leaves to us."""
    return static("newsletter/admin/richtext.js")


def chooser_script(_request: HttpRequest) -> str:
    """What select2 leaves to us."""
    return static("newsletter/admin/choosers.js")
