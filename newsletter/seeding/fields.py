"""One file's fields, each read once and checked; what is missing, wrong or left over is named with file and field."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


class SeedError(Exception):
    """A seed file says something it may not: `file`, `field` and what to do about it."""

    def __init__(self, file: Path, field: str, advice: str) -> None:
        super().__init__(f"{file}: {field}: {advice}")
        self.file = file
        self.field = field


class Fields:
    """A mapping read from `file`. Every `take_…` removes one field; `done` refuses what nobody took."""

    def __init__(self, values: object, *, file: Path, place: str = "") -> None:
        self.file = file
        self.place = place
        self._left = dict(self._checked(values, dict, place or "the file", "write fields as `name: value`"))

    def take_text(self, name: str, default: str | None = None) -> str:
        """A text, stripped; `default` where it may be missing."""
        value = self._take(name, default)
        if isinstance(value, int) and not isinstance(value, bool):
            raise self.error(name, "put the number in quotes, or YAML eats its zeros and spaces")
        return self._checked(value, str, name, "write a text").strip()

    def take_number(self, name: str, default: int) -> int:
        """A whole number."""
        return self._checked(self._take(name, default), int, name, "write a whole number")

    def take_date(self, name: str) -> dt.date:
        """A date."""
        return self._checked(self._take(name, None), dt.date, name, "write a date as 2026-11-16")

    def take_day(self, name: str) -> dt.date | None:
        """A date, or None when missing."""
        return self.take_date(name) if name in self._left else None

    def take_switch(self, name: str) -> bool:
        """Yes or no; no when missing."""
        return self._checked(self._take(name, default=False), bool, name, "write true or false")

    def take_list(self, name: str) -> list[str]:
        """A list of texts, empty when missing."""
        return [
            self._checked(each, str, name, "write texts in the list")
            for each in self._checked(self._take(name, []), list, name, "write a list")
        ]

    def take_rows(self, name: str, default: list[object] | None = None) -> list[Fields]:
        """A list of mappings; `default` where it may be missing."""
        rows = self._checked(self._take(name, default), list, name, "write a list of blocks")
        return [Fields(row, file=self.file, place=f"{name}[{number}]") for number, row in enumerate(rows)]

    def take_each(self, names: list[str]) -> dict[str, Fields]:
        """The mappings under those of `names` (languages) that are there."""
        return {name: Fields(self._left.pop(name), file=self.file, place=name) for name in names if name in self._left}

    def take_mapping(self, name: str) -> Fields:
        """The mapping under `name`."""
        return Fields(self._take(name, None), file=self.file, place=name)

    def take_first(self, names: list[str]) -> tuple[str, str]:
        """The one of `names` that is there, and its text (empty when it says nothing)."""
        found = [name for name in names if name in self._left]
        if len(found) != 1:
            raise self.error("block", f"name exactly one of {', '.join(names)}")
        value = self._left.pop(found[0])
        return found[0], value if isinstance(value, str) else ""

    def take_all(self) -> dict[str, str]:
        """Every field that is left, as texts."""
        return {name: self.take_text(name) for name in list(self._left)}

    def done(self) -> None:
        """Refuse fields that nobody asked for: they are misspelt."""
        for name in self._left:
            raise self.error(name, "there is no such field; check its spelling")

    def error(self, name: str, advice: str) -> SeedError:
        """The error to raise about the field `name`."""
        return SeedError(self.file, f"{self.place}.{name}" if self.place else name, advice)

    def _take(self, name: str, default: object) -> Any:
        if name in self._left:
            return self._left.pop(name)
        if default is None:
            raise self.error(name, "is missing")
        return default

    def _checked(self, value: Any, kind: type[T], name: str, advice: str) -> T:
        if not isinstance(value, kind):
            raise self.error(name, advice)
        return value
