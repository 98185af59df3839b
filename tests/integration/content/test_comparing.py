"""content.comparing: what changed between two versions, for people to read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from campaigns.content import approving
from campaigns.content.comparing import Difference, Segment, differences, rendition, segments
from campaigns.content.models import NewsItem, Source, Topic
from tests.integration.content.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

Change = "Callable[[NewsItem], None]"


@pytest.fixture
def compared(approved: NewsItem) -> Callable[[Callable[[NewsItem], object]], list[Difference]]:
    """Makes a change to the approved item and compares the two versions, in English."""

    def compare(change: Callable[[NewsItem], object]) -> list[Difference]:
        change(approved)
        approving.edited(item=approved, by=None, now=NOW)
        old, new = approved.revisions.get(number=1), approved.revisions.get(number=2)
        with translation.override("en"):
            return differences(old=old, new=new)

    return compare


def test_words_are_compared_word_by_word_under_their_language(
    compared: Callable[[Callable[[NewsItem], object]], list[Difference]],
) -> None:
    found = compared(lambda item: item.texts.update(lead="Make two."))
    assert found == [
        Difference("Lead · English", "en", [Segment("same", "Make"), Segment("gone", " one."), Segment("new", " two.")])
    ]


def test_a_language_that_came_is_all_new(compared: Callable[[Callable[[NewsItem], object]], list[Difference]]) -> None:
    found = compared(lambda item: item.texts.create(language="pl", title="Kopie", lead="Zrób jedną."))
    assert [(each.label, each.segments) for each in found] == [
        ("Title · Polish", [Segment("new", "Kopie")]),
        ("Lead · Polish", [Segment("new", "Zrób jedną.")]),
    ]


def test_facts_are_said_as_people_read_them(
    compared: Callable[[Callable[[NewsItem], object]], list[Difference]],
) -> None:
    def change(item: NewsItem) -> None:
        item.source = Source.objects.create(name="ENISA", website="https://enisa.example.org/")
        item.sensitivity, item.source_date = 2, dt.date(2026, 11, 20)
        item.embargo_until, item.licence = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), "CC BY"
        item.save()

    found = {each.label: [segment.words for segment in each.segments] for each in compared(change)}
    assert found["Source"] == ["CERT Polska", "ENISA"]
    assert found["Sensitivity"] == ["0: everyday", "2: sensitive"]
    assert found["Licence"] == ["CC BY"]
    assert all("2026" in words for words in found["Source date"])
    assert "10" in found["Embargo until"][0], "in the site's zone, one hour east of UTC in winter"


def test_choices_are_said_by_name_and_what_is_gone_is_called_so(
    compared: Callable[[Callable[[NewsItem], object]], list[Difference]],
) -> None:
    def change(item: NewsItem) -> None:
        Topic.objects.get(slug="backups").delete()
        item.topics.add(Topic.objects.create(slug="copies"))

    (found,) = compared(change)
    assert found.label == "Topics"
    assert [segment.words for segment in found.segments] == ["(deleted)", "copies"]


def test_markup_that_changes_is_seen(compared: Callable[[Callable[[NewsItem], object]], list[Difference]]) -> None:
    (found,) = compared(lambda item: item.texts.update(body='<p><a href="https://a.example/">Today.</a></p>'))
    assert found.segments[-1] == Segment("new", " <https://a.example/>")


def test_angle_brackets_in_plain_words_are_words(
    compared: Callable[[Callable[[NewsItem], object]], list[Difference]],
) -> None:
    (found,) = compared(lambda item: item.texts.update(title="Backups <b>"))
    assert found.segments == [Segment("same", "Backups"), Segment("new", " <b>")]


def test_rich_text_reads_like_plain_text_and_hides_nothing() -> None:
    html = (
        "<h2>One</h2><p>Two <strong>three</strong><br>four</p><ul><li><p>five</p></li></ul><hr>"
        '<blockquote><p>six <span lang="fr">sept</span></p></blockquote><h3>eight</h3><ol><li>nine &amp; ten</li></ol>'
    )
    lines = ["## One", "Two **three**", "four", "• five", "---", "> six [fr: sept]", "### eight", "• nine & ten"]
    assert rendition(html) == "\n".join(lines)


def test_a_stray_end_mark_is_no_error() -> None:
    assert rendition("a</p></em>b") == "a\nb"


def test_long_unchanged_runs_are_shortened_to_their_ends() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    same, new = segments(words, words + " more")
    assert (same.kind, new) == ("same", Segment("new", " more"))
    assert same.words.startswith("w0 ")
    assert same.words.endswith("w99")
    assert " … " in same.words
