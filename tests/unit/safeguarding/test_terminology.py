"""safeguarding.terminology: legacy terms are found in every inflection, fitting ones never (G1)."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.terminology import findings, rules_for

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
    assert all(each.reason and each.instead and each.found in text for each in found)


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
