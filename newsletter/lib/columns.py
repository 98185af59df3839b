"""Many values as one parameter of a statement: quoted once, not value by value. Pure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def array_of(values: Iterable[object]) -> str:
    """`values` as the text of a PostgreSQL array, for `%s::bigint[]` and its like; None becomes NULL, datetimes ISO 8601."""
    return "{" + ",".join(map(_element, values)) + "}"


def among(ids: Sequence[int], *, vendor: str) -> tuple[str, str]:
    """What stands behind a column's name to pick the rows of `ids`, with one placeholder, and its parameter."""
    if vendor == "postgresql":
        return "= ANY (%s::bigint[])", array_of(ids)
    return "IN (SELECT value FROM json_each(%s))", f"[{','.join(map(str, ids))}]"


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
