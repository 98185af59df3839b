"""The only way a picture gets in (X15): decoded, limited, turned upright, stripped of metadata and encoded anew."""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import Q
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
REDUCIBLE = {"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"}
CHUNK = 65_536
LENGTH_OF_MARK = 10
"""Hexadecimal digits of the original's digest in a file's name."""
HIGHEST = 8 * WIDEST
"""Higher than that is no picture to look at; it would be a thread in a mail."""

UNKNOWN_FORMAT = _("This is not a picture we can print. Save it as JPEG or PNG and choose it again.")
TOO_LARGE = _("This picture is too large. Make it smaller, at most 40 megapixels and 20 MB, and choose it again.")


class ImageRefusedError(ValidationError):
    """A file that does not become a picture; its sentence tells the person what to do, and forms show it by themselves."""


def stored(
    *, file: BinaryIO, name: str, credit: str = "", licence: str = "", alt: Mapping[str, str] | None = None
) -> Image:
    """The Image made from `file`, saved with its description per language; the same file gives the same row.

    Raises:
        ImageRefusedError: not a JPEG, PNG, WebP or GIF, damaged, or too large.
    """
    facts = {"credit": credit, "licence": licence}
    image = found_again(file) or _saved(file, name)
    Image.objects.filter(pk=image.pk).update(**facts)
    image.refresh_from_db(fields=list(facts))
    for language, words in (alt or {}).items():
        image.texts.update_or_create(language=language, defaults={"alt": words})
    return image


def digest_of(file: BinaryIO) -> str:
    """SHA-256 over the file as it was uploaded (hexadecimal): tells whether this very picture is here already."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def found_again(file: BinaryIO) -> Image | None:
    """The first Image that was made from this very file; for older ones, whose digest was not kept, by its mark in the name."""
    digest = digest_of(file)
    same = Q(digest=digest) | Q(digest="", file__contains=f"-{digest[:LENGTH_OF_MARK]}.")
    return Image.objects.filter(same).order_by("pk").first()


def cropped(image: Image, width: int, height: int) -> Pillow.Image:
    """The picture filling `width` × `height` pixels exactly, its focal point as near to the middle as its edges allow.

    A picture smaller than that is enlarged. Nothing is stored; the caller encodes it.
    """
    with image.file.open("rb") as file, Pillow.open(file) as picture:
        pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    scale = max(width / pixels.width, height / pixels.height)
    wide, high = width / scale, height / scale
    left = _edge(pixels.width, wide, image.focal_x)
    top = _edge(pixels.height, high, image.focal_y)
    return pixels.resize((width, height), Pillow.Resampling.LANCZOS, box=(left, top, left + wide, top + high))


def _edge(whole: int, part: float, percent: int) -> float:
    """Where a part of a side begins so that the point at `percent` of it stands in the middle, or as near as can be."""
    return min(max(whole * percent / 100 - part / 2, 0.0), max(whole - part, 0.0))


def _saved(file: BinaryIO, name: str) -> Image:
    clean = cleaned(file=file, name=name)
    width, height = Pillow.open(clean).size
    path = f"images/{clean.name}"
    storage = Image._meta.get_field("file").storage  # noqa: SLF001 (Django's documented model API)
    if not storage.exists(path):
        path = storage.save(path, clean)
    facts = {"file": path, "width": width, "height": height}
    image, _created = Image.objects.get_or_create(digest=digest_of(file), defaults=facts)
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
    return ContentFile(content, name=f"{stem}-{hashlib.sha256(original).hexdigest()[:LENGTH_OF_MARK]}.{suffix}")


def _pixels(original: bytes) -> Pillow.Image:
    """The decoded picture, upright and at most WIDEST; nothing is decoded before its size is known to be bearable."""
    try:
        with Pillow.open(io.BytesIO(original), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ImageRefusedError(TOO_LARGE)
            picture.draft("RGB", (2 * WIDEST, 2 * WIDEST))  # a JPEG is decoded at about the size it is needed in
            return _at_most(WIDEST, _upright(picture))
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise ImageRefusedError(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files
        raise ImageRefusedError(UNKNOWN_FORMAT) from error


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """The first frame in eight bits of red, green, blue and perhaps transparency, turned as the camera was held."""
    picture.seek(0)
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode.startswith(("I", "F")):
        plain = _eight_bits(picture)
    else:
        small = picture.reduce(_factor(picture)) if picture.mode in REDUCIBLE else picture
        plain = small if small.mode == wanted else small.convert(wanted)
    plain.info = dict(picture.info)
    with contextlib.suppress(SyntaxError):  # EXIF that cannot be read turns nothing; the picture itself is sound
        ImageOps.exif_transpose(plain, in_place=True)  # no second copy of many megapixels
    return plain


def _factor(picture: Pillow.Image) -> int:
    """By how much a large picture is made smaller before anything else is done with it."""
    return max(1, min(picture.width, picture.height) // (2 * WIDEST))


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Sixteen bits of grey become eight; Pillow's own conversion would cut them off at white."""
    _low, high = picture.getextrema()  # one band, one pair
    scale = 255 / max(float(high), 255.0)  # type: ignore[arg-type]
    return picture.convert("F").point(lambda value: value * scale).convert("RGB")


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
    narrow = min(width, round(pixels.width * HIGHEST / pixels.height), pixels.width)
    if narrow == pixels.width:
        return pixels
    wanted = (max(1, narrow), max(1, round(pixels.height * narrow / pixels.width)))
    return pixels.resize(wanted, Pillow.Resampling.LANCZOS, reducing_gap=2.0)
