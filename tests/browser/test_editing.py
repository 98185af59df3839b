from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from campaigns.content.models import Campaign, NewsItem
from campaigns.helplines.models import Helpline
from newsletter.audience.models import Subscriber
from newsletter.delivery.models import Mailing
from newsletter.editions.models import Edition
from tests.browser.editors import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_builds_previews_approves_and_launches_an_edition(editor: Page) -> None:
    complaints: list[str] = []
    editor.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    editor.goto("/admin/newsletter/edition/add/")
    editor.select_option("#id_newsletter", label="Wici — safer online")
    editor.fill("#id_dated", "2026-12-01")
    editor.fill("#id_slug", "december")
    editor.fill("#id_subject_pl", "Grudzień: silne hasło w minutę")
    editor.fill("#id_preheader_pl", "Cztery słowa wystarczą, by hasło było dobre i dało się zapamiętać.")
    editor.get_by_role("tab", name="English").click()
    editor.fill("#id_subject_en", "December: a strong password in a minute")
    editor.fill("#id_preheader_en", "Four words are enough for a password that is good and can be kept in mind.")
    add_block(editor, 0, "text")
    assert not editor.locator("#id_blocks-0-url").is_visible()
    for code, words in (("pl", "Dzień dobry, oto grudniowe wydanie."), ("en", "Hello, this is the December edition.")):
        editor.locator(f"#id_blocks-0-body_{code}").locator("xpath=..").locator(".tiptap").fill(words)
    add_block(editor, 1, "help")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.wait_for_url("**/desk/")
    assert "grudniowe" in editor.frame_locator("iframe").locator("body").inner_text()
    editor.get_by_role("link", name="English").click()
    assert "December edition" in editor.frame_locator("iframe").locator("body").inner_text()
    editor.get_by_role("button", name="Approve").click()
    editor.get_by_text("exactly this is what readers will get").first.wait_for()
    editor.get_by_role("button", name="Launch").click()
    editor.get_by_role("button", name="Send to").click()
    editor.wait_for_url("**/mailing/*/change/")
    assert Mailing.objects.get().edition.slug == "december"
    editor.get_by_role("button", name="Pause").click()
    editor.get_by_role("button", name="Resume").wait_for()
    assert complaints == []


def add_block(editor: Page, number: int, kind: str) -> None:
    editor.get_by_text("Add another Block").click()
    editor.select_option(f"#id_blocks-{number}-kind", kind)


EDITION = "newsletter/edition/{edition}"
PAGES = [
    "",
    f"{EDITION}/desk/",
    f"{EDITION}/launch/?when=now",
    f"{EDITION}/change/",
    "newsletter/edition/add/",
    "newsletter/edition/",
    "newsletter/newsletter/add/",
    "newsletter/subscriber/{subscriber}/change/",
    "newsletter/suppression/",
    "campaigns/newsitem/add/",
    "campaigns/newsitem/{item}/change/",
    "campaigns/newsitem/{item}/history/",
    "campaigns/campaign/{campaign}/change/",
    "campaigns/campaign/{campaign}/overview/",
    "campaigns/campaign/{campaign}/kit/",
    "campaigns/helpline/{helpline}/change/",
    "campaigns/helpline/{helpline}/check/",
    "campaigns/helpline/add/",
    "campaigns/helpline/?standing=due",
    "campaigns/image/add/",
]
"""Whole pages, Unfold's frame included. Not held: accounts and roles (auth), where Django's own list of permissions names
its hints by an aria-label on a span, which no element of that kind may carry."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_whole_pages_of_the_admin_have_no_accessibility_violation(
    editor: Page, open_page: OpenPage, axe: Callable[[Page], list[Violation]], width: int, *, dark: bool
) -> None:
    assert editor.url
    kinds: dict[str, Any] = {
        "edition": Edition,
        "subscriber": Subscriber,
        "item": NewsItem,
        "campaign": Campaign,
        "helpline": Helpline,
    }
    keys = {name: model.objects.order_by("pk")[0].pk for name, model in kinds.items()}
    page = open_page(width=width, dark=dark)
    sign_in(page)
    for path in PAGES:
        page.goto(f"/admin/{path.format(**keys)}")
        page.wait_for_timeout(500)
        assert axe(page) == [], path


def test_a_chooser_is_heard_by_its_label_and_by_what_is_chosen(editor: Page) -> None:
    item = NewsItem.objects.exclude(source=None).select_related("source").order_by("pk")[0]
    editor.goto(f"/admin/campaigns/newsitem/{item.pk}/change/")
    editor.get_by_role("combobox", name=f"Source {item.source}").click()
    editor.get_by_role("searchbox", name="Source", exact=True).wait_for()


def test_an_editor_rewrites_an_approved_item_compares_and_goes_back(
    editor: Page, axe: Callable[[Page], list[Violation]]
) -> None:
    item = NewsItem.objects.get(slug="backup")
    form = f"/admin/campaigns/newsitem/{item.pk}/change/"
    editor.goto(form)
    before = editor.input_value("#id_lead_pl")
    editor.fill("#id_lead_pl", f"{before} I sprawdź ją.")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text("stays in print").first.wait_for()
    editor.goto(form)
    editor.get_by_role("link", name="All versions").click()
    assert editor.locator("ins").inner_text().strip() == "I sprawdź ją."
    assert axe(editor) == []
    editor.get_by_role("button", name="Go back to version 1").click()
    editor.get_by_text("Version 1 is the draft now").first.wait_for()
    assert editor.input_value("#id_lead_pl") == before
