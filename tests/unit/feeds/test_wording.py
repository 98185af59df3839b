from __future__ import annotations

import pytest

from campaigns.content.markup import sanitised
from campaigns.feeds.entries import LONGEST_TEXT, Entry
from campaigns.feeds.wording import body_of, lead_of, sentences, shortened, title_of


def test_a_title_is_plain_words() -> None:
    assert title_of(Entry(title="<b>AT&amp;T</b>\n\u202ewarns\u200b &lt;now&gt;\x0b")) == ("AT&T warns <now>", [])


def test_a_title_that_is_missing_is_made_of_the_first_words() -> None:
    words = " ".join(f"w{n}" for n in range(20))
    assert title_of(Entry(summary=words)) == (" ".join(f"w{n}" for n in range(12)) + "…", ["no_title"])
    assert title_of(Entry(content="Few words")) == ("Few words", ["no_title"])
    assert title_of(Entry(content="<img src=x>")) == ("", ["no_title"])


def test_a_title_that_is_too_long_is_cut_after_a_word() -> None:
    title, notes = title_of(Entry(title="słowo " * 40))
    assert len(title) <= 160
    assert title.endswith("słowo…")
    assert notes == ["title_cut"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Mówi asp. szt. Jan K. Nowak z ul. Długiej 5. Sprawa trwa.", ["Mówi asp. szt. Jan K. Nowak z ul. Długiej 5.", "Sprawa trwa."]),
        ("It cost 1.5 mln. zł and e.g. Mr. Smith paid. Then he left.", ["It cost 1.5 mln. zł and e.g. Mr. Smith paid.", "Then he left."]),
        ("„Nie klikaj.” Tak radzi CERT.", ["„Nie klikaj.”", "Tak radzi CERT."]),
        ("", [""]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_end(words: str, expected: list[str]) -> None:
    assert sentences(words) == expected


def test_a_lead_is_the_first_three_sentences_and_never_too_long() -> None:
    assert lead_of(Entry(summary="<p>One.</p><p>Two. Three. Four.</p>", content="Other.")) == "One. Two. Three."
    assert lead_of(Entry(content="<p>From the text. More</p>")) == "From the text. More"
    long = "Word " * 70 + "end. "
    assert lead_of(Entry(summary=long + long)) == long.strip()
    assert len(lead_of(Entry(summary="word " * 200))) <= 400
    assert lead_of(Entry(title="T")) == ""


def test_a_word_without_end_is_cut_in_the_middle() -> None:
    assert shortened("a" * 20, 10) == "a" * 9 + "…"
    assert shortened("short", 10) == "short"


def test_a_body_keeps_what_the_allow_list_keeps_and_its_links_are_whole() -> None:
    body, notes = body_of(
        Entry(
            base="https://example.org/a/b",
            content='<h1>Head</h1><div>One <b>bold</b></div><div><p>Two <a href="../c?x=1&amp;y=2" onclick="x">c</a></p></div>'
            '<script>alert(1)</script><img src="x.png"><iframe src="//e"></iframe><a href="javascript:x">j</a>',
        )
    )
    assert body.startswith("<h2>Head</h2><p>One <strong>bold</strong></p>")
    assert '<p>Two <a href="https://example.org/c?x=1&amp;y=2">c</a></p>' in body
    assert not any(word in body for word in ("script", "img", "onclick", "iframe", "<p></p>"))
    assert sanitised(body) == body
    assert notes == []


def test_a_body_without_paragraphs_gets_them() -> None:
    assert body_of(Entry(summary="One<br><br>Two <em>x</em>"))[0] == "<p>One</p><p>Two <em>x</em></p>"
    assert body_of(Entry(summary="Words"))[0] == "<p>Words</p>"
    assert body_of(Entry(summary='<img src="x">'))[0] == ""


def test_a_body_without_a_base_has_no_relative_links() -> None:
    assert body_of(Entry(summary='<p><a href="x">x</a></p>'))[0] == "<p><a>x</a></p>"


def test_nested_emptiness_leaves_nothing_and_costs_little() -> None:
    nested = "<strong>" * 30 + "</strong>" * 30
    assert "word" in body_of(Entry(summary=f"<p>word</p>{nested}"))[0]
    assert body_of(Entry(summary="<p>word</p><p><b><i> </i></b></p>"))[0] == "<p>word</p>"


def test_a_body_that_is_too_long_says_so() -> None:
    assert body_of(Entry(content="x" * LONGEST_TEXT))[1] == ["text_cut"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<svg><script>alert(1)</script></svg><p>w</p>",
        '<math><mi//xlink:href="data:x,<script>alert(4)</script>">w',
        '<a href="jav&#x09;ascript:alert(1)">w</a>',
        '<a href="//evil.example.org/%0d%0aX">w</a>',
        '<div style="background:url(javascript:alert(1))">w</div>',
        '<p lang="x\'onmouseover=alert(1)">w</p>',
        '<style>@import "x"</style><p>w</p>',
        "<p>{{ settings.SECRET_KEY }} {% load x %} ${7*7} w</p>",
        '<template><p>w</p></template><noscript><p title="</noscript><img src=x onerror=alert(1)>">w</p>',
        '<form action="x"><input name=y></form><p>w</p>',
        '<base href="https://evil.example.org/"><p><a href="x">w</a></p>',
    ],
)
def test_hostile_markup_is_words_at_most(hostile: str) -> None:
    body, _notes = body_of(Entry(content=hostile, base="https://example.org/"))
    assert not any(
        word in body.lower()
        for word in ("<script", "javascript:", "onerror=", "style=", "<img", "<form", "<svg", 'onmouseover=alert(1)">')
    )
    assert sanitised(body) == body
