"""The only way a picture gets in (X15): decoded, limited, turned upright, stripped of metadata and encoded anew."""

from __future__ import annotations

import hashlib
import io
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from campaigns.content.models import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
MOST_UPLOADED_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
WIDEST = 1200
"""Twice the 600 px of a mail, for dense screens."""
MOST_BYTES = 200_000
"""Per picture in a mail (W4)."""
QUALITIES = [85, 75, 65]
NARROWER = 0.8

UNKNOWN_FORMAT = _("This is not a picture we can print. Save it as JPEG or PNG and choose it again.")
TOO_LARGE = _("This picture is too large. Make it smaller, at most 40 megapixels and 20 MB, and choose it again.")


class ImageRefusedError(ValidationError):
    """A file that does not become a picture; its sentence tells the person what to do, and forms show it by themselves."""


def stored(
    *, file: BinaryIO, name: str, credit: str = "", licence: str = "", alt: Mapping[str, str] | None = None
) -> Image:
    """The Image made from `file`, saved with its description per language; the same file and name give the same row.

    Raises:
        ImageRefusedError: not a JPEG, PNG, WebP or GIF, damaged, or too large.
    """
    clean = cleaned(file=file, name=name)
    width, height = Pillow.open(clean).size
    path = f"images/{clean.name}"
    storage = Image._meta.get_field("file").storage  # noqa: SLF001 (Django's documented model API)
    if not storage.exists(path):
        path = storage.save(path, clean)
    image, _created = Image.objects.update_or_create(
        file=path, defaults={"width": width, "height": height, "credit": credit, "licence": licence}
    )
    for language, words in (alt or {}).items():
        image.texts.update_or_create(language=language, defaults={"alt": words})
    return image


def cleaned(*, file: BinaryIO, name: str) -> ContentFile[bytes]:
    """`file` encoded anew as JPEG or PNG: at most 1200 px wide and 200 kB, upright, without metadata.

    Its name is `name` made plain, with a mark of the original's bytes: a picture replaced is a new address.

    Raises:
        ImageRefusedError: not a JPEG, PNG, WebP or GIF, damaged, or too large.
    """
    file.seek(0)  # a form field has looked at it before
    original = file.read(MOST_UPLOADED_BYTES + 1)
    if len(original) > MOST_UPLOADED_BYTES:
        raise ImageRefusedError(TOO_LARGE)
    suffix, content = _fitting(_pixels(original))
    stem = slugify(PurePath(name).stem)[:40] or "image"
    return ContentFile(content, name=f"{stem}-{hashlib.sha256(original).hexdigest()[:10]}.{suffix}")


def _pixels(original: bytes) -> Pillow.Image:
    """The decoded picture, upright and at most WIDEST; nothing is decoded before its size is known to be bearable."""
    try:
        with Pillow.open(io.BytesIO(original), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ImageRefusedError(TOO_LARGE)
            upright = ImageOps.exif_transpose(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise ImageRefusedError(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files
        raise ImageRefusedError(UNKNOWN_FORMAT) from error
    return _at_most(WIDEST, upright)


def _fitting(pixels: Pillow.Image) -> tuple[str, bytes]:
    """File suffix and bytes of the first encoding that is small enough; narrower until one is."""
    while True:
        for suffix, content in _encodings(pixels):
            if len(content) <= MOST_BYTES:
                return suffix, content
        pixels = _at_most(int(pixels.width * NARROWER), pixels)


def _encodings(pixels: Pillow.Image) -> Iterator[tuple[str, bytes]]:
    """PNG for drawings and transparency, JPEG in falling quality for photographs."""
    transparent = pixels.mode == "RGBA"
    if transparent or pixels.getcolors(maxcolors=256):
        yield "png", _encoded(pixels, "PNG", optimize=True)
    if transparent:
        yield "png", _encoded(pixels.quantize(256, Pillow.Quantize.FASTOCTREE), "PNG", optimize=True)
    else:
        for quality in QUALITIES:
            yield "jpg", _encoded(pixels, "JPEG", quality=quality, optimize=True, progressive=True)


def _encoded(pixels: Pillow.Image, kind: str, **options: int) -> bytes:
    bare = pixels.copy()
    bare.info.clear()  # colour profile, EXIF with its place and camera, comments
    content = io.BytesIO()
    bare.save(content, kind, **options)
    return content.getvalue()


def _at_most(width: int, pixels: Pillow.Image) -> Pillow.Image:
    if pixels.width <= width:
        return pixels
    return pixels.resize((width, max(1, round(pixels.height * width / pixels.width))), Pillow.Resampling.LANCZOS)
