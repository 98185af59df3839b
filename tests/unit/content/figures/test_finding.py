"""content.figures: every figure a person should compare with the source (G5)."""

from __future__ import annotations

import pytest

from campaigns.content.figures import Kind, figures_of
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED


def told(text: str, language: str) -> list[tuple[str, str]]:
    return [(figure.found, figure.value) for figure in figures_of(text, language)]


def test_the_facts_of_an_article_are_found_with_their_sentences() -> None:
    figures = figures_of(SHAPED_LIKE_THE_SEED, "pl")
    assert {figure.value for figure in figures} == {"14", "1058", "2020-11-16/2020-11-20", "12/13", "3", "8", ">50"}
    assert "C3N" not in {figure.found for figure in figures}
    days = next(figure for figure in figures if figure.kind is Kind.DATE)
    assert (days.found, days.sentence[:8]) == ("między 16 a 20 listopada 2020 r.", "Działani")
    assert all(SHAPED_LIKE_THE_SEED[figure.place :].startswith(figure.found) for figure in figures)


@pytest.mark.parametrize(
    "written", ["1058", "1,058", "1 058", "1\u00a0058", "1\u202f058", "1.058", "1.058,00", "1,058.00", "1'058"]
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_spelling_of_a_number_is_the_same_number(written: str, language: str) -> None:
    assert [figure.value for figure in figures_of(f"To {written} osób", language)] == ["1058"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,125", "0.125"), ("3,5", "3.5"), ("3.50", "3.5"), ("1 234 567,89", "1234567.89"), ("1.234.567", "1234567"),
        ("3 tys. osób", "3000"), ("1,5 mln ludzi", "1500000"), ("2 miliardy", "2000000000"), ("dwa tysiące", "2000"),
        ("sto tysięcy", "100000"), ("tysiąc osób", "1000"), ("dwudziestu pięciu", "25"), ("trzysta", "300"), ("ośmiu", "8"),
        ("ponad 50", ">50"), ("co najmniej siedem", "≥7"), ("prawie stu", "<100"), ("około 20", "~20"), ("najwyżej 9", "≤9"),
        ("50–60 osób", "50/60"), ("od 50 do 60 osób", "50/60"), ("20 proc.", "20%"), ("5%", "5%"), ("5–10%", "5/10%"),
        ("500 zł", "500 PLN"), ("1,5 mln euro", "1500000 EUR"), ("ponad 2 tys. zł", ">2000 PLN"), ("$50", "50 USD"),
        ("12-letni", "12"), ("w wieku 13 lat", "13"), ("w wieku od 12 do 13 lat", "12/13"), ("12–13 lat", "12/13"),
        ("+48 22 555 11 22", "48225551122"), ("700 123 456", "700123456"), ("800 12 12 12", "800121212"),
        ("16 listopada 2020 r.", "2020-11-16"), ("16–20 listopada 2020", "2020-11-16/2020-11-20"),
        ("od 30 listopada do 2 grudnia 2020 roku", "2020-11-30/2020-12-02"), ("od 30 grudnia 2020 do 2 stycznia 2021", "2020-12-30/2021-01-02"),
        ("16.11.2020", "2020-11-16"), ("31.02.2020", "31.02.2020"), ("2020-11-16", "2020-11-16"), ("w listopadzie 2020", "2020-11"),
        ("16 listopada", "--11-16"), ("2019–2021", "2019/2021"), ("w 2019 r.", "2019"), ("12 12 12", "12|12|12"),
    ],
)  # fmt: skip
def test_polish_figures_have_one_value(text: str, value: str) -> None:
    assert "|".join(figure.value for figure in figures_of(f"To {text}", "pl")) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16–20 November 2020", "2020-11-16/2020-11-20"), ("between 16 and 20 November 2020", "2020-11-16/2020-11-20"),
        ("November 16-20, 2020", "2020-11-16/2020-11-20"), ("November 16th, 2020", "2020-11-16"), ("16 Nov 2020", "2020-11-16"),
        ("30 November – 2 December 2020", "2020-11-30/2020-12-02"), ("November 2020", "2020-11"), ("16/11/2020", "2020-11-16"),
        ("more than 50", ">50"), ("up to ten", "≤10"), ("twenty-five", "25"), ("a hundred", "100"), ("two thousand", "2000"),
        ("12-year-old", "12"), ("twelve years", "12"), ("aged 12 to 13", "12/13"), ("12–13 years", "12/13"), ("aged 14", "14"),
        ("€1.5 million", "1500000 EUR"), ("PLN 300", "300 PLN"), ("about £5", "~5 GBP"), ("20 per cent", "20%"), ("3rd", "3"),
        ("2 million", "2000000"), ("32 February 2020", "32|2020-02"),
    ],
)  # fmt: skip
def test_english_figures_have_one_value(text: str, value: str) -> None:
    assert "|".join(figure.value for figure in figures_of(f"It was {text}", "en")) == value


@pytest.mark.parametrize(
    "text",
    [
        "C3N",
        "EC3",
        "Link-2-Secure",
        "COVID-19",
        "5G",
        "https://a.pl/12/34",
        "a12@b34.pl",
        "#14",
        "jeden z nich",
        "",
        "30 lutego",
    ],
)
def test_names_with_digits_addresses_and_pronouns_are_no_figures(text: str) -> None:
    assert [figure.found for figure in figures_of(text, "pl") if text != "30 lutego" or figure.kind is Kind.DATE] == []


def test_an_unknown_language_is_read_as_english() -> None:
    assert told("vom 16 November 2020", "de") == [("16 November 2020", "2020-11-16")]


def test_a_sentence_does_not_end_at_an_abbreviation() -> None:
    figures = figures_of("Zatrzymano np. Jana i ok. 14 osób. Potem nic.\nDalej 8 ofiar", "pl")
    assert [figure.sentence for figure in figures] == ["Zatrzymano np. Jana i ok. 14 osób.", "Dalej 8 ofiar"]
