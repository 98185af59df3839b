"""content.articles.decoding: words out of bytes, whatever program saved them."""

from __future__ import annotations

import pytest

from campaigns.content.articles.decoding import tidied, words_in
from campaigns.content.articles.reading import MOST_CHARACTERS, ArticleRefusedError

POLISH = "Zażółć gęślą jaźń – „łódź” świeci. Źrebię śpi, a Ścibór ćwiczy. Ponad 50 śledczych sprawdzało konta."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250"])
def test_polish_is_read_in_every_encoding_that_can_write_it(encoding: str) -> None:
    assert words_in(POLISH.encode(encoding)) == POLISH


def test_polish_is_read_in_the_encoding_without_typographic_marks() -> None:
    plain = POLISH.translate(dict.fromkeys(map(ord, "„”"), '"') | {ord("–"): "-"})
    assert words_in(plain.encode("iso8859-2")) == plain


def test_western_words_are_read_as_western() -> None:
    words = "Café “Zoë” à Genève – déjà vu, señor"
    assert words_in(words.encode("cp1252")) == words


def test_a_page_that_declares_its_encoding_is_believed_when_it_is_not_utf_8() -> None:
    page = f"<meta charset='iso-8859-2'><p>{POLISH.replace('„', '').replace('”', '').replace('–', '-')}</p>"
    assert "gęślą" in words_in(page.encode("iso8859-2"))
    assert "gęślą" in words_in(page.replace("iso-8859-2", "klingon").encode("iso8859-2"))
    assert "gęślą" in words_in(page.replace("iso-8859-2", "utf-7").encode("iso8859-2"))


def test_line_breaks_are_one_kind_and_controls_are_gone() -> None:
    assert tidied("a\r\nb\rc\u2028d\x07\x00\u00ade\ufeff") == "a\nb\nc\nde"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \r\n\t ",
        "\ufeff".encode("utf-16"),
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf\xff",
        b"abc\x00def" * 10,
        bytes(range(1, 256)) * 40,
        b"\x00" * 100,
        b"a" * (MOST_CHARACTERS + 1),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ArticleRefusedError) as refused:
        words_in(content)
    assert refused.value.messages[0].endswith(".")
