"""Everything of one kit in one zip. Same content and number, same bytes: no clock, no names of ours, a fixed order."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaigns.sharing import cards
from campaigns.sharing.embedding import block_of
from campaigns.sharing.posting import posts_of

if TYPE_CHECKING:
    from campaigns.sharing.content import KitContent

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can name; the real one would change the bytes."""
READABLE = 0o644 << 16


def packed(content: KitContent, *, number: int) -> bytes:
    """The kit as a zip with one folder, `<slug>-<language>-<number>/`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as kit:
        for name, data in files_of(content, number=number).items():
            entry = zipfile.ZipInfo(f"{name_of(content, number=number)}/{name}", LONG_AGO)
            entry.external_attr, entry.create_system = READABLE, 3
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            kit.writestr(entry, data)
    return written.getvalue()


def name_of(content: KitContent, *, number: int) -> str:
    """What the kit's folder and file are called, without a suffix."""
    return f"{content.slug}-{content.language}-{number}"


def files_of(content: KitContent, *, number: int) -> dict[str, bytes]:
    """Name and bytes of every file, in the order of the zip. Texts are UTF-8."""
    texts = {f"README.{code}.txt": _readme(content, code, number) for code, _name in settings.LANGUAGES}
    texts |= {f"posts/{post.channel.filename}": post.text for post in posts_of(content) if post.text}
    texts |= {f"cards/{shape.name}.txt": cards.alt_of(content, shape) for shape in cards.FORMATS.values()}
    texts |= {"block.html.txt": block_of(content), "licence.txt": licence_of(content)}
    pictures = {f"cards/{shape.name}.png": cards.card(content, shape) for shape in cards.FORMATS.values()}
    written = {name: f"{text.strip()}\n".encode() for name, text in texts.items()}
    from campaigns.sharing.posters import poster  # noqa: PLC0415 (loads what draws PDF, which no process needs at its start)

    return dict(sorted({**written, **pictures, "poster-a4.pdf": poster(content)}.items()))


def licence_of(content: KitContent) -> str:
    """The line that says whose it is and under which terms, in the kit's language."""
    with translation.override(content.language):
        return render_to_string("sharing/licence.txt", {"kit": content}).strip()


def _readme(content: KitContent, language: str, number: int) -> str:
    """What lies in the folder and how to use it, in one of the site's languages."""
    with translation.override(language):
        context = {
            "kit": content,
            "number": number,
            "posts": [post for post in posts_of(content) if post.text],
            "cards": list(cards.FORMATS.values()),
        }
        return render_to_string("sharing/readme.txt", context)
