"""The labelled sentences: what the terminology rules reach, held to it (G1, G2)."""

from __future__ import annotations

import pytest

from tests.benchmarks import labelled, wording

LEAST = 150


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_the_set_is_large_and_half_of_it_is_ordinary_news(language: str) -> None:
    kinds = [sentence.kind for sentence in labelled.sentences(language)]
    assert len(kinds) >= LEAST
    assert kinds.count("ordinary") >= 75
    assert kinds.count("found") >= 75


@pytest.mark.parametrize("language", labelled.LANGUAGES)
@pytest.mark.parametrize("held", [False, True])
def test_everything_labelled_is_found_and_nothing_else(language: str, *, held: bool) -> None:
    score = labelled.scores(language, held=held)[""]
    assert (dict(score.wrong), dict(score.missed)) == ({}, {})
    assert (score.precision, score.recall) == (1, 1)


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_ordinary_news_raises_nothing_even_at_the_highest_level(language: str) -> None:
    ordinary = [*labelled.sentences(language), *labelled.fresh(language)]
    raised = {each.words: labelled.raised(each) for each in ordinary if each.kind == "ordinary"}
    assert {words: rules for words, rules in raised.items() if rules} == {}


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_sentences_written_later_stay_found(language: str) -> None:
    score = labelled.scores_of(labelled.fresh(language))[""]
    assert score.precision == 1
    assert score.recall >= 0.9


def test_a_score_of_nothing_is_perfect() -> None:
    assert (labelled.Score().precision, labelled.Score().recall) == (1, 1)


def test_the_bench_prints_every_rule_of_every_language() -> None:
    table = wording.as_table()
    figures = wording.figures()
    for language in labelled.LANGUAGES:
        assert f"WORDING, {language}" in table
        assert {"all", "held back", "fresh", "blame", "could-identify"} <= set(figures[language])
    assert "could-identify" in table
