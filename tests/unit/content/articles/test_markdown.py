"""content.articles.markdown: CommonMark without HTML, and what a front matter says."""

from __future__ import annotations

import datetime as dt

import pytest

from campaigns.content.articles.bringing import read_words
from campaigns.content.articles.markdown import read_markdown

FRONT = (
    "---\ntitle: Tytuł\nlead: Zdanie.\ndate: 2020-11-20\nlang: pl-PL\nurl: https://a.pl/x\n---\n\nTekst **ważny**.\n"
)


def test_the_front_matter_names_title_lead_date_language_and_page() -> None:
    reading = read_markdown(FRONT)
    assert (reading.title, reading.lead, reading.language, reading.url) == ("Tytuł", "Zdanie.", "pl", "https://a.pl/x")
    assert reading.dated == dt.date(2020, 11, 20)
    assert reading.html.strip() == "<p>Tekst <strong>ważny</strong>.</p>"


@pytest.mark.parametrize(
    "front", ["a: &a [x]\nb: *a", "- list", "a: [", "date: 2020-11-20T10:00:00", "date: 2020-13-45"]
)
def test_a_strange_front_matter_breaks_nothing(front: str) -> None:
    assert read_markdown(f"---\n{front}\n---\nTekst").dated is None


def test_html_in_it_is_words_and_pictures_are_not_taken() -> None:
    draft = read_words(
        "# Tytuł jest tutaj\n\n<script>alert(1)</script>\n\n![x](https://a.pl/x.png) [y](javascript:x)\n\n> cytat",
        kind="markdown",
    )
    assert "<script" not in draft.body
    assert "<img" not in draft.body
    assert "javascript:" not in draft.body.replace("](javascript:x)", "")
    assert "<blockquote>" in draft.body
    assert draft.title == "Tytuł jest tutaj"
