"""content.images: the same picture is one row, however often and under whatever name it comes."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from campaigns.content.images import digest_of, found_again, stored
from campaigns.content.models import Image

pytestmark = pytest.mark.django_db


def a_file(colour: str = "red") -> io.BytesIO:
    content = io.BytesIO()
    Pillow.new("RGB", (30, 20), colour).save(content, "PNG")
    return content


def test_the_same_file_under_another_name_is_the_first_ones_row() -> None:
    first = stored(file=a_file(), name="a.png", alt={"pl": "Czerwień"})
    again = stored(file=a_file(), name="b.png", credit="Me")
    other = stored(file=a_file("blue"), name="a.png")
    assert (again.pk, Image.objects.count()) == (first.pk, 2)
    assert other.pk != first.pk
    assert (first.width, first.height, first.digest) == (30, 20, digest_of(a_file()))


def test_a_row_from_before_digests_were_kept_is_found_by_the_mark_in_its_name() -> None:
    first = stored(file=a_file(), name="a.png")
    Image.objects.update(digest="")
    assert found_again(a_file()) == first
    assert found_again(a_file("blue")) is None


def test_a_file_that_lost_its_row_is_used_again() -> None:
    first = stored(file=a_file(), name="a.png")
    path = first.file.name
    first.delete()
    assert stored(file=a_file(), name="a.png").file.name == path
