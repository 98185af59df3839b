"""The steps that protect, in their order (G6)."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from campaigns.safeguarding.first_steps import steps_for


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("pl", [r"nie wysyłaj i nie płać", r"pomoc", r"dowody", r"Przerwij.*zablokuj", r"Zgłoś"]),
        ("en", [r"Send nothing.*pay nothing", r"Get help", r"evidence", r"Stop.*block", r"Report"]),
    ],
)
def test_the_five_steps_stand_in_the_order_that_protects(language: str, order: list[str]) -> None:
    with translation.override(language):
        titles = [str(step.title) for step in steps_for(1)]
    assert len(titles) == len(order)
    assert [part for part, title in zip(order, titles, strict=True) if not re.search(part, title)] == []


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_sentence_is_short(language: str) -> None:
    with translation.override(language):
        texts = [str(step.text) for step in steps_for(3)]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.:])\s", text)]
    assert max(len(sentence.split()) for sentence in sentences) <= 20


def test_evidence_is_kept_without_copying_what_harms() -> None:
    with translation.override("en"):
        evidence = str(steps_for(1)[2].text)
    assert all(word in evidence for word in ("chats", "names", "links", "account ids"))
    assert "never copy or pass on sexual images of a child" in evidence


def test_an_everyday_text_shows_none() -> None:
    assert steps_for(0) == ()
