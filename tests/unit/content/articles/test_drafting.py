"""content.articles.drafting: title, lead and body are what they are in print."""

from __future__ import annotations

import datetime as dt

import pytest

from campaigns.content.articles.bringing import read_words
from campaigns.content.articles.drafting import LONGEST_TITLE, drafted
from campaigns.content.articles.languages import language_of
from campaigns.content.articles.reading import ArticleRefusedError, Reading
from campaigns.safeguarding.terminology import findings
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED

LONG = "Żandarmeria zatrzymała w całym kraju 14 osób podejrzanych o krzywdzenie dzieci w internecie. " * 5


def test_an_article_below_a_sites_name_and_slogan_comes_out_right() -> None:
    draft = read_words(SHAPED_LIKE_THE_SEED)
    assert draft.title == "Francja: żandarmi zatrzymali 14 osób, które miały krzywdzić dzieci w internecie."
    assert draft.lead.startswith("Operacja z pomocą Europolu")
    assert draft.body.startswith("<p>Żandarmeria")
    assert draft.body.endswith("internecie.</p>")
    assert (draft.language, draft.dated) == ("pl", dt.date(2020, 11, 20))
    assert draft.original.startswith("Bezpieczny-2-Link\nCybersecurity")
    assert len(findings(draft.original, language="pl")) == 1


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("Policja zatrzymała oszusta", "Policja zatrzymała oszusta"),
        ("Serwis\n\nPolicja zatrzymała oszusta\n\nAutor: Jan Kowalski\n\n12 marca 2024", "Policja zatrzymała oszusta"),
        ("Serwis", "Serwis"),
    ],
)
def test_the_title_is_the_last_line_above_that_is_no_name_byline_or_date(above: str, title: str) -> None:
    draft = read_words(f"{above}\n\n{LONG}")
    assert draft.title == title
    assert draft.lead == " ".join(LONG.split(". ")[:1]) + ". " + LONG.split(". ")[1] + "."
    assert draft.body.count("<p>") == 1


def test_a_short_first_paragraph_is_the_lead_and_leaves_the_body() -> None:
    draft = read_words("<h1>Tytuł artykułu tutaj</h1><p>Krótki akapit.</p><p>Drugi.</p>")
    assert (draft.lead, draft.body) == ("Krótki akapit.", "<p>Drugi.</p>")


def test_an_article_of_one_long_paragraph_is_titled_by_its_first_sentence() -> None:
    draft = read_words(LONG)
    assert draft.title == LONG.split(". ", maxsplit=1)[0] + "."


def test_an_article_of_short_paragraphs_keeps_them_in_the_body() -> None:
    draft = read_words(
        "Policja zatrzymała oszusta\n\n" + "\n\n".join(f"To jest krótkie zdanie numer {n}." for n in range(9))
    )
    assert draft.title == "Policja zatrzymała oszusta"
    assert "numer 8" in draft.body
    headed = read_words(
        "Policja zatrzymała oszusta\n\nKrótki akapit tu stoi.\n\nŚródtytuł jest tu\n\nDłuższy akapit, który stoi pod śródtytułem.\n\nKoniec jest tutaj."
    )
    assert "<h2>Śródtytuł jest tu</h2>" in headed.body


def test_short_lines_below_the_title_stay_in_the_body() -> None:
    text = f"Nasz serwis o sieci\n\nPolicja zatrzymała oszusta z Gdańska\n\nTo jest krótkie zdanie.\n\nI drugie, dłuższe zdanie, które stoi jako lead artykułu.\n\n{LONG}"
    draft = read_words(text)
    assert draft.title == "Policja zatrzymała oszusta z Gdańska"
    assert draft.lead == "To jest krótkie zdanie."
    assert draft.body.startswith("<p>I drugie")


def test_a_title_that_is_too_long_is_cut_and_stays_whole_in_the_body() -> None:
    long = "słowo " * 40
    draft = drafted(Reading(html="<p>Tekst.</p>", title=long.strip()))
    assert len(draft.title) <= LONGEST_TITLE
    assert draft.title.endswith("…")
    assert long.strip() in draft.body


def test_a_lead_without_full_stops_is_cut() -> None:
    draft = drafted(Reading(html=f"<p>{'słowo ' * 200}</p>", title="Tytuł"))
    assert draft.lead.endswith("…")
    one = "A" + "b" * 300 + ". " + "C" + "d" * 300 + "."
    assert drafted(Reading(html=f"<p>{one}</p>", title="Tytuł")).lead == one.split(" ", maxsplit=1)[0]


def test_words_between_blocks_and_a_lead_named_by_the_page_are_found() -> None:
    draft = drafted(
        Reading(html="luzem <em>x</em><p>Akapit.</p>i dalej<ul><li>a</li></ul>", title="Tytuł", lead="Akapit.")
    )
    assert draft.lead == "Akapit."
    assert draft.body == "<p>luzem <em>x</em></p>\n<p>i dalej</p>\n<ul><li>a</li></ul>"
    assert drafted(Reading(html="<ul><li>a</li></ul>", title="Tytuł")).lead == ""


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(ArticleRefusedError):
        drafted(Reading(html="<p> </p>"))


def test_languages_are_told_by_their_small_words_or_not_at_all() -> None:
    assert language_of("The news of the day is that it was on time") == "en"
    assert language_of("To jest tekst, który mówi o tym, że się nie da") == "pl"
    assert language_of("Lorem ipsum dolor") == ""
