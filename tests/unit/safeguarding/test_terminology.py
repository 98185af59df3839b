"""safeguarding.terminology: legacy terms are found in every inflection, fitting ones never (G1)."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.languages import data_of, languages_with
from campaigns.safeguarding.reading import read_rich
from campaigns.safeguarding.terminology import findings, fingerprint, rules_for

LEGACY = {
    "pl": [
        "Policja przejęła ponad tysiąc plików (pornografia dziecięca).",
        "Zatrzymano osoby posiadające pornografię dziecięcą.",
        "To walka z pornografią z udziałem dzieci.",
        "Ujęto groźnego pedofila.",
        "Problem prostytucji dziecięcej narasta.",
        "Ten seksturysta trafił do aresztu.",
        "Rośnie liczba spraw o sextortion.",
        "Oskarżony o seks z nieletnią.",
        "Działo się to za obopólną zgodą.",
        "Wyślij SMS na 799 448 084.",
        "Wyślij SMS na +48799448084.",
    ],
    "en": [
        "They seized child pornography.",
        "He shared kiddie porn.",
        "A child's pornography ring? No: children’s porn is no term either.",
        "The paedophile was arrested.",
        "A convicted pedophile.",
        "Help for child prostitutes.",
        "A child sex tourist.",
        "Sextortion is on the rise.",
        "A case of revenge porn.",
        "Accused of having sex with a minor.",
        "The contact was consensual.",
        "Text 799448084.",
    ],
}
FITTING = {
    "pl": [
        "Materiały przedstawiające seksualne wykorzystywanie dzieci zgłoś do Dyżurnet.pl.",
        "Wymuszenia seksualne wobec dzieci, zwane też sextortion, to przestępstwo.",
        "Dzieci i młodzież, rodzice, nauczyciele.",
        "Podejrzany SMS przekaż na 8080.",
    ],
    "en": [
        "Report child sexual abuse material.",
        "Online sexual coercion and extortion of children, also called sextortion, is a crime.",
        "Children, parents and teachers.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in LEGACY.items() for text in texts])
def test_findings_names_a_legacy_term_with_reason_and_replacement(language: str, text: str) -> None:
    found = findings(text, language=language)
    assert found
    assert all(each.reason and (each.instead or each.hint) and each.found in text for each in found)


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in FITTING.items() for text in texts])
def test_findings_leaves_fitting_words_alone(language: str, text: str) -> None:
    assert findings(text, language=language) == []


def test_a_term_is_found_across_line_ends_and_no_break_spaces() -> None:
    assert findings("pornografia\u00a0dziecięca", language="pl")
    assert findings("child\n  pornography", language="en")


def test_a_term_in_quotation_marks_is_shown_but_marked_as_quoted() -> None:
    (finding,) = findings("Dyrektywa mówi o „zwalczaniu pornografii dziecięcej”.", language="pl")
    assert finding.quoted


def test_findings_come_in_the_order_of_reading() -> None:
    found = findings("A paedophile shared child pornography.", language="en")
    assert [each.found for each in found] == ["paedophile", "child pornography"]


def test_a_language_without_rules_has_no_findings() -> None:
    assert findings("child pornography", language="el") == []


@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_a_rule_offers_instead_is_not_itself_a_finding(language: str) -> None:
    assert [words for rule in rules_for(language) for words in rule.instead if findings(words, language=language)] == []


SEED = (
    "Francja: aresztowanie 14 osób podejrzanych o wykorzystywanie seksualne dzieci w Internecie. Akcja francuskiej policji przy "
    "wsparciu EUROPOLU - 14 aresztowanych oraz przejętych 1,058 zdjęć (pornografia dziecięca). Podejrzani wykorzystywali portale "
    "społecznościowe, aby zbliżyć się do nieletnich w wieku od 12 do 13 lat i nakłonić ich do dzielenia się intymnymi zdjęciami. "
    "Podejrzani użytkownicy często zmieniali swoje pseudonimy (nicki), co utrudniało dochodzenie. Kampania przeciwko "
    "wymuszeniom seksualnym w Internecie i wymuszeniom na dzieciach."
)


def test_the_seed_article_raises_its_legacy_term_and_nothing_else() -> None:
    (finding,) = findings(SEED, language="pl", level=2)
    assert (finding.rule, finding.found, finding.blocking) == ("child-pornography", "pornografia dziecięca", True)
    assert SEED[finding.place : finding.end] == finding.found
    assert finding.sentence.startswith("Akcja francuskiej policji")
    assert finding.sentence.endswith("(pornografia dziecięca).")


@pytest.mark.parametrize(("level", "blocks"), [(0, False), (1, True), (2, True), (3, True)])
def test_a_term_blocks_above_level_0_and_is_advice_at_it(level: int, *, blocks: bool) -> None:
    (finding,) = findings("They seized child pornography.", language="en", level=level)
    assert finding.blocking is blocks


def test_a_number_out_of_use_blocks_at_every_level_and_advice_at_none() -> None:
    assert [finding.blocking for finding in findings("Text 799 448 084.", language="en", level=0)] == [True]
    assert [finding.blocking for finding in findings("A girl was raped.", language="en", level=3)] == [False]


def test_a_term_in_a_quoting_element_does_not_block() -> None:
    passage = read_rich("<p>It says <q>child pornography</q>, and child pornography is no term of ours.</p>")
    assert [finding.blocking for finding in findings(passage, language="en")] == [False, True]


def test_a_term_lying_within_another_is_said_once() -> None:
    assert [each.rule for each in findings("A child sex tourist.", language="en")] == ["sex-tourism"]
    assert [each.rule for each in findings("A client of underage prostitutes.", language="en")] == [
        "buyer",
        "child-prostitution",
    ]


def test_a_passage_marked_as_another_language_is_read_by_that_languages_rules() -> None:
    passage = read_rich('<p>Po angielsku mówi się <span lang="en">paedophile</span>, a także pedofil.</p>')
    assert [finding.found for finding in findings(passage, language="pl")] == ["paedophile", "pedofil"]
    assert "diagnosis" in findings(passage, language="pl")[0].reason


def test_a_term_that_may_not_stand_alone_is_looked_for_in_all_fields() -> None:
    assert findings("Sextortion is a crime.", language="en")
    assert findings("Sextortion is a crime.", language="en", whole="Online sexual extortion of children") == []


def test_statutes_and_organisations_keep_their_names_and_others_do_not() -> None:
    statute = "Directive 2011/93/EU on combating child pornography"
    assert findings(statute, language="en") == []
    assert [
        each.rule for each in findings("Under article 9 of the Cybercrime Convention a paedophile", language="en")
    ] == ["paedophile"]
    assert findings("The Revenge Porn Helpline helps adults.", language="en") == []


def test_a_denial_is_no_blame() -> None:
    assert findings("Seniorka nie dała się nabrać.", language="pl") == []
    assert [each.rule for each in findings("Seniorka dała się nabrać.", language="pl")] == ["blame"]


@pytest.mark.parametrize("language", languages_with("terms"))
def test_every_rule_says_why_and_what_instead(language: str) -> None:
    for rule in rules_for(language):
        assert rule.reason.endswith("."), rule.rule
        assert rule.instead or rule.hint, rule.rule


def test_a_fingerprint_tells_rules_apart() -> None:
    assert fingerprint("pl") != fingerprint("en")
    assert fingerprint("pl") == fingerprint("pl-PL")


def test_every_language_knows_the_same_rules() -> None:
    assert len({frozenset(rule.rule for rule in rules_for(language)) for language in languages_with("terms")}) == 1


@pytest.mark.parametrize("kind", ["terms", "identifying", "telling", "common"])
def test_our_languages_have_every_kind_of_data(kind: str) -> None:
    assert all(data_of(language, kind) for language in ("pl", "en"))
