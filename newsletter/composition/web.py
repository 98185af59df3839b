"""The web version of a message: what everybody may read, without anybody's personal link (W8)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsletter.composition.merging import MergeField, Slot, filled
from newsletter.lib.addresses import page_url

if TYPE_CHECKING:
    from newsletter.composition.message import Message

NOINDEX = '<meta name="robots" content="noindex">'


def web_version(*, message: Message) -> str:
    """The message's whole HTML page; names become their fallback, personal links the public page that asks for one."""

    def public(slot: Slot) -> str:
        if slot.field is MergeField.FIRST_NAME:
            return escape(slot.fallback)
        return page_url("my_link", language=message.language)

    return filled(message.html, public).replace("</title>", f"</title>{NOINDEX}", 1)


def public_subject(*, message: Message) -> str:
    """The message's subject line as the archive prints it: plain text, names become their fallback."""
    return filled(message.subject, lambda slot: slot.fallback)
