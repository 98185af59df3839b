"""audience.words: every reader is told something, in a language there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.audience.words import words_of

if TYPE_CHECKING:
    from newsletter.editions.models import Newsletter

pytestmark = pytest.mark.django_db


def test_a_reader_is_told_in_their_language_or_in_the_newsletters_first(wici: Newsletter) -> None:
    assert words_of(newsletter=wici, language="en").consent_wording == "I agree: wici"
    assert words_of(newsletter=wici, language="de").consent_wording == "Zgadzam się: wici"


def test_a_newsletter_without_words_still_has_a_name_and_a_sender(wici: Newsletter) -> None:
    wici.texts.all().delete()
    words = words_of(newsletter=wici, language="en")
    assert (words.name, words.sender_name, words.consent_wording) == ("wici", "Wici", "")
