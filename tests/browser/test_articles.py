"""Articles, foreign passages, scam examples and pictures in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from campaigns.content.models import ArticleFigure, Image, NewsItem, ScamExample
from tests.browser.editors import sign_in
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Violation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BRING_IN = "/admin/campaigns/newsitem/bring-in/"


def test_an_article_is_brought_in_and_its_figures_are_ticked_by_keyboard(editor: Page) -> None:
    complaints: list[str] = []
    editor.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    editor.goto("/admin/campaigns/newsitem/")
    editor.get_by_role("link", name="Bring in an article").click()
    editor.fill("#id_words", SHAPED_LIKE_THE_SEED)
    editor.get_by_role("button", name="Make a draft").click()
    editor.get_by_text("Give the address where the original stands.").wait_for()
    assert editor.input_value("#id_words") == SHAPED_LIKE_THE_SEED
    editor.fill("#id_source_url", "https://www.europol.europa.eu/newsroom/x")
    editor.get_by_role("button", name="Make a draft").click()
    editor.wait_for_url("**/change/")
    box = editor.get_by_role("checkbox", name=re.compile("^1,058")).first
    box.focus()
    editor.keyboard.press("Space")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.wait_for_url("**/admin/campaigns/newsitem/")
    assert [figure.found for figure in ArticleFigure.objects.exclude(checked_at=None)] == ["1,058"]
    assert complaints == []


def test_a_passage_is_marked_in_another_language_by_keyboard_and_survives_saving(editor: Page) -> None:
    complaints: list[str] = []
    editor.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    item = NewsItem.objects.get(slug="passphrase")
    url = f"/admin/campaigns/newsitem/{item.pk}/change/"
    editor.goto(url)
    field = editor.locator("#id_body_pl").locator("xpath=..").locator(".tiptap")
    field.fill("Mówią bonjour")
    field.press("End")
    for _letter in "bonjour":
        field.press("Shift+ArrowLeft")
    field.press("Control+Alt+l")
    choice = editor.locator("dialog select")
    choice.wait_for()
    choice.select_option(label="French")
    editor.locator("dialog button[type=submit]").press("Enter")
    editor.locator(".tiptap span[lang=fr]", has_text="bonjour").wait_for()
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.wait_for_url("**/admin/campaigns/newsitem/")
    text = item.texts.get(language="pl")
    assert 'Mówią <span lang="fr">bonjour</span>' in text.body
    editor.goto(url)
    marked = editor.locator(".tiptap span[lang=fr]")
    marked.wait_for()
    marked.click()
    editor.get_by_role("button", name="Mark a passage in another language (Ctrl+Alt+L)").first.click()
    assert choice.input_value() == "French"
    choice.select_option(label="The language of this text")
    editor.locator("dialog button[type=submit]").click()
    marked.wait_for(state="detached")
    assert complaints == []


def test_a_focal_point_is_chosen_by_click_by_keyboard_and_by_number(editor: Page) -> None:
    image = Image.objects.get()
    editor.goto(f"/admin/campaigns/image/{image.pk}/change/")
    picture = editor.get_by_role("button", name="Focal point")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    assert editor.input_value("#id_focal_x") == "25"
    picture.press("ArrowRight")
    picture.press("Shift+ArrowUp")
    assert (editor.input_value("#id_focal_x"), editor.input_value("#id_focal_y")) == ("27", "40")
    editor.fill("#id_focal_y", "80")
    crop = editor.locator(".wici-crop img").first
    assert crop.evaluate("node => getComputedStyle(node).objectPosition") == "27% 80%"
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.wait_for_url("**/admin/campaigns/image/")
    image.refresh_from_db()
    assert (image.focal_x, image.focal_y) == (27, 80)


def test_without_scripts_the_focal_point_is_two_numbers(editor: Page, open_page: OpenPage) -> None:
    assert editor.url
    image = Image.objects.get()
    page = open_page(scripts=False)
    sign_in(page)
    page.goto(f"/admin/campaigns/image/{image.pk}/change/")
    page.fill("#id_focal_x", "10")
    page.get_by_role("button", name="Save", exact=True).click()
    image.refresh_from_db()
    assert image.focal_x == 10


def test_a_picture_on_a_page_is_cropped_around_its_focal_point(editor: Page) -> None:
    image = Image.objects.get()
    Image.objects.update(focal_x=14, focal_y=90)
    item = NewsItem.objects.get(slug="sms-8080")
    NewsItem.objects.filter(pk=item.pk).update(image=image)
    editor.goto("/en/news/sms-8080/")
    shown = editor.locator(".picture img")
    assert shown.evaluate("node => getComputedStyle(node).objectPosition") == "10% 90%"
    assert shown.get_attribute("alt")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1500, 390])
def test_the_pages_have_no_accessibility_violation(
    editor: Page, open_page: OpenPage, axe: Callable[[Page], list[Violation]], width: int, *, dark: bool
) -> None:
    editor.goto(BRING_IN)
    editor.fill("#id_words", SHAPED_LIKE_THE_SEED)
    editor.fill("#id_source_url", "https://www.europol.europa.eu/newsroom/x")
    editor.get_by_role("button", name="Make a draft").click()
    editor.wait_for_url("**/change/")
    draft, example, image = editor.url, ScamExample.objects.get(), Image.objects.get()
    page = open_page(width=width, dark=dark)
    sign_in(page)
    for path in (
        BRING_IN,
        draft,
        f"/admin/campaigns/scamexample/{example.pk}/change/",
        "/admin/campaigns/scamexample/add/",
        f"/admin/campaigns/image/{image.pk}/change/",
        "/en/news/sms-8080/",
    ):
        page.goto(path)
        page.wait_for_timeout(500)
        assert axe(page) == [], path
    page.goto(BRING_IN)
    page.get_by_role("button", name="Make a draft").click()
    page.get_by_text("There are no words in it.").wait_for()
    assert axe(page) == []
