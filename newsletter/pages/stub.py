"""A page that is still being built."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def page(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """An empty answer."""
    return HttpResponse("")
