"""lib.addresses: absolute addresses that keep to one language."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import translation

from newsletter.lib.addresses import page_url


@pytest.mark.parametrize("name", ["home", "sign_up", "my_link", "check", "archive", "help", "privacy"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_page_url_starts_with_the_site_and_the_language(name: str, language: str) -> None:
    assert page_url(name, language=language).startswith(f"http://127.0.0.1:8000/{language}/")


@pytest.mark.parametrize("name", ["edition", "campaign", "news_item"])
def test_page_url_of_a_thing_ends_in_its_slug(name: str) -> None:
    assert page_url(name, language="pl", slug="wici-2026-11").endswith("/wici-2026-11/")


def test_page_url_minds_its_own_language_and_not_the_readers() -> None:
    with translation.override("en"), override_settings(SITE_URL="https://example.org"):
        assert page_url("help", language="pl") == "https://example.org/pl/help/"
        assert translation.get_language() == "en"
