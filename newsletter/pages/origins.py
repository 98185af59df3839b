"""Where a reader's act came from, as the consent ledger keeps it (C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language

from newsletter.audience.subscribing import Origin

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest


def origin_of(request: HttpRequest, *, method: str, now: dt.datetime) -> Origin:
    """The page without its token, the network, the device's own name, the language read; the ledger shortens what it keeps."""
    return Origin(
        page=_without_token(request.path),
        network=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", ""),
        method=method,
        now=now,
        language=get_language() or "",
    )


def _without_token(path: str) -> str:
    """`/u/AbC…` becomes `/u/`: a ledger entry must not open anything (X4)."""
    return path[:3] if path[:3] in {"/c/", "/u/", "/p/"} else path
