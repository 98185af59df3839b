"""composition.plaintext: a text part worth reading (TX1, TX2)."""

from __future__ import annotations

import lxml.html
import pytest

from newsletter.composition.markup import rich
from newsletter.composition.merging import MergeField, slot
from newsletter.composition.plaintext import text_of, wrapped

URL = "https://example.org/" + "long-path/" * 12


def text(html: str) -> str:
    return text_of(lxml.html.fragment_fromstring(html, create_parent="div"))


def test_lines_are_short_and_links_whole() -> None:
    lines = wrapped(f"{'słowo ' * 40}\nPrzeczytaj: {URL}").split("\n")
    assert max(len(line) for line in lines if URL not in line) <= 78
    assert URL in lines


def test_at_most_one_empty_line_stands_between_paragraphs() -> None:
    assert wrapped("\n\na\n\n\n\nb  \n\n") == "a\n\nb\n"


@pytest.mark.parametrize(("mark", "hanging"), [("- ", "  "), ("12. ", "    "), ("> ", "> "), ("> - ", "> ")])
def test_a_list_or_quotation_keeps_its_indent(mark: str, hanging: str) -> None:
    first, second, *_ = wrapped(mark + "słowo " * 30).split("\n")
    assert first.startswith(mark)
    assert second.startswith(hanging)


def test_a_name_is_wrapped_as_a_name_and_not_as_its_slot() -> None:
    word = slot(MergeField.FIRST_NAME, "Szanowni Państwo, drodzy czytelnicy")
    assert wrapped(f"{word}, dzień dobry i miłej lektury wydania") == f"{word}, dzień dobry i miłej lektury wydania\n"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Raz.</p><p>Dwa &amp; trzy.</p>", "Raz.\n\nDwa & trzy."),
        ("<ul><li>raz</li><li><p>dwa</p></li></ul>", "- raz\n- dwa"),
        ("<ol><li>raz</li><li>dwa</li></ol>", "1. raz\n2. dwa"),
        ("<ul><li>raz<ul><li>pod</li></ul></li></ul>", "- raz\n  - pod"),
        ("<p>Zob. <a href='https://a.example/'>poradę</a>, potem</p>", "Zob. poradę: https://a.example/ , potem"),
        ("<p><a href='https://a.example/'>https://a.example/</a></p>", "https://a.example/"),
        ("<p>raz<br>dwa</p>", "raz\ndwa"),
        ("<blockquote><p>raz</p><p>dwa</p></blockquote>", "> raz\n>\n> dwa"),
        ("<p>a</p><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ("<p>a <strong>b</strong> <em>c</em></p>", "a b c"),
    ],
)
def test_rich_text_reads_as_plain_text(html: str, expected: str) -> None:
    assert text(html) == expected


def test_headings_of_rich_text_follow_on_without_a_gap() -> None:
    both = rich("<h2>a</h2><h4>b</h4><h2>c</h2><h4>d</h4>", first_name="", top_level=3)
    assert both.html == "<h3>a</h3><h4>b</h4><h3>c</h3><h4>d</h4>"


def test_a_merge_field_counts_in_words_and_never_in_an_address() -> None:
    both = rich("<p>[[first_name]] <a href='https://a.example/[[first_name]]'>x</a></p>", first_name="Ty", top_level=2)
    assert both.html.count(slot(MergeField.FIRST_NAME, "Ty")) == 1


def test_loose_words_become_paragraphs() -> None:
    assert rich("raz <em>dwa</em><ul><li>a</li></ul>trzy", first_name="", top_level=2).html == (
        "<p>raz <em>dwa</em></p><ul><li>a</li></ul><p>trzy</p>"
    )


def test_a_script_does_not_come_through() -> None:
    assert "script" not in rich("<p>a</p><script>b()</script>", first_name="", top_level=2).html
