"""In: a language's code. Out: what its folder knows. A folder of data files is all that a new language needs."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@functools.cache
def data_of(language: str, kind: str) -> Any:
    """The content of `<language>/<kind>.yaml`, or None where nobody wrote it; "pl-PL" is read as "pl"."""
    file = FOLDER / _folder_of(language) / f"{kind}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None


@functools.cache
def languages_with(kind: str) -> tuple[str, ...]:
    """Codes of the languages that have `<kind>.yaml`, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob(f"*/{kind}.yaml")))


def _folder_of(language: str) -> str:
    main = language.lower().partition("-")[0]
    return main if main.isalpha() else "none"
