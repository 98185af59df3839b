"""The mail in a real Chromium: axe finds nothing in light and dark, it reads at 320 px and without pictures (A3-A6, W4, W5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.composition.composing import compose
from newsletter.composition.web import web_version
from newsletter.editions.models import Edition
from newsletter.seeding.planting import plant

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL_TYPE = """() => [...document.querySelectorAll('p, li, a, h1, h2, h3, td')]
  .filter(element => element.offsetParent && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(element => [element.textContent.trim().slice(0, 40), getComputedStyle(element)])
  .map(([words, style]) => [words, parseFloat(style.fontSize), parseFloat(style.lineHeight) / parseFloat(style.fontSize)])
  .filter(([, size, lines]) => size < 14 || (size < 20 && lines < 1.5))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a')].filter(link => link.offsetParent)
  .map(link => [link.textContent.trim(), link.getBoundingClientRect(), link.className])
  .filter(([, box, name]) => box.height < (/button|number/.test(name) ? 44 : 16) || box.width < 24)
  .map(([words, box]) => [words, box.width, box.height])"""


@pytest.fixture
def mails() -> dict[str, str]:
    """The demo edition as mail, by language."""
    now = timezone.now()
    plant(now=now)
    edition = Edition.objects.get(slug="wici-2026-11")
    messages = {
        code: compose(edition=edition, language=code, today=now.date()) for code in edition.newsletter.languages
    }
    return {code: web_version(message=message) for code, message in messages.items()}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 800])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, axe: Callable[[Page], list[Violation]], mails: dict[str, str], width: int, *, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    for code, html in mails.items():
        page.set_content(html)
        assert axe(page) == [], code
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), code


def test_type_and_targets_are_large_enough(open_page: OpenPage, mails: dict[str, str]) -> None:
    page = open_page(width=390)
    for code, html in mails.items():
        page.set_content(html)
        assert page.evaluate(SMALL_TYPE) == [], code
        assert page.evaluate(SMALL_TARGETS) == [], code


def test_without_pictures_every_headline_and_description_can_be_read(
    open_page: OpenPage, mails: dict[str, str]
) -> None:
    page = open_page(width=390)
    page.route("**/*", lambda route: route.abort())
    for code, html in mails.items():
        page.set_content(html)
        assert page.locator("h1, h2").count() == page.locator("h1:visible, h2:visible").count(), code
        assert all(picture.get_attribute("alt") is not None for picture in page.locator("img").all()), code
        assert page.locator("a:visible").count() == page.locator("a").count(), code
