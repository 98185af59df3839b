"""The only way a file for readers gets in: what it is is told by its content, never by its name."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campaigns.content.images import cleaned
from campaigns.content.models import MaterialKind

MOST_BYTES = 25_000_000
MOST_UNPACKED_BYTES = 500_000_000
MOST_UNPACKED_FILES = 1_000
BEGINNINGS = {
    b"%PDF-": MaterialKind.PDF,
    b"\x89PNG\r\n\x1a\n": MaterialKind.PNG,
    b"\xff\xd8\xff": MaterialKind.JPEG,
    b"PK\x03\x04": MaterialKind.ZIP,
}
SUFFIXES = {
    MaterialKind.PDF: {".pdf"},
    MaterialKind.PNG: {".png"},
    MaterialKind.JPEG: {".jpg", ".jpeg"},
    MaterialKind.ZIP: {".zip"},
}
TYPES = {
    MaterialKind.PDF: "application/pdf",
    MaterialKind.PNG: "image/png",
    MaterialKind.JPEG: "image/jpeg",
    MaterialKind.ZIP: "application/zip",
}

TOO_LARGE = _("This file is larger than 25 MB. Make it smaller, or give a link to where it stands.")
UNKNOWN = _("This is none of PDF, PNG, JPEG and ZIP. Save it as one of these, or give a link to where it stands.")
MISNAMED = _("This file’s name ends in %(suffix)s, but its content is %(kind)s. Save it anew under the right name.")
DAMAGED = _("This file is damaged: it does not open. Save it anew and choose it again.")
HOSTILE = _("This ZIP unpacks to too much, to a place outside its folder, or only with a password. Pack it anew.")


class FileRefusedError(ValidationError):
    """A file that is not taken; its sentence tells the person what to do, and forms show it by themselves."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be given out: `file` carries a name of ours."""

    file: ContentFile[bytes]
    kind: MaterialKind


def checked(*, file: BinaryIO, name: str) -> Checked:
    """`file` with its kind; pictures are encoded anew without metadata (X15), everything else is kept byte for byte.

    Raises:
        FileRefusedError: too large, damaged, of another kind, or not what `name` says.
        ImageRefusedError: a picture that does not open or is too large.
    """
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileRefusedError(TOO_LARGE)
    kind = _kind_of(content)
    _demand_right_name(kind, name)
    if kind in (MaterialKind.PNG, MaterialKind.JPEG):
        return _picture(content, name)
    (_demand_whole_zip if kind == MaterialKind.ZIP else _demand_whole_pdf)(content)
    stem = slugify(PurePath(name).stem)[:40] or "file"
    mark = hashlib.sha256(content).hexdigest()[:10]
    return Checked(ContentFile(content, name=f"{stem}-{mark}{min(SUFFIXES[kind])}"), kind)


def _kind_of(content: bytes) -> MaterialKind:
    for beginning, kind in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise FileRefusedError(UNKNOWN)


def _demand_right_name(kind: MaterialKind, name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES[kind]:
        raise FileRefusedError(MISNAMED, params={"suffix": suffix or "…", "kind": kind.label})


def _picture(content: bytes, name: str) -> Checked:
    clean = cleaned(file=io.BytesIO(content), name=name)
    return Checked(clean, MaterialKind.PNG if str(clean.name).endswith(".png") else MaterialKind.JPEG)


def _demand_whole_pdf(content: bytes) -> None:
    if b"%%EOF" not in content[-2048:]:
        raise FileRefusedError(DAMAGED)


def _demand_whole_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if any(map(_leads_astray, entries)) or _unpacks_to_too_much(entries):
                raise FileRefusedError(HOSTILE)
            if packed.testzip():
                raise FileRefusedError(DAMAGED)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise FileRefusedError(DAMAGED) from error


def _leads_astray(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    encrypted = bool(entry.flag_bits & 0x1)
    return encrypted or path.is_absolute() or ".." in path.parts or ":" in entry.filename


def _unpacks_to_too_much(entries: list[zipfile.ZipInfo]) -> bool:
    return len(entries) > MOST_UNPACKED_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES
