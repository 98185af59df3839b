"""safeguarding.guessing: sure of a language, or silent."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.guessing import guessed, unmarked_sentences, wrong_language
from campaigns.safeguarding.reading import read_plain, read_rich

SENTENCES = {
    "pl": "Policja zatrzymała trzy osoby, które podszywały się pod pracowników banku, a teraz są w areszcie.",
    "en": "The police arrested three people who had posed as staff of a bank, and they are now in custody.",
    "de": "Die Polizei hat drei Personen festgenommen, die sich als Mitarbeiter einer Bank ausgegeben haben.",
    "fr": "La police a arrêté trois personnes qui se faisaient passer pour des employés de la banque dans une ville.",
    "uk": "Поліція затримала трьох осіб, які видавали себе за працівників банку, і вони тепер під вартою.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert guessed(SENTENCES[code]) == code


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Amber Alert",
        "Europol: Operation Horus, C3N, EC3, EMPACT, INHOPE, Interpol, Eurojust, CERT Polska",
        "Safer Internet Day 2027",
        "Anna Kowalska, Jan Nowak, John Smith, Mary Jones, Pierre Dupont, Hans Müller",
        "phishing smishing vishing ransomware malware spyware adware botnet",
        "The end",
    ],
)
def test_titles_names_and_lists_tell_nothing(words: str) -> None:
    assert guessed(words) is None


def test_words_under_their_own_language_are_right_whatever_the_region() -> None:
    assert wrong_language(read_plain(SENTENCES["en"]), language="en-GB") is None
    assert wrong_language(read_plain(SENTENCES["en"]), language="pl") == "en"


def test_quoted_and_marked_words_do_not_count() -> None:
    assert wrong_language(read_plain(f"Napisano: „{SENTENCES['en']}”"), language="pl") is None
    assert wrong_language(read_rich(f'<p lang="en">{SENTENCES["en"]}</p><p>Tak.</p>'), language="pl") is None


def test_a_sentence_in_another_language_is_found_unless_marked() -> None:
    mixed = read_plain(f"{SENTENCES['pl']} {SENTENCES['en']}")
    ((start, end, code),) = unmarked_sentences(mixed, language="pl")
    assert (mixed.text[start:end], code) == (SENTENCES["en"], "en")
    marked = read_rich(f'<p>{SENTENCES["pl"]}</p><p lang="en">{SENTENCES["en"]}</p>')
    assert unmarked_sentences(marked, language="pl") == []


def test_a_passage_marked_wrongly_is_found() -> None:
    marked = read_rich(f'<p>{SENTENCES["pl"]}</p><p lang="de">{SENTENCES["en"]}</p>')
    assert [code for _start, _end, code in unmarked_sentences(marked, language="pl")] == ["en"]
