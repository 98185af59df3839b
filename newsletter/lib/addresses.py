"""The absolute address of every public page a mail or a letter may point at."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def page_url(name: str, *, language: str, **kwargs: str) -> str:
    """The absolute address of the public page `name` in `language`; `kwargs` are what its path needs.

    Names: home, sign_up, my_link, check, archive, edition (slug), campaign (slug), news_item (slug), help, privacy.

    Raises:
        NoReverseMatch: no such page, or its slug is missing.
    """
    with translation.override(language):
        return f"{settings.SITE_URL}{reverse(name, kwargs=kwargs)}"
