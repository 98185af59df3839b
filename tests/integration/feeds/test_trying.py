from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from campaigns.feeds.trying import Trial, try_out
from tests.integration.feeds.conftest import NOW
from tests.integration.feeds.writing import item, rss
from tests.peers.web import Page

if TYPE_CHECKING:
    from tests.peers.web import Web

URL = "https://feeds.example.org/news"


def trial(language: str = "en") -> Trial:
    return try_out(url=URL, language=language, now=NOW)


def test_a_try_shows_the_newest_five(internet: Web) -> None:
    internet.pages["/news"] = rss(
        *[item(n) for n in range(9, 0, -1)], "<item><title>Undated</title></item>", channel="<language>en-GB</language>"
    )
    found = trial()
    assert (found.title, found.kind, found.entries, found.error, found.hints) == ("News", "RSS 2.0", 10, "", [])
    assert [sample.title for sample in found.samples] == ["Title 1", "Undated", *[f"Title {n}" for n in (2, 3, 4)]]
    first, undated = found.samples[:2]
    assert (first.lead, first.link, first.day, first.dated) == (
        "Summary 1. More of it.",
        "https://cert.example.org/1",
        dt.date(2026, 11, 23),
        True,
    )
    assert not undated.dated


def test_a_try_warns_of_another_language_a_move_and_emptiness(internet: Web) -> None:
    internet.pages |= {
        "/news": Page(status=301, headers={"Location": "/new"}),
        "/new": rss(channel="<language>de</language>"),
    }
    found = trial()
    assert len(found.hints) == 3
    assert found.found == "https://feeds.example.org/new"
    assert all(hint.endswith(".") for hint in found.hints)
    assert len(trial(language="").hints) == 2


def test_a_try_says_what_is_wrong_and_where_the_feed_may_be(internet: Web) -> None:
    internet.pages["/news"] = Page(b'<html><link rel="alternate" type="application/rss+xml" href="/rss"></html>')
    found = trial()
    assert found.found == "https://feeds.example.org/rss"
    assert found.error.endswith("https://feeds.example.org/rss.")
    internet.pages["/news"] = Page(status=403)
    assert trial().found == ""
