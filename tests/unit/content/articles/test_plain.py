"""content.articles.plain: an article by its shape."""

from __future__ import annotations

import textwrap

from campaigns.content.articles.plain import read_plain

LONG = "To jest zdanie, które razem z innymi ciągnie się dłużej niż jeden wiersz. " * 3


def html(text: str) -> str:
    return read_plain(text).html


def test_wrapped_lines_run_on_and_short_ones_stay_apart() -> None:
    wrapped = textwrap.fill(LONG.strip(), 72)
    assert html(f"Tytuł\n\n{wrapped}") == f"<h2>Tytuł</h2>\n<p>{LONG.strip()}</p>"
    assert html("ul. Prosta 1\n00-001 Warszawa") == "<p>ul. Prosta 1<br>00-001 Warszawa</p>"


def test_a_word_cut_at_a_lines_end_is_joined_with_its_hyphen() -> None:
    assert "biało-czerwona" in html("Ten wiersz jest dość długi, żeby go zawinąć, a flaga biało-\nczerwona powiewa.")


def test_without_empty_lines_every_long_line_is_a_paragraph() -> None:
    assert html(f"{LONG}\n{LONG}").count("<p>") == 2
    assert html(f"{LONG}\n{LONG}\n\n{LONG}").count("<p>") == 3


def test_lists_quotes_and_headings_keep_their_shape() -> None:
    text = f"Nagłówek\n========\n{LONG}\n\n- jeden\n- dwa\n\n1. raz\n2) dwa\n\n> cytat <b>\n> dalej\n\n***\n\nKoniec\n\n{LONG}"
    shown = html(text)
    assert "<h2>Nagłówek</h2>" in shown
    assert "<ul><li>jeden</li><li>dwa</li></ul>" in shown
    assert "<ol><li>raz</li><li>dwa</li></ol>" in shown
    assert "<blockquote><p>cytat &lt;b&gt;<br>dalej</p></blockquote>" in shown
    assert "<h2>Koniec</h2>" in shown
    assert "***" not in shown


def test_a_line_that_ends_a_sentence_is_no_heading_nor_is_the_last_one() -> None:
    assert html(f"Zdanie.\n\n{LONG}").startswith("<p>Zdanie.</p>")
    assert html(f"{LONG}\n\nOstatni wiersz").endswith("<p>Ostatni wiersz</p>")


def test_addresses_become_links_and_tags_are_words() -> None:
    shown = html('Zob. https://a.pl/x?b=1&c="2", a <script>x</script>.')
    assert '<a href="https://a.pl/x?b=1&amp;c=">' in shown
    assert "&lt;script&gt;" in shown
