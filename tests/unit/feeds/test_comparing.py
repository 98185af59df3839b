from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from campaigns.feeds.comparing import ALIKE, alike, packed, shingles, unpacked

STORIES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "reports.yaml").read_text())
words = st.lists(
    st.sampled_from(
        ["bank", "hasło", "konto", "link", "paczka", "policja", "sms", "strona", "telefon", "żółw", "kod", "14"]
    ),
    max_size=30,
)


def pairs(chosen: str, language: str) -> list[tuple[bool, float]]:
    """Whether two reports tell one story, and how alike they are, for every pair of the set."""
    stories = [each["reports"] for each in STORIES if (each["set"], each["language"]) == (chosen, language)]
    reports = [(number, shingles(*each)) for number, story in enumerate(stories) for each in story]
    return [(one == other, alike(a, b)) for (one, a), (other, b) in itertools.combinations(reports, 2)]


def figures(chosen: str, language: str) -> tuple[int, int, int, int]:
    """Pairs, pairs of one story, pairs found alike, and how many of those are right."""
    labelled = pairs(chosen, language)
    found = [same for same, score in labelled if score >= ALIKE]
    return len(labelled), sum(same for same, _score in labelled), len(found), sum(found)


def test_reports_of_one_story_are_told_from_those_of_another() -> None:
    assert {(chosen, language): figures(chosen, language) for chosen in "ab" for language in ("pl", "en")} == {
        ("a", "pl"): (136, 8, 8, 8),
        ("a", "en"): (45, 5, 5, 5),
        ("b", "pl"): (105, 7, 7, 7),
        ("b", "en"): (55, 5, 6, 5),  # two warnings of the same pattern without a number in them
    }


def test_numbers_tell_warnings_of_one_pattern_apart() -> None:
    def weekly(number: int) -> frozenset[int]:
        lead = f"W minionym tygodniu przyjęliśmy {number} zgłoszeń o fałszywych stronach banków w 2026 roku"
        return shingles("Przegląd tygodnia w cyberprzestrzeni", lead)

    assert alike(weekly(1240), weekly(1312)) < ALIKE < alike(weekly(1240), weekly(1240))
    assert alike(weekly(2024), weekly(2025)) > alike(weekly(1240), weekly(1312)), "years say nothing"


@given(words, words)
def test_likeness_is_symmetric_and_between_nothing_and_all(one: list[str], other: list[str]) -> None:
    a, b = shingles(" ".join(one), ""), shingles("", " ".join(other))
    assert 0 <= alike(a, b) == alike(b, a) <= 1
    assert unpacked(packed(a)) == a


@given(
    st.permutations(
        ["Policja ostrzega przed nowym oszustwem na dopłatę", "Nie klikaj w link i nie podawaj kodu nikomu"]
    )
)
def test_case_accents_and_short_words_do_not_count(texts: list[str]) -> None:
    other = [text.upper().replace("Ę", "E").replace("Ł", "L").replace(" W ", " ").replace(" I ", " ") for text in texts]
    assert alike(shingles(*texts), shingles(*other)) == 1


def test_a_few_words_make_no_story() -> None:
    assert shingles("Two words", "") == frozenset()
    assert alike(frozenset(), frozenset()) == 0
    assert alike(shingles("Uwaga na fałszywe SMS-y", ""), shingles("Uwaga na fałszywe SMS-y", "")) == 0
