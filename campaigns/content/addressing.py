"""Addresses that nothing else has."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet


def free_slug(stem: str, *, among: QuerySet[Any], first: int = 1) -> str:
    """`stem`, or `stem-2`, `stem-3` …: the first that no row of `among` has as its slug. With `first` 2 never the bare stem."""
    taken = set(among.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in itertools.count(first) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken)
