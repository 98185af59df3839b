"""content.images: only pictures come in, and nothing but the picture (X15, W4)."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import zlib

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from campaigns.content.images import MOST_BYTES, MOST_UPLOADED_BYTES, WIDEST, ImageRefusedError, cleaned, cropped
from campaigns.content.models import Image


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


def shades(mode: str) -> Pillow.Image:
    """Sixteen bits of grey from black to white, as scanners write them."""
    picture = Pillow.new(mode, (2, 1))
    picture.putdata([0, 65535])
    return picture


def test_sixteen_bits_of_grey_become_eight_and_white_stays_white() -> None:
    pixels = opened(encoded(shades("I;16"), "PNG")).convert("RGB")
    assert [pixels.getpixel((0, 0)), pixels.getpixel((1, 0))] == [(0, 0, 0), (255, 255, 255)]


def test_the_colours_of_print_become_those_of_screens() -> None:
    assert opened(encoded(Pillow.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG")).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind: str) -> None:
    frames = [Pillow.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    content = io.BytesIO()
    frames[0].save(content, kind, save_all=True, append_images=frames[1:], duration=50, loop=0)
    still = opened(content)
    assert getattr(still, "n_frames", 1) == 1
    red, _green, blue = still.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three bands
    assert red > blue


def test_what_is_hidden_behind_a_picture_does_not_come_along() -> None:
    polyglot = (
        encoded(noise(60, 40), "JPEG", comment=b"<script>alert(1)</script>").getvalue()
        + b"<html><script>alert(2)</script>PK\x03\x04"
    )
    assert b"script" not in cleaned(file=io.BytesIO(polyglot), name="x.jpg").read()


def test_a_thread_of_pixels_is_made_lower_and_stays_a_picture() -> None:
    width, height = opened(encoded(Pillow.new("RGB", (3, 30_000), "red"), "PNG")).size
    assert (width, height) == (1, 10_000)


def test_a_large_photograph_is_decoded_without_taking_all_memory() -> None:
    script = (
        "import io; from PIL import Image; content = io.BytesIO();"
        "Image.new('RGB', (6300, 6300), 'red').save(content, 'PNG'); import django; django.setup();"
        "from campaigns.content.images import cleaned; cleaned(file=content, name='x.png');"
        "status = open('/proc/self/status').read(); print(int(status.split('VmHWM:')[1].split()[0]) // 1024)"
    )
    # VmHWM is this program's own peak; getrusage would count what the tests' process held when it started this one.
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "newsletter.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 500, "megabytes"


def a_row(picture: Pillow.Image, x: int, y: int) -> Image:
    return Image(
        file=ContentFile(encoded(picture, "PNG").getvalue(), name="x.png"),
        width=picture.width,
        height=picture.height,
        focal_x=x,
        focal_y=y,
    )


@pytest.mark.parametrize(("focus", "colour"), [(0, (255, 0, 0)), (50, (0, 255, 0)), (100, (0, 0, 255))])
@pytest.mark.parametrize("is_wide", [True, False])
def test_a_crop_keeps_the_focal_point_in_sight(focus: int, colour: tuple[int, int, int], *, is_wide: bool) -> None:
    stripes = Pillow.new("RGB", (300, 100) if is_wide else (100, 300))
    for number, name in enumerate(("red", "lime", "blue")):
        stripes.paste(
            name, (number * 100, 0, number * 100 + 100, 100) if is_wide else (0, number * 100, 100, number * 100 + 100)
        )
    place = (focus, 50) if is_wide else (50, focus)
    crop = cropped(a_row(stripes, *place), 200, 200)
    assert crop.size == (200, 200)
    assert crop.getpixel((100, 100)) == colour


def test_a_small_transparent_picture_fills_a_card_all_the_same() -> None:
    assert cropped(a_row(Pillow.new("RGBA", (10, 10), (0, 0, 0, 0)), 50, 50), 1200, 630).size == (1200, 630)


def test_the_focal_point_is_said_to_a_sheet() -> None:
    image = a_row(Pillow.new("RGB", (1, 1)), 34, 96)
    assert (image.object_position, image.nearest_x, image.nearest_y) == ("34% 96%", 30, 100)
