"""The closed list of merge fields: how an editor writes one, and the slot that stands for it in a Message.

An editor writes `[[first_name]]` or `[[first_name|fallback]]`. A Message holds a slot instead: one URL-safe word that
carries the field and its fallback, so that a Message can be filled without anything else. Braces are just text (X9).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class MergeField(StrEnum):
    """Everything about a reader that may stand in a message."""

    FIRST_NAME = "first_name"
    UNSUBSCRIBE_URL = "unsubscribe_url"
    PREFERENCES_URL = "preferences_url"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a message that every reader gets filled differently."""

    field: MergeField
    fallback: str
    """Stands where the reader gave nothing."""


MARK = "zqslot"
WORDS = {field: field.replace("_", "") for field in MergeField}
NAMES = frozenset(field.value for field in MergeField)
FIELDS = {word: field for field, word in WORDS.items()}
SLOT = re.compile(rf"{MARK}0({'|'.join(FIELDS)})0([a-z2-7]*)0qz")
WRITTEN = re.compile(r"\[\[\s*([^\[\]|]{0,60}?)\s*(?:\|\s*([^\[\]|]{0,60}?)\s*)?\]\]")
UNSAYABLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufeff\ud800-\udfff]"
)
"""Controls, bidi overrides, private use, lone surrogates: nothing a reader sees, much that deceives (X6)."""


def slot(field: MergeField, fallback: str = "") -> str:
    """The URL-safe word that stands for `field` in a message."""
    code = base64.b32encode(fallback.encode()).decode().rstrip("=").lower()
    return f"{MARK}0{WORDS[field]}0{code}0qz"


def merged(text: str, *, first_name: str) -> str:
    """`said(text)` with every written merge field as its slot; `first_name` is the fallback where none was written.

    An unknown field stays as it was typed (and is a finding).
    """

    def as_slot(found: re.Match[str]) -> str:
        if found[1] not in NAMES:
            return found[0]
        field = MergeField(found[1])
        return slot(field, found[2] or first_name if field is MergeField.FIRST_NAME else "")

    return WRITTEN.sub(as_slot, said(text))


def said(text: str) -> str:
    """`text` without invisible controls, and without anything that could pass for one of our slots."""
    return UNSAYABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace(MARK, "zq-slot")


def unknown_fields(text: str) -> list[str]:
    """The fields written in `text` that do not exist, as typed."""
    return [found[0] for found in WRITTEN.finditer(text) if found[1] not in NAMES]


def pieces(text: str) -> Iterator[str | Slot]:
    """`text` cut into constant strings and slots, in order; empty strings are left out."""
    end = 0
    for found in SLOT.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield Slot(field=FIELDS[found[1]], fallback=_decoded(found[2]))
        end = found.end()
    if end < len(text):
        yield text[end:]


def filled(text: str, value_of: Callable[[Slot], str]) -> str:
    """`text` with every slot replaced by what `value_of` says."""
    return "".join(value_of(piece) if isinstance(piece, Slot) else piece for piece in pieces(text))


def _decoded(code: str) -> str:
    return base64.b32decode(code.upper() + "=" * (-len(code) % 8)).decode()
