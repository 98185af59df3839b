"""Where the house is, and which files are its own."""

from __future__ import annotations

import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("campaigns", "newsletter")


@functools.cache
def ignored() -> frozenset[str]:
    """Names at the top that are made, not written."""
    return frozenset(line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if "*" not in line)


def python_files(*folders: str) -> list[Path]:
    """Our modules in `folders`, without migrations."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in found if "migrations" not in file.parts)


def name_of(file: Path) -> str:
    """The file's path from the top."""
    return file.relative_to(ROOT).as_posix()
