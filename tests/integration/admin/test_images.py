"""Pictures in the admin: refused with a sentence, found again, and kept in sight where they are cropped."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow

from campaigns.content.models import Image
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/image/add/"


def a_file(colour: str = "red", name: str = "a.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Pillow.new("RGB", (30, 20), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def added(client: Client, **changes: Any) -> Any:
    return client.post(ADD, filled(client, ADD, file=a_file(), **changes), follow=True)


def change_url(image: Image) -> str:
    return reverse("admin:campaigns_image_change", args=[image.pk])


def test_a_focal_point_is_kept_and_one_outside_the_picture_is_told(chief: Client) -> None:
    page = added(chief, focal_x="101", focal_y="-1", alt_pl="Czerwień")
    assert {"focal_x", "focal_y"} <= set(page.context["adminform"].form.errors)
    added(chief, focal_x="30", focal_y="70")
    assert Image.objects.get().object_position == "30% 70%"
    assert "30% 70%" in chief.get(change_url(Image.objects.get())).content.decode()


def test_the_same_picture_uploaded_again_is_its_first_entry_with_what_it_lacked(chief: Client) -> None:
    added(chief, alt_pl="Czerwień", credit="Ja", focal_x="10")
    page = added(chief, alt_pl="Inaczej", alt_en="Redness", credit="Ty", licence="CC0", focal_x="90")
    assert "was here already" in page.content.decode()
    image = Image.objects.get()
    assert (image.credit, image.licence, image.focal_x) == ("Ja", "CC0", 10)
    assert {text.language: text.alt for text in image.texts.all()} == {"pl": "Czerwień", "en": "Redness"}


def test_a_file_that_is_another_entry_is_told_at_the_field(chief: Client) -> None:
    added(chief)
    first = Image.objects.get()
    chief.post(ADD, filled(chief, ADD, file=a_file("blue")))
    second = Image.objects.exclude(pk=first.pk).get()
    page = chief.post(change_url(second), filled(chief, change_url(second), file=a_file("red"), credit="typed"))
    assert first.file.name in page.context["adminform"].form.errors["file"][0]
    assert page.context["adminform"].form["credit"].value() == "typed"


def test_replacing_a_file_keeps_the_entry_and_the_same_file_again_changes_nothing(chief: Client) -> None:
    added(chief)
    image = Image.objects.get()
    for colour in ("blue", "blue"):
        chief.post(change_url(image), filled(chief, change_url(image), file=a_file(colour)))
    image.refresh_from_db()
    assert Image.objects.count() == 1
    with Image.objects.get().file.open("rb") as file, Pillow.open(file) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>x</script></html>"])
def test_svg_and_html_are_refused_with_a_sentence_at_the_field(chief: Client, content: bytes) -> None:
    page = chief.post(ADD, filled(chief, ADD, file=SimpleUploadedFile("a.png", content), credit="typed"))
    assert page.context["adminform"].form.errors["file"][0].endswith(".")
    assert not Image.objects.exists()
