"""helplines.dialling, languages and countries: what is taken, and what it is called."""

from __future__ import annotations

import zoneinfo
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from campaigns.helplines import dialling
from campaigns.helplines.countries import COUNTRIES, by_name, known_zone, name_of, zone_of
from campaigns.helplines.languages import NAMES, LanguagesField, known_languages, names_of
from campaigns.helplines.models import Helpline


@pytest.mark.parametrize("number", ["1", "1" * 16, "+", " ", "112 ", "1  2", "11a", "112\n", "++48", "48+22"])
def test_what_no_telephone_dials_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        dialling.dialable(number)


@pytest.mark.parametrize(
    ("typed", "read", "dialled"),
    [
        ("116 111", "116 111", "tel:116111"),
        ("800-12-12-12", "800 12 12 12", "tel:800121212"),
        ("+48 (22) 123.45/67", "+48 22 123 45 67", "tel:+48221234567"),
        ("", "", ""),
    ],
)
def test_a_number_is_read_in_groups_and_dialled_in_digits(typed: str, read: str, dialled: str) -> None:
    assert (dialling.tidy(typed), dialling.tel(read)) == (read, dialled)
    assert dialling.sms(read) == dialled.replace("tel:", "sms:")


def test_languages_are_a_closed_list_each_named_once() -> None:
    known_languages(["pl", "uk"])
    for wrong in (["xx"], ["pl", "pl"]):
        with pytest.raises(ValidationError):
            known_languages(wrong)


def test_languages_are_called_by_their_names() -> None:
    with translation.override("pl"):
        assert names_of(["pl", "uk", "xx"]) == ["polski", "ukraiński", "xx"]


def test_the_field_keeps_a_list_as_words() -> None:
    field = LanguagesField()
    assert field.to_python("pl uk") == field.to_python(["pl", "uk"]) == ["pl", "uk"]
    assert (field.from_db_value(None), field.from_db_value("pl"), field.get_prep_value(["pl", "uk"])) == (
        [], ["pl"], "pl uk",
    )  # fmt: skip
    facts: dict[str, Any] = {"spoken_languages": ["pl", "uk"]}
    line = Helpline(**facts)
    stored = Helpline._meta.get_field("spoken_languages")  # noqa: SLF001 (Django's documented model API)
    assert stored.value_to_string(line) == "pl uk"
    chosen = stored.formfield()
    assert {code for code, _name in chosen.choices} == set(NAMES)
    assert chosen.clean(["pl"]) == ["pl"]


def test_every_country_has_a_name_and_a_clock() -> None:
    assert {zone for _name, zone in COUNTRIES.values()} <= zoneinfo.available_timezones()
    assert (name_of("XX"), zone_of("XX")) == ("XX", "")
    with translation.override("pl"):
        assert by_name()[0] == ("AL", "Albania")
        assert (str(name_of("DE")), zone_of("DE")) == ("Niemcy", "Europe/Berlin")


def test_a_zone_that_does_not_exist_is_refused() -> None:
    known_zone("Europe/Warsaw")
    with pytest.raises(ValidationError):
        known_zone("Warsaw")
