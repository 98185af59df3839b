"""content.files: what comes in is what it says, whole, and bearable."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils import translation
from PIL import Image

from campaigns.content import files
from campaigns.content.files import FileRefusedError, checked
from campaigns.content.models import MaterialKind

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def zipped(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # without the time it was made
    return written.getvalue()


def pictured(kind: str) -> bytes:
    written = io.BytesIO()
    noise = Image.effect_noise((40, 30), 90).convert("RGB")
    noise.save(written, kind, exif=b"Exif\x00\x00secret-place" if kind == "JPEG" else b"")
    return written.getvalue()


def refused(content: bytes, name: str) -> str:
    with pytest.raises(FileRefusedError) as error, translation.override("en"):
        checked(file=io.BytesIO(content), name=name)
    with translation.override("en"):
        return str(error.value.messages[0])


def test_a_pdf_is_kept_byte_for_byte_under_a_name_of_ours() -> None:
    found = checked(file=io.BytesIO(PDF), name="../Plakat Żółty.PDF")
    assert found.kind == MaterialKind.PDF
    assert found.file.read() == PDF
    assert str(found.file.name).startswith("plakat-zoty-")
    assert str(found.file.name).endswith(".pdf")


@pytest.mark.parametrize("name", ["poster.jpg", "poster.jpeg", "POSTER.JPG"])
def test_a_photograph_is_encoded_anew_without_what_it_should_not_tell(name: str) -> None:
    found = checked(file=io.BytesIO(pictured("JPEG")), name=name)
    assert b"secret-place" not in found.file.read()
    assert found.kind in (MaterialKind.JPEG, MaterialKind.PNG)


def test_a_drawing_stays_a_png() -> None:
    written = io.BytesIO()
    Image.new("RGB", (20, 20), "#0F4C5C").save(written, "PNG")
    found = checked(file=written, name="card.png")
    assert (found.kind, str(found.file.name)[-4:]) == (MaterialKind.PNG, ".png")


def test_a_zip_is_opened_and_kept() -> None:
    found = checked(file=io.BytesIO(zipped(a=b"b")), name="lesson.zip")
    assert (found.kind, str(found.file.name)[-4:]) == (MaterialKind.ZIP, ".zip")


@pytest.mark.parametrize("name", ["lesson.pdf", "lesson", "lesson.pdf.exe", "lesson.docx"])
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str) -> None:
    assert "content is" in refused(zipped(a=b"b"), name)


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html><script>", b"GIF89a", b"\x00" * 50])
def test_what_is_none_of_the_four_is_refused(content: bytes) -> None:
    assert "none of PDF" in refused(content, "poster.pdf")


@pytest.mark.parametrize(("content", "name"), [(b"%PDF-1.7 cut short", "a.pdf"), (zipped(a=b"b" * 99)[:60], "a.zip")])
def test_a_file_cut_short_is_called_damaged(content: bytes, name: str) -> None:
    assert "damaged" in refused(content, name)


def test_a_zip_whose_bytes_were_changed_is_called_damaged() -> None:
    whole = bytearray(zipped(a=bytes(range(256)) * 4))
    whole[60] ^= 0xFF
    assert "damaged" in refused(bytes(whole), "a.zip")


def test_a_zip_whose_check_sum_is_wrong_is_called_damaged() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr(zipfile.ZipInfo("a"), b"words")
    assert "damaged" in refused(written.getvalue().replace(b"words", b"swords"[1:][::-1]), "a.zip")


@pytest.mark.parametrize("name", ["../a", "/etc/a", "C:/a", "a/../../b", "..\\a"])
def test_a_zip_that_leads_outside_its_folder_is_refused(name: str) -> None:
    assert "outside its folder" in refused(zipped(**{name: b"b"}), "a.zip")


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 1_000)
    assert "too much" in refused(zipped(a=b"0" * 1_001), "a.zip")
    monkeypatch.setattr(files, "MOST_UNPACKED_FILES", 2)
    assert "too much" in refused(zipped(a=b"", b=b"", c=b""), "a.zip")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert "25 MB" in refused(PDF, "a.pdf")
