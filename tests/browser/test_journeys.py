"""What people really do: sign up, confirm, change their mind, leave, come back. Without scripts; once without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.lib import links
from newsletter.lib.links import Purpose
from newsletter.pages import stamping
from tests import public_site as builders

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def signed(purpose: Purpose, address: str) -> str:
    person = Subscriber.objects.get(address=address)
    token = links.sign(purpose, subscriber=person.public_id, newsletter_id=0, now=timezone.now())
    return f"/{links.PATHS[purpose]}/{token}"


def state_of(address: str) -> str:
    return Subscriber.objects.get(address=address).subscriptions.get().state


def wait_like_a_person(page: Page) -> None:
    page.wait_for_timeout(stamping.QUICKEST.total_seconds() * 1000 + 100)


def test_a_life_with_the_newsletter_without_scripts(open_page: OpenPage) -> None:
    builders.newsletter()
    page = open_page(scripts=False, width=390)
    page.goto("/en/")
    page.get_by_label("E-mail address").fill("zofia@example.org")
    page.get_by_role("button", name="Sign up").click()
    assert page.get_by_label("E-mail address").input_value() == "zofia@example.org"
    assert "Tick the box to agree" in page.inner_text("main")

    page.get_by_label("Consent to wici in en").check()
    page.get_by_label("I am at least 16").check()
    wait_like_a_person(page)
    page.get_by_role("button", name="Sign up").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look into your mailbox"
    assert state_of("zofia@example.org") == "pending"

    page.goto(signed(Purpose.CONFIRM, "zofia@example.org"))
    page.get_by_role("button", name="Yes, send it to me").click()
    assert state_of("zofia@example.org") == "active"

    page.get_by_role("link", name="Change what I receive").click()
    page.get_by_label("First name").fill("Zofia")
    page.get_by_role("button", name="Save").click()
    assert "Your settings are saved." in page.inner_text("main")
    assert Subscriber.objects.get(address="zofia@example.org").first_name == "Zofia"

    page.goto(signed(Purpose.UNSUBSCRIBE, "zofia@example.org"))
    page.get_by_role("button", name="Unsubscribe").click()
    assert state_of("zofia@example.org") == "unsubscribed"
    page.get_by_role("button", name="Undo, I stay").click()
    assert state_of("zofia@example.org") == "active"
    assert page.context.cookies() == []


def test_signing_up_needs_no_mouse(open_page: OpenPage) -> None:
    builders.newsletter()
    page = open_page(scripts=False)
    page.goto("/en/sign-up/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("jan@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Jan")
    for key in ("Tab", "Tab", "Space", "Tab", "Space", "Tab"):
        page.keyboard.press(key)
    assert focused(page) == "Sign up"
    wait_like_a_person(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/next/")
    assert state_of("jan@example.org") == "pending"


def test_escape_pressed_three_times_leaves_a_sensitive_page_without_a_trace(open_page: OpenPage, site: str) -> None:
    builders.campaign(now=timezone.now())
    page = open_page()
    page.route("https://www.bbc.com/weather", lambda route: route.fulfill(body="<title>Weather</title>"))
    page.goto("/en/")
    page.goto("/en/campaigns/sayno/")
    for _press in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("https://www.bbc.com/weather")
    page.go_back()
    assert page.url == f"{site}/en/"


def test_the_quick_exit_is_a_plain_link_where_there_are_no_scripts(open_page: OpenPage) -> None:
    builders.campaign(now=timezone.now())
    page = open_page(scripts=False, width=390)
    page.route("https://www.bbc.com/weather", lambda route: route.fulfill(body="<title>Weather</title>"))
    page.goto("/en/campaigns/sayno/#help")
    exit_link = page.get_by_role("link", name="Leave this page now")
    assert exit_link.bounding_box()
    exit_link.click()
    assert page.title() == "Weather"


def test_a_form_in_the_admin_is_trusted_by_the_csrf_check(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("nobody")
    page.locator("[name=password]").fill("nothing")
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state()
    assert page.locator("[name=username]").count() == 1


def focused(page: Page) -> str:
    """The words of what has the focus; read from outside, because the page runs no scripts."""
    return page.locator(":focus").inner_text()
