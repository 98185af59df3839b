"""What every page shows around its own content: the site's name, its languages, the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language, get_language_from_path, get_language_info

from campaigns.safeguarding.quick_exit import exit_url

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The page at hand in one language, named in that language."""

    code: str
    name: str
    url: str
    is_current: bool


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Template context of every page."""
    return {
        "site_name": settings.SENDER_NAME,
        "language_links": _language_links(request),
        "exit_url": exit_url(language=get_language() or ""),
    }


def _language_links(request: HttpRequest) -> list[LanguageLink]:
    return [
        LanguageLink(
            code=code,
            name=get_language_info(code)["name_local"].capitalize(),
            url=_same_page(request, code),
            is_current=code == get_language(),
        )
        for code, _name in settings.LANGUAGES
    ]


def _same_page(request: HttpRequest, language: str) -> str:
    """The address of this page in `language`. A page without a language in its path takes it from `?language=`."""
    here = request.get_full_path()
    spoken = get_language_from_path(request.path_info)
    if spoken:
        return f"/{language}{here.removeprefix(f'/{spoken}')}"
    return f"{escape_leading_slashes(here.partition('?')[0])}?language={language}"
