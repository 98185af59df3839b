from __future__ import annotations

import datetime as dt

import pytest
from django.core.validators import validate_slug

from campaigns.feeds.naming import marked, slug_for

DAY = dt.date(2026, 11, 23)
KEY = "0123456789abcdef" * 4


def slug(title: str, sensitivity: int = 0) -> tuple[str, bool]:
    made = slug_for(title=title, sensitivity=sensitivity, day=DAY, key=KEY)
    validate_slug(made[0])
    return made


def test_an_everyday_title_is_its_own_address() -> None:
    assert slug("Żółte światło dla SMS-ów od „banku”") == ("zolte-swiatlo-dla-sms-ow-od-banku", False)


def test_a_long_title_is_cut_after_a_word() -> None:
    assert slug("Słowo " * 20) == ("-".join(["slowo"] * 7), False)
    assert slug("s" * 80) == ("s" * 43, False)


@pytest.mark.parametrize(
    "title", ["Szantaż intymnymi zdjęciami", "Child abuse ring stopped", "Wykorzystywanie dzieci", "CSAM"]
)
def test_a_title_that_tells_too_much_gets_a_neutral_address(title: str) -> None:
    assert slug(title) == ("news-2026-11-23-012345", True)


def test_from_level_two_on_every_address_is_neutral() -> None:
    assert slug("Passwords", 2) == ("news-2026-11-23-012345", False)
    assert slug("Passwords", 1) == ("passwords", False)


def test_a_title_without_latin_letters_gets_a_neutral_address_too() -> None:
    assert slug("Увага") == ("news-2026-11-23-012345", False)


def test_a_taken_address_gets_a_mark_and_still_fits() -> None:
    assert marked("passwords", KEY) == "passwords-0123456789ab"
    assert len(marked("s" * 50, KEY)) == 50
