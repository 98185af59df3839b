"""The block other sites put into their pages: plain HTML without script, style, picture or frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from campaigns.sharing.content import KitContent


def block_of(content: KitContent) -> str:
    """The block's HTML; every word is escaped, the only address in it is the campaign's page in that language."""
    return render_to_string("sharing/block.html", {"kit": content}).strip() + "\n"
