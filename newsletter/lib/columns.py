"""Many values as one parameter of a statement: quoted once, not value by value. Pure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def array_of(values: Iterable[object]) -> str:
    """`values` as the text of a PostgreSQL array, for `%s::bigint[]` and its like; None becomes NULL, datetimes ISO 8601."""
    return "{" + ",".join(map(_element, values)) + "}"


@functools.lru_cache(maxsize=4096, typed=True)
def _element(value: object) -> str:
    """Most columns say the same thing a thousand times."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
