"""content.articles.reading: what a file is, by what it holds."""

from __future__ import annotations

import io
import zipfile

import pytest

from campaigns.content.articles.bringing import read_file, read_words
from campaigns.content.articles.reading import MOST_BYTES, ArticleRefusedError, is_word_file, kind_of_words
from tests.unit.content.articles.word_file import document, paragraph, run, word_file


@pytest.mark.parametrize(
    ("words", "name", "kind"),
    [
        ("Dwa zdania. I trzecie.", "", "plain"),
        ("# Title\n\nText", "", "markdown"),
        ("# Title\n\nText", "a.txt", "plain"),
        ("Title\n\nText", "a.MD", "markdown"),
        ("See [this](https://a.pl)", "", "markdown"),
        ("<!DOCTYPE html><html><body>x", "a.txt", "html"),
        ("<p class='x'>x</p>", "", "html"),
        ("a < b and c > d", "", "plain"),
    ],
)
def test_words_are_told_by_their_marks(words: str, name: str, kind: str) -> None:
    assert kind_of_words(words, name=name) == kind
    assert not is_word_file(words.encode())


def test_a_word_file_is_one_whatever_it_is_called() -> None:
    content = word_file(document(paragraph(run("Dwa zdania w pliku. I trzecie."))))
    assert is_word_file(content)
    assert read_file(content, name="a.txt").original == "Dwa zdania w pliku. I trzecie."


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(zipfile.ZipInfo(name), "x")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 x", b"{\\rtf1 x}", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF1234WEBP", b"Rar!x", b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"PK\x03\x04 damaged", zipped("mimetype"), b"x" * (MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused_with_a_sentence_that_says_what_to_do(content: bytes) -> None:
    with pytest.raises(ArticleRefusedError) as refused:
        read_file(content, name="article.txt")
    assert refused.value.messages[0].endswith(".")


def test_pasted_words_may_be_told_what_they_are() -> None:
    assert read_words("# Tytuł artykułu jest tu\n\nTekst o czymś.", kind="plain").title == "# Tytuł artykułu jest tu"


def test_a_page_saved_in_sixteen_bits_is_read_as_a_page() -> None:
    page = "<!doctype html><html lang='pl'><body><h1>Tytuł tego artykułu</h1><p>Tekst, który tu stoi.</p></body></html>"
    assert read_file(page.encode("utf-16"), name="a.htm").title == "Tytuł tego artykułu"
