from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.content.models import Campaign, State
from newsletter.editions.models import Edition
from newsletter.seeding.planting import plant
from tests.browser.editors import an_editor, sign_in
from tests.builders import a_newsletter

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CALENDAR = "/admin/newsletter/edition/calendar/"
YEAR = timezone.localdate().year + 1


@pytest.fixture
def desk(open_page: OpenPage) -> Callable[..., Page]:
    """An editor's tab, signed in, with the demo's content and a campaign under way."""
    plant(now=dt.datetime.now(tz=dt.UTC))
    an_editor()
    Campaign.objects.create(
        slug="winter",
        owner="We",
        official_url="https://example.org/",
        launched_on=dt.date(YEAR, 2, 1),
        ends_on=dt.date(YEAR, 2, 20),
        state=State.IN_REVIEW,
    )

    def opened(*, width: int = 1280, dark: bool = False) -> Page:
        page = open_page(width=width, dark=dark)
        sign_in(page)
        return page

    return opened


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_axe_finds_nothing_on_its_pages_and_nothing_is_wider_than_the_screen(
    desk: Callable[..., Page], axe: Callable[[Page], list[Violation]], width: int, *, dark: bool
) -> None:
    page = desk(width=width, dark=dark)
    places = [f"{CALENDAR}{YEAR}/2/", f"{CALENDAR}2026/11/", f"{CALENDAR}{YEAR}/", f"{CALENDAR}{YEAR}/13/"]
    places += [
        f"{CALENDAR}dates/safer-internet-day/",
        f"{CALENDAR}follow/",
        "/admin/",
        "/admin/campaigns/ownobservance/add/",
    ]
    for place in places:
        page.goto(place)
        assert axe(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place


def test_an_edition_is_planned_by_keyboard_alone(desk: Callable[..., Page]) -> None:
    page = desk()
    page.goto(f"{CALENDAR}{YEAR}/2/")
    button = page.get_by_role("button", name=f"Plan an edition Safer Internet Day {YEAR}")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    assert "A draft for Safer Internet Day" in page.inner_text("body")
    assert Edition.objects.get(observance="safer-internet-day").dated.month == 2
    page.goto(f"{CALENDAR}{YEAR}/2/")
    assert page.get_by_role("link", name="planned").count() == 0
    assert page.get_by_role("button", name=f"Plan an edition Safer Internet Day {YEAR}").count() == 0


def test_the_form_of_an_own_date_asks_only_for_what_is_needed(desk: Callable[..., Page]) -> None:
    page = desk()
    page.goto("/admin/campaigns/ownobservance/add/")
    assert page.locator("#id_day").is_visible()
    assert not page.locator("#id_nth").is_visible()
    page.select_option("#id_shape", "nth_week")
    assert page.locator("#id_nth").is_visible()
    assert not page.locator("#id_day").is_visible()
    page.get_by_role("tab", name="English").click()
    page.fill("#id_name_en", "Our week")
    page.select_option("#id_nth", label="third")
    page.select_option("#id_weekday", label="Monday")
    page.select_option("#id_month", label="March")
    page.locator("[name=_continue]").click()
    page.wait_for_url("**/change/**")
    assert re.search(r"\d+ March – \d+ March \d{4}", page.inner_text("body"))


def test_of_two_newsletters_one_is_chosen_on_a_page_of_its_own(
    desk: Callable[..., Page], axe: Callable[[Page], list[Violation]]
) -> None:
    page = desk(width=390, dark=True)
    a_newsletter("other")
    page.goto(f"{CALENDAR}dates/black-friday/")
    page.get_by_role("button", name="Plan an edition").first.click()
    assert axe(page) == []
    page.get_by_role("button", name="News from the net").click()
    page.wait_for_url("**/change/**")
    assert Edition.objects.get(observance="black-friday").newsletter.slug == "other"


def test_an_address_is_made_and_can_be_copied(
    desk: Callable[..., Page], axe: Callable[[Page], list[Violation]]
) -> None:
    page = desk()
    page.goto(f"{CALENDAR}follow/")
    page.get_by_role("button", name="Make my address").click()
    address = page.get_by_label("Subscribe to this address").input_value()
    assert axe(page) == []
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.body().startswith(b"BEGIN:VCALENDAR\r\n")
