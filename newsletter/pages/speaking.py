"""In which language one request is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

if TYPE_CHECKING:
    from django.http import HttpRequest


def speak(request: HttpRequest, language: str) -> None:
    """Answer this request in `language`."""
    translation.activate(language)
    request.LANGUAGE_CODE = language
