"""A mailing that a real worker sends to a slow server, followed and steered on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from newsletter.delivery import steering
from newsletter.delivery.models import Delivery, Mailing, MailingState, UnknownPolicy
from tests.integration.delivery.conftest import prepared, wait_until
from tests.peers.smtp import Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import Page

    from newsletter.editions.models import Edition
    from tests.browser.conftest import OpenPage, Violation
    from tests.integration.delivery.conftest import Worker
    from tests.peers.smtp import Peer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROPPED = {f"reader{n:06}@example.org": 1 for n in range(1, 9)}
"""Whoever stands behind one of these on its connection is put off, so not all of them are dropped at once."""
SLOW = Script(
    delay=0.1,
    replies={"reader000000@example.org": [("rcpt", "550 5.1.1 no such user", 0)]},
    drop_after_dot=DROPPED,
)


@pytest.fixture
def mailing(edition: Edition, scripted: Callable[[Script], Peer], worker_for: Callable[..., Worker]) -> Mailing:
    """Under way: a minute's work; some copies are held."""
    made = prepared(edition, 1500, unknown_policy=UnknownPolicy.HOLD)
    Mailing.objects.update(state=MailingState.SENDING, started_at=timezone.now())
    worker_for(scripted(SLOW)).start()
    unsettled = Delivery.objects.filter(subscriber__address__in=[*DROPPED], state__in=["queued", "sending"])
    wait_until(lambda: not unsettled.exists(), seconds=60, what="some answers lost, so that copies are held")
    return made


@pytest.fixture
def chief(site: str) -> SetCookieParam:
    """The session of somebody who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("chief", "chief@example.org", "an unguessable phrase"))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site}


def opened(
    open_page: OpenPage,
    chief: SetCookieParam,
    mailing: Mailing,
    *,
    width: int = 1280,
    dark: bool = False,
    scripts: bool = True,
) -> Page:
    page = open_page(width=width, dark=dark, scripts=scripts)
    page.context.add_cookies([chief])
    page.goto(f"/admin/newsletter/mailing/{mailing.pk}/change/")
    return page


def done(page: Page) -> int:
    return int(page.locator("#mailing-bar").get_attribute("value") or 0)


def test_the_page_moves_by_itself_and_is_steered_without_a_mouse(
    open_page: OpenPage, chief: SetCookieParam, mailing: Mailing
) -> None:
    page = opened(open_page, chief, mailing)
    page.evaluate("window.loadedOnce = true; document.querySelector('#mailing-standing').mark = true")
    page.locator("#mailing-answers summary").first.focus()
    page.keyboard.press("Enter")
    before = done(page)
    page.wait_for_function("before => document.querySelector('#mailing-bar').value > before", arg=before)
    after = done(page)
    page.wait_for_function("before => document.querySelector('#mailing-bar').value > before", arg=after)
    assert page.evaluate("window.loadedOnce && document.querySelector('#mailing-standing').mark"), "it was loaded again"
    assert page.locator("#mailing-answers details[open]").count() == 1
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    page.locator("#mailing-pause").focus()
    page.wait_for_timeout(2500)
    assert page.evaluate("document.activeElement.id") == "mailing-pause"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Resume").wait_for()
    assert page.get_by_role("status").filter(has_text="It is paused").count() == 1
    assert Mailing.objects.get().state == MailingState.PAUSED
    wait_until(lambda: not Delivery.objects.filter(state="sending").exists(), seconds=10, what="nothing in hand")

    page.locator("#mailing-resume").press("Enter")
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("link", name="Cancel the mailing").press("Enter")
    page.get_by_role("heading", name="Cancel this mailing?").wait_for()
    page.get_by_role("button", name="Cancel the mailing").press("Enter")
    page.get_by_role("status").filter(has_text="It was cancelled").wait_for()
    assert page.locator("#mailing-poll[hx-get]").count() == 0, "what is over is not asked for again"


def test_what_somebody_else_does_shows_without_loading(
    open_page: OpenPage, chief: SetCookieParam, mailing: Mailing
) -> None:
    page = opened(open_page, chief, mailing)
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    page.get_by_role("button", name="Resume").wait_for()
    assert page.locator("#mailing-pause").count() == 0


def test_held_copies_are_decided_one_by_one_and_all_at_once(
    open_page: OpenPage, chief: SetCookieParam, mailing: Mailing
) -> None:
    page = opened(open_page, chief, mailing)
    first, *others = steering.held(mailing_id=mailing.pk)
    assert len(others) > 1
    page.get_by_role("link", name=f"{len(others) + 1} copies wait for your decision").click()
    page.locator(f"#held-{first.pk}-leave").click()
    page.get_by_text("1 copy is left as it is.").wait_for()
    page.get_by_role("button", name=f"Send all {len(others)} again").click()
    page.get_by_text(f"{len(others)} copies are sent again.").wait_for()
    page.get_by_text(f"{len(others)} readers may have a second copy").wait_for()
    ids = [each.pk for each in others]
    assert not Delivery.objects.filter(pk__in=ids, state="unknown").exists()


def test_without_scripts_it_shows_the_same_and_offers_to_look_again(
    open_page: OpenPage, chief: SetCookieParam, mailing: Mailing
) -> None:
    page = opened(open_page, chief, mailing, scripts=False)
    before = done(page)
    wait_until(
        lambda: Delivery.objects.filter(state="sent").count() > before, seconds=20, what="more of them sent meanwhile"
    )
    page.get_by_role("link", name="Look again").click()
    assert done(page) > before
    page.locator("#mailing-pause").click()
    assert Mailing.objects.get().state == MailingState.PAUSED


def test_axe_finds_nothing_on_it_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, axe: Callable[[Page], list[Violation]], chief: SetCookieParam, mailing: Mailing
) -> None:
    for width, dark in ((1280, False), (390, True), (320, False), (1280, True)):
        page = opened(open_page, chief, mailing, width=width, dark=dark)
        page.wait_for_timeout(2500)
        assert axe(page) == [], (width, dark)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        page.context.close()
