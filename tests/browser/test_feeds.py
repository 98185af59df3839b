"""A feed is entered, tried and looked at by somebody who sees, hears or only types; nothing a feed says runs in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.content.models import Source
from campaigns.feeds import polling
from tests.browser.editors import an_editor, sign_in
from tests.integration.feeds.conftest import certificate, internet, make_feed
from tests.integration.feeds.writing import item, rss
from tests.peers.web import Page as Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from campaigns.feeds.models import Feed
    from tests.browser.conftest import OpenPage, Violation
    from tests.peers.web import Web

__all__ = ["certificate", "internet", "make_feed"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Criminals send texts that ask for a small customs fee; the link leads to a page that collects card details."
EVIL = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def signed_in(open_page: OpenPage, **options: object) -> Page:
    an_editor()
    page = open_page(**options)  # type: ignore[arg-type]
    sign_in(page)
    return page


@pytest.fixture
def feeds(internet: Web, make_feed: Callable[..., Feed]) -> list[Feed]:
    """One feed that works, one that reports the same, one that fails."""
    rows = [make_feed(name, due_at=timezone.now()) for name in ("CERT-news", "Police-press", "Ministry")]
    report = item(1, title=f"Scam texts about a parcel {EVIL}", summary=f"<p>{WORDS}</p>{EVIL}")
    internet.pages |= {"/CERT-news": rss(report, item(2)), "/Police-press": rss(report), "/new": rss(report, item(2))}
    for feed in rows:
        polling.poll(feed_id=feed.pk, clock=timezone.now)
    return rows


def test_a_feed_is_tried_saved_and_looked_at(open_page: OpenPage, internet: Web) -> None:
    Source.objects.create(name="CERT", website="https://cert.example.org/")
    internet.pages["/"] = Answer(b'<html><link rel="alternate" type="application/rss+xml" href="/news"></html>')
    internet.pages["/news"] = rss(item(1, title=f"Parcel {EVIL}"), item(2))
    page = signed_in(open_page)
    page.goto("/admin/campaigns/feed/add/")
    page.fill("#id_url", "feeds.example.org")
    page.fill("#id_name", "News of the CERT")
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("heading", name="This cannot be used yet").wait_for()
    page.get_by_role("button", name="Try that address").click()
    page.get_by_role("heading", name="It works").wait_for()
    assert page.input_value("#id_url") == "https://feeds.example.org/news"
    assert page.input_value("#id_name") == "News of the CERT"
    assert page.title() != "taken"
    page.locator("#id_source + .select2").click()
    page.get_by_role("option", name="CERT").click()
    page.select_option("#id_language", "en")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="News of the CERT").first.click()
    page.get_by_role("button", name="Look now").click()
    page.get_by_text("2 new drafts came").wait_for()
    page.get_by_role("link", name="Parcel").click()
    page.get_by_role("heading", name="Imported: verify before use").wait_for()
    assert page.title() != "taken"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [(390, "pl"), (1280, "en")])
def test_axe_finds_nothing_on_the_pages_of_feeds(
    open_page: OpenPage,
    axe: Callable[[Page], list[Violation]],
    feeds: list[Feed],
    width: int,
    language: str,
    *,
    dark: bool,
) -> None:
    draft = feeds[1].entries.get().news_item_id
    page = signed_in(open_page, width=width, dark=dark, language=language)
    for path in ["feed/", "feed/add/", f"feed/{feeds[0].pk}/change/", f"feed/{feeds[2].pk}/change/", "feedentry/", "feedentry/?reports=all", f"newsitem/{draft}/change/"]:  # fmt: skip
        page.goto(f"/admin/campaigns/{path}")
        page.wait_for_timeout(500)  # the editor of rich text comes last
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto("/admin/campaigns/feed/add/")
    page.fill("#id_url", "https://feeds.example.org/new")
    page.locator("[name=_try]").click()
    page.get_by_role("status").first.wait_for()
    assert axe(page) == []
