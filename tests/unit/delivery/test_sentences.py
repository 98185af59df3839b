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


@pytest.mark.parametrize("words", ["", "Sent", "mailbox unavailable", "The server takes at most no bytes."])
def test_a_servers_own_words_stay_as_they_are(words: str) -> None:
    assert sentences.said(text=words) == words
