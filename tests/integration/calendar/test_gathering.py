from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from campaigns.calendar import gathering
from campaigns.calendar.models import OwnObservance
from campaigns.calendar.observances import all_observances
from tests.integration.calendar.conftest import an_own_date

pytestmark = pytest.mark.django_db


def test_staffs_own_dates_stand_beside_those_of_the_data_file() -> None:
    row = an_own_date("first Monday of June", country="PL", topics=["data"], organiser="We", since=2020)
    found = gathering.find(row.key)
    assert found is not None
    assert found.name("en") == "Our anniversary"
    assert (found.country, found.topics, found.organiser, found.since, found.own) == (
        "PL",
        ("data",),
        "We",
        2020,
        row.pk,
    )
    assert [each.key for each in gathering.everything()] == [*(each.key for each in all_observances()), row.key]


def test_an_observance_of_the_data_file_is_found_without_asking_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert gathering.find("safer-internet-day") is not None


def test_a_key_that_nobody_knows_finds_nothing() -> None:
    assert gathering.find("own-404") is None
    assert gathering.find("") is None


def test_a_rule_written_past_the_form_is_left_out_and_harms_no_other() -> None:
    broken, whole = an_own_date("31 February"), an_own_date("3 May")
    assert [each.own for each in gathering.own()] == [whole.pk]
    assert gathering.as_observance(broken) is None


def test_any_number_of_own_dates_costs_two_queries(django_assert_num_queries: Any) -> None:
    for _n in range(20):
        an_own_date()
    with django_assert_num_queries(2):
        assert len(gathering.own()) == 20


def test_a_date_is_called_by_its_name_in_the_readers_language_else_by_its_rule() -> None:
    row = an_own_date()
    assert str(row) == "3 May"
    row = OwnObservance.objects.prefetch_related("texts").get()
    with override("pl"):
        assert str(row) == "Our anniversary"
    assert str(row.texts.get()) == "Our anniversary"


def test_a_rule_that_is_none_is_refused_with_a_sentence() -> None:
    row = OwnObservance(rule="31 February")
    with override("en"), pytest.raises(ValidationError) as caught:
        row.full_clean()
    assert caught.value.message_dict["rule"] == ["31 February never comes. Choose a day that February has."]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_choices_name_everything_in_the_readers_language(language: str) -> None:
    row = an_own_date()
    with override(language):
        pairs = gathering.choices()
    assert {key for key, _name in pairs} == {row.key, *(each.key for each in all_observances())}
    assert [name for _key, name in pairs] == sorted((name for _key, name in pairs), key=str.casefold)
