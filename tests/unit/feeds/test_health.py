from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from campaigns.feeds.health import WORDS, health_of
from campaigns.feeds.models import Feed
from campaigns.feeds.troubles import SENTENCES, sentence

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
AGO = dt.timedelta(minutes=12)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("facts", "word", "start"),
    [
        ({"active": False}, "off", "Switched off"),
        ({"active": False, "trouble": "gone"}, "off", "The publisher says that this feed is gone"),
        ({}, "waiting", "Not looked at yet"),
        ({"fresh_at": NOW - AGO}, "fresh", "Fresh, 12\xa0minutes ago."),
        ({"fresh_at": NOW - AGO / 20}, "fresh", "Fresh, looked at just now."),
        ({"fresh_at": NOW - AGO, "news_at": NOW - AGO}, "fresh", "Fresh"),
        (
            {"fresh_at": NOW - AGO, "news_at": NOW - dt.timedelta(days=61)},
            "quiet",
            "It answers, but has brought nothing new",
        ),
        ({"fresh_at": NOW - AGO, "full": True}, "full", "Too many drafts"),
        ({"fresh_at": NOW, "failing_since": NOW - AGO, "trouble": "no_answer"}, "failing", "Failing since "),
    ],
)
def test_how_a_feed_fares_in_words(facts: dict[str, Any], word: str, start: str) -> None:
    health = health_of(Feed(**facts), now=NOW)
    assert health.word == word
    assert word in WORDS
    assert health.sentence.startswith(start)


def test_a_failing_feed_says_since_when_why_and_when_it_is_tried_again() -> None:
    feed = Feed(failing_since=NOW, trouble="no_answer", due_at=NOW + AGO)
    health = health_of(feed, now=NOW)
    assert health.sentence.endswith(": The server does not answer. It is tried again later.")
    assert len(health.more) == 1


def test_what_else_is_worth_knowing_is_told() -> None:
    feed = Feed(fresh_at=NOW, last_left=9980, moved_to="https://new.example.org/")
    left, moved = health_of(feed, now=NOW).more
    assert "9980" in left.replace(",", "")
    assert moved.endswith("https://new.example.org/.")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_trouble_has_a_sentence_that_fits_its_facts(language: str) -> None:
    facts = {"port": 22, "host": "example.org", "seconds": 10, "status": 404, "kind": "image/png", "packing": "br", "megabytes": 5, "found": "https://example.org/rss", "name": "Error"}  # fmt: skip
    with translation.override(language):
        for trouble in SENTENCES:
            assert sentence(trouble, facts).endswith(".")


def test_a_trouble_of_an_older_release_is_at_least_named() -> None:
    assert sentence("strange", {}) == "strange"
