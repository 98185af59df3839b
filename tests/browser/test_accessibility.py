"""Every public page before axe-core: both languages, light and dark, desk and phone, nothing found (A9)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.content import early_reading
from campaigns.content.models import State
from newsletter.audience.models import SubscriptionState
from newsletter.lib import links
from newsletter.lib.links import Purpose
from tests import public_site as builders

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BROWSED = [
    "",
    "sign-up/",
    "sign-up/next/",
    "my-link/",
    "my-link/next/",
    "check/",
    "check/?code=W-2611-K7F3",
    "check/?code=nothing",
    "editions/",
    "editions/wici-2026-11/",
    "campaigns/sayno/",
    "news/operation/",
    "help/",
    "privacy/",
    "nothing/",
]


@pytest.fixture
def pages() -> list[str]:
    """The addresses of all pages of a small site."""
    now = timezone.now()
    wici = builders.newsletter()
    builders.newsletter(slug="alerts")
    builders.helpline(now=now)
    builders.helpline(now=now, slug="nummer", country="DE")
    item = builders.news_item(now=now, slug="operation", sensitivity=2)
    item.campaigns.add(builders.campaign(now=now))
    builders.edition(wici, item, now=now)
    anna = builders.subscriber(wici, now=now)
    new = builders.subscriber(wici, now=now, address="new@example.org", state=SubscriptionState.PENDING)
    signed = [(purpose, anna) for purpose in Purpose] + [(Purpose.CONFIRM, new)]
    tokens = [
        (purpose, links.sign(purpose, subscriber=person.public_id, newsletter_id=0, now=now))
        for purpose, person in signed
    ]
    early = builders.news_item(now=now, slug="early", embargo_until=now + dt.timedelta(days=1))
    reader = early_reading.invite(item=early, name="Gazeta Przykładowa", by=None, now=now)
    builders.news_item(now=now, slug="gone", state=State.WITHDRAWN)
    browsed = [*BROWSED, f"early/{early_reading.token_of(reader)}/", "news/gone/"]
    return (
        [f"/{language}/{path}" for language in ("pl", "en") for path in browsed]
        + [f"/{links.PATHS[purpose]}/{token}" for purpose, token in tokens]
        + ["/u/broken"]
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, axe: Callable[[Page], list[Violation]], pages: list[str], width: int, *, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    for path in pages:
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_axe_finds_nothing_in_a_form_with_mistakes(open_page: OpenPage, axe: Callable[[Page], list[Violation]]) -> None:
    builders.newsletter()
    page = open_page(width=320)
    for path in ("/en/sign-up/", "/en/my-link/"):
        page.goto(path)
        page.locator("button[type=submit]").click()
        assert page.locator("[aria-invalid=true]").count() >= 1
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_target_is_large_enough_for_a_thumb(open_page: OpenPage, pages: list[str]) -> None:
    page = open_page(width=390)
    for path in pages[:15]:
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, select, nav a, a.button, input:not([type=hidden])')]
              .filter(thing => thing.offsetParent && thing.type !== 'checkbox')
              .map(thing => [thing.outerHTML.slice(0, 80), thing.getBoundingClientRect().height])
              .filter(([, height]) => height < 44)"""
        )
        assert small == [], path
