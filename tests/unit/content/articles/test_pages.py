"""content.articles.pages: the article of a saved page, and nothing around it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from campaigns.content.articles.bringing import read_words
from campaigns.content.articles.pages import read_page
from campaigns.content.articles.reading import ArticleRefusedError

if TYPE_CHECKING:
    from campaigns.content.articles.drafting import Draft

LONG = "Żandarmeria zatrzymała w całym kraju 14 osób podejrzanych o krzywdzenie dzieci w internecie. " * 4
PAGE = f"""<!doctype html><html lang="pl-PL"><head><title>Tytuł strony | Serwis</title>
<meta property="og:title" content="Tytuł w mediach – Serwis"><meta property="og:description" content="Lead artykułu, jedno zdanie.">
<link rel="canonical" href="https://a.pl/artykul"><script type="application/ld+json">{{"datePublished": "2020-11-21T10:00"}}</script></head>
<body><div class="cookie-banner">Zgadzam się na ciasteczka</div><header><h2>Serwis</h2></header><nav>Menu</nav>
<main><article><header><h1>Zatrzymano <em>14</em> osób</h1></header><p>Lead artykułu, jedno zdanie.</p><div class="share">Udostępnij</div>
<p>{LONG}</p><h3>Śródtytuł</h3><ul><li>raz</li></ul><p><b>grubo</b> <i>kursywa</i> <a href="https://b.pl" onclick="x">link</a> <a href="/x">x</a></p>
<table><tr><th>Rok</th><td>2020</td></tr></table><blockquote>Cytat</blockquote><figure><img src=x><figcaption>Podpis</figcaption></figure>
<p hidden>ukryte</p><p style="display: none">też</p><span aria-hidden="true">i to</span><script>alert(1)</script></article>
<article>Inny tekst</article></main><aside>Obok</aside><footer>Stopka</footer></body></html>"""


def draft(html: str) -> Draft:
    return read_words(html, kind="html")


def test_a_page_gives_its_article_alone() -> None:
    found = draft(PAGE)
    assert (found.title, found.lead) == ("Zatrzymano 14 osób", "Lead artykułu, jedno zdanie.")
    assert (found.language, found.dated, found.url) == ("pl", dt.date(2020, 11, 21), "https://a.pl/artykul")
    for around in (
        "ciasteczka",
        "Serwis",
        "Menu",
        "Udostępnij",
        "Obok",
        "Stopka",
        "Inny",
        "alert",
        "ukryte",
        "też",
        "i to",
        "Podpis",
    ):
        assert around not in found.original, around
    assert "<strong>grubo</strong> <em>kursywa</em>" in found.body
    assert '<a href="https://b.pl">link</a>' in found.body
    assert "<h3>Śródtytuł</h3>" in found.body
    assert "<li>Rok – 2020</li>" in found.body


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Długi tytuł strony | Serwis</title>", f"<p>{LONG}</p>", "Długi tytuł strony"),
        ("", f"<h1>Tytuł z nagłówka</h1><div><p>{LONG}</p></div>", "Tytuł z nagłówka"),
        ("", f"<h1></h1><h2>Tytuł bez nagłówka</h2><p>{LONG}</p>", "Tytuł bez nagłówka"),
    ],
)
def test_the_title_is_where_the_page_has_one(head: str, body: str, title: str) -> None:
    assert draft(f"<html><head>{head}</head><body>{body}</body></html>").title == title


@pytest.mark.parametrize(
    ("mark", "day"),
    [
        ('<meta name="date" content="2020-11-20">', "2020-11-20"),
        ('<time datetime="2020-11-20T10:00">x</time>', "2020-11-20"),
        ('<span itemprop="datePublished" content="2020-11-20">x</span>', "2020-11-20"),
        ('<time datetime="2020-13-20">x</time>', None),
    ],
)
def test_the_date_is_where_the_page_has_one(mark: str, day: str | None) -> None:
    found = read_page(f"<html><head></head><body>{mark}<p>{LONG}</p></body></html>").dated
    assert (found.isoformat() if found else None) == day


def test_without_marks_the_container_with_most_words_is_the_article() -> None:
    found = draft(f"<body><div><p>Krótko</p></div><div><p>{LONG}</p><p>{LONG}</p></div></body>")
    assert "Krótko" not in found.original


def test_words_spread_over_many_containers_are_all_taken() -> None:
    found = draft("<body>" + "".join(f"<div>Zdanie numer {n} stoi tu samo.</div>" for n in range(6)) + "</body>")
    assert "numer 5" in found.original


def test_strange_marks_lose_no_words() -> None:
    assert (
        draft("<body><h1 itemprop='articleBody'>Tytuł, który jest wszystkim</h1></body>").title
        == "Tytuł, który jest wszystkim"
    )
    assert draft(f"<body><article><h1>Tytuł</h1><div>luzem<p>{LONG}</p></div></article></body>").original.startswith(
        "Tytuł\nluzem"
    )


@pytest.mark.parametrize("address", ["javascript:x", "//a.pl", "http://[", ""])
def test_an_address_that_is_none_is_not_taken(address: str) -> None:
    assert (
        read_page(f'<html><head><link rel="canonical" href="{address}"></head><body><p>{LONG}</p></body></html>').url
        == ""
    )


@pytest.mark.parametrize(
    "html", ["<!-- x -->", "<p></p>", "<div>" * 5_000 + "x", "<script>x</script>", "<?xml version='1.0'?>"]
)
def test_an_empty_or_bottomless_page_is_refused_with_a_sentence(html: str) -> None:
    with pytest.raises(ArticleRefusedError):
        draft(html)


def test_entities_and_document_types_are_only_words() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><html><body><p>To jest &b; tekst tej strony.</p></body></html>'
    assert "aaaa" not in draft(bomb).body


def test_an_xhtml_declaration_and_a_plain_fragment_are_read() -> None:
    assert draft(f"<?xml version='1.0' encoding='utf-8'?><html><body><p>{LONG}</p></body></html>").original
    assert draft("<p>Jeden akapit, i to cały artykuł.</p>").title == "Jeden akapit, i to cały artykuł."
    assert draft("<div>Tylko słowa w kontenerze i nic więcej.</div>").title
