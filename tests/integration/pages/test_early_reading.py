"""The page behind an early reader's link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.content import early_reading
from campaigns.content.models import EarlyReader, EarlyReading, NewsItem, State
from tests import public_site as builders
from tests.integration.pages.test_reading import SOON

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def reader(db: None) -> EarlyReader:
    """Somebody with a link to an item whose embargo ends in an hour."""
    assert db is None
    item = builders.news_item(now=timezone.now(), slug="operation", embargo_until=timezone.now() + SOON)
    return early_reading.invite(item=item, name="Gazeta Przykładowa", by=None, now=timezone.now())


def path(reader: EarlyReader, language: str = "en") -> str:
    return f"/{language}/early/{early_reading.token_of(reader)}/"


def test_it_shows_the_item_and_says_for_whom_and_until_when(client: Client, reader: EarlyReader) -> None:
    answer = client.get(path(reader))
    html = answer.content.decode()
    assert "Long words protect (operation)" in html
    assert "Gazeta Przykładowa" in html
    assert "Under embargo" in html
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_each_opening_is_logged_once(client: Client, reader: EarlyReader) -> None:
    client.get(path(reader))
    client.get(path(reader, "pl"))
    assert list(EarlyReading.objects.order_by("pk").values_list("reader", "language")) == [
        (reader.pk, "en"),
        (reader.pk, "pl"),
    ]


def test_everywhere_else_the_embargo_holds(client: Client, reader: EarlyReader) -> None:
    assert client.get(path(reader)).status_code == 200
    assert client.get("/en/news/operation/").status_code == 404


def test_after_the_embargo_it_leads_to_where_everybody_reads_it(client: Client, reader: EarlyReader) -> None:
    NewsItem.objects.update(embargo_until=timezone.now() - SOON)
    answer = client.get(path(reader))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/news/operation/")
    assert not EarlyReading.objects.exists()


@pytest.mark.parametrize("what", ["taken back", "rewritten"])
def test_a_link_that_opens_nothing_says_what_to_do(client: Client, reader: EarlyReader, what: str) -> None:
    if what == "taken back":
        early_reading.revoke(reader=reader, now=timezone.now())
    else:
        NewsItem.objects.update(state=State.DRAFT)
    answer = client.get(path(reader))
    assert answer.status_code == 410
    assert "Ask whoever sent it to you" in answer.content.decode()
    assert "Long words" not in answer.content.decode()


def test_a_language_without_words_has_no_page_and_no_log(client: Client, reader: EarlyReader) -> None:
    reader.news_item.texts.filter(language="pl").delete()
    assert client.get(path(reader, "pl")).status_code == 404
    assert not EarlyReading.objects.exists()


def test_a_forged_link_is_not_there(client: Client, reader: EarlyReader) -> None:
    assert reader.pk
    for token in ("1", "1:forged", "x" * 300):
        assert client.get(f"/en/early/{token}/").status_code == 404
