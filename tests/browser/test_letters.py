"""Our own letters before axe-core: light and dark, phone and desk, nothing found and nothing fetched (A9, C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.editions.models import NewsletterText
from newsletter.lib.letters import Letter

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def html_of(template: str, language: str) -> str:
    letter = Letter(
        to="anna@example.org",
        language=language,
        template=template,
        occasion="a look",
        sender=("Redakcja Wici", "wici@example.org"),
        context={
            "url": f"https://wici.example.org/c/{'aB3x-' * 11}",
            "hours": 72,
            "publisher": "Fundacja Przykład",
            "postal_address": "ul. Jasna 1, 00-013 Warszawa",
            "count": 2,
            "dates": [
                {
                    "name": "Black Friday",
                    "days": "27 November 2026",
                    "left": 1,
                    "editions": [],
                    "url": "https://a.example",
                },
                {"name": "Day", "days": "1 June 2027", "left": 21, "editions": ["W-1"], "url": "https://b.example"},
            ],
            "texts": [
                NewsletterText(language="pl", name="Wici — bezpieczniej w sieci"),
                NewsletterText(language="en", name="Wici — safer online"),
            ],
        },
    )
    return str(letter.message().alternatives[0][0])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_a_letter(
    open_page: OpenPage, axe: Callable[[Page], list[Violation]], width: int, *, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for template in ("confirm", "already_subscribed", "my_link", "coming_dates"):
        for language in ("pl", "en"):
            page.set_content(html_of(template, language))
            assert axe(page) == [], (template, language)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (template, language)
            assert page.locator(".button").bounding_box()["height"] >= 44  # type: ignore[index]  # it is visible
    assert fetched == []
