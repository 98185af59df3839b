from __future__ import annotations

import pytest
from django.utils import translation

from newsletter.delivery import sentences


@pytest.fixture(autouse=True)
def _polish_reader() -> object:
    with translation.override("pl"):
        yield


@pytest.mark.parametrize("sentence", sentences.OURS)
def test_a_sentence_of_ours_is_said_in_the_readers_language(sentence: str) -> None:
    assert sentences.said(text=sentence) != sentence


def test_what_fills_its_slots_stays() -> None:
    assert sentences.said(text=sentences.TOO_LARGE % {"number": 10240}) == "Serwer przyjmuje najwyżej 10240 B."
    reason = {"reason": "self-signed certificate"}
    said = sentences.said(text=sentences.BAD_CERTIFICATE % reason)
    assert said == "Certyfikat serwera nie budzi zaufania: self-signed certificate."


def test_a_sentence_of_ours_inside_another_is_said_too() -> None:
    slots = {"host": "mx.example.org", "reply": sentences.SILENT.rstrip("."), "time": "14:05"}
    said = sentences.said(text=sentences.NO_MAIL_NOW % slots)
    assert said.startswith("Serwer poczty mx.example.org nie przyjmuje teraz od nas wiadomości")
    assert "in time" not in said
    assert said.endswith("14:05.")


def test_a_server_that_waits_is_told_with_its_own_words() -> None:
    slots = {"host": "mx.example.org", "reply": "421 4.7.0 not today", "time": "14:05"}
    assert "421 4.7.0 not today" in sentences.said(text=sentences.NO_MAIL_NOW % slots)


@pytest.mark.parametrize("words", ["", "Sent", "mailbox unavailable", "The server takes at most no bytes."])
def test_a_servers_own_words_stay_as_they_are(words: str) -> None:
    assert sentences.said(text=words) == words
