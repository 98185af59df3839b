"""content.images: only pictures come in, and nothing but the picture (X15, W4)."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image as Pillow

from campaigns.content.images import MOST_BYTES, MOST_UPLOADED_BYTES, WIDEST, ImageRefusedError, cleaned


def encoded(picture: Pillow.Image, kind: str, **options: object) -> io.BytesIO:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    content.seek(0)
    return content


def noise(width: int, height: int, mode: str = "RGB") -> Pillow.Image:
    data = random.Random(7).randbytes(width * height * len(mode))  # noqa: S311 (pixels, not secrets)
    return Pillow.frombytes(mode, (width, height), data)


def opened(file: io.BytesIO, name: str = "x.png") -> Pillow.Image:
    return Pillow.open(io.BytesIO(cleaned(file=file, name=name).read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_accepted_format_comes_out_as_jpeg_or_png(kind: str) -> None:
    assert opened(encoded(noise(60, 40), kind)).format in {"JPEG", "PNG"}


def test_a_wide_photograph_is_made_narrower_and_light_enough_for_a_mail() -> None:
    clean = cleaned(file=encoded(noise(2400, 1600), "PNG"), name="x.png")
    content = clean.read()
    assert len(content) <= MOST_BYTES
    assert Pillow.open(io.BytesIO(content)).width <= WIDEST


def test_a_transparent_picture_stays_transparent() -> None:
    assert opened(encoded(noise(300, 200, "RGBA"), "PNG")).has_transparency_data


def test_place_camera_comment_and_profile_are_gone() -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "Camera Co."
    exif.get_ifd(0x8825)[1] = "N"
    photograph = encoded(noise(60, 40), "JPEG", exif=exif, comment=b"ul. Prosta 1", icc_profile=b"profile")
    clean = cleaned(file=photograph, name="x.jpg").read()
    assert b"Camera" not in clean
    assert b"Prosta" not in clean
    assert not Pillow.open(io.BytesIO(clean)).getexif()
    assert "icc_profile" not in Pillow.open(io.BytesIO(clean)).info


def test_a_photograph_taken_sideways_is_turned_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    assert opened(encoded(noise(60, 40), "JPEG", exif=exif)).size == (40, 60)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        b"GIF89a" + b"\0" * 20,
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        encoded(noise(60, 40), "PNG").getvalue()[:400],
        encoded(noise(60, 40), "BMP").getvalue(),
        encoded(noise(60, 40), "TIFF").getvalue(),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ImageRefusedError) as refused:
        cleaned(file=io.BytesIO(content), name="x.png")
    assert refused.value.messages[0].endswith(".")


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(ImageRefusedError) as refused:
        cleaned(file=io.BytesIO(bomb), name="x.png")
    assert "40" in str(refused.value.error_list[0].message)


def test_an_upload_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(ImageRefusedError):
        cleaned(file=io.BytesIO(b"\0" * (MOST_UPLOADED_BYTES + 1)), name="x.png")


def test_a_file_that_a_form_has_read_already_is_read_from_its_beginning() -> None:
    file = encoded(noise(60, 40), "PNG")
    file.read()
    assert opened(file).size == (60, 40)


def test_the_name_is_plain_and_changes_with_the_picture() -> None:
    first = cleaned(file=encoded(noise(60, 40), "PNG"), name="../Zażółć jaźń?.PNG").name
    second = cleaned(file=encoded(noise(61, 40), "PNG"), name="../Zażółć jaźń?.PNG").name
    assert first is not None
    assert first.startswith("zazoc-jazn-")
    assert first != second
