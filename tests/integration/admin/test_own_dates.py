from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from campaigns.admin.calendar_rules import put_together, taken_apart
from campaigns.calendar.models import OwnObservance
from campaigns.content.models import Topic
from tests.integration.admin.filled import filled
from tests.integration.calendar.conftest import an_own_date

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/ownobservance/add/"
DAY = {"name_en": "Our day", "shape": "fixed", "day": "3", "month": "5"}
RULES = [
    "28 January",
    "29 February",
    "first Thursday of May",
    "last Friday of October",
    "Tuesday in 5 February – 11 February",
    "day after fourth Thursday of November",
    "2 days after 1 May",
    "3 days after Tuesday in 5 February – 11 February",
    "1 October – 31 October",
    "week from Sunday holding 17 November",
    "week from Sunday holding third Sunday of November",
]


def entered(client: Client, **changes: Any) -> Any:
    return client.post(ADD, filled(client, ADD, **{**DAY, **changes}))


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200
    return dict(page.context["adminform"].form.errors)


def test_a_day_of_the_organisations_own_is_entered_and_stands_in_the_calendar(chief: Client) -> None:
    Topic.objects.create(slug="own-topic")
    assert entered(chief, topics=["own-topic", "data"], country="pl", organiser="We", since="2020").status_code == 302
    row = OwnObservance.objects.get()
    assert (row.rule, row.country, row.topics, row.since) == ("3 May", "PL", ["own-topic", "data"], 2020)
    assert "Our day" in chief.get("/admin/newsletter/edition/calendar/2027/5/").content.decode()
    listed = chief.get("/admin/campaigns/ownobservance/").content.decode()
    assert "3 May" in listed
    assert "Our day" in listed


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_taken_apart_and_put_together_again(chief: Client, rule: str) -> None:
    assert str(put_together({"later": None} | taken_apart(rule))) == rule
    row = an_own_date(rule)
    url = f"/admin/campaigns/ownobservance/{row.pk}/change/"
    assert chief.post(url, filled(chief, url, name_en="Renamed")).status_code == 302
    row.refresh_from_db()
    assert row.rule == rule
    assert row.texts.get().name == "Renamed"


@pytest.mark.parametrize(
    "rule",
    [
        "Easter",
        "week from Monday holding third Sunday of November",
        "day after day after 1 May",
        "week from Monday holding day after 1 May",
    ],
)
def test_a_rule_that_no_field_can_say_leaves_the_fields_empty(chief: Client, rule: str) -> None:
    row = an_own_date(rule)
    assert taken_apart(rule) == {}
    page = chief.get(f"/admin/campaigns/ownobservance/{row.pk}/change/")
    assert page.status_code == 200
    assert chief.get("/admin/campaigns/ownobservance/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"day": "31", "month": "2"}, "day", "31 February never comes. Choose a day that February has."),
        ({"day": "32"}, "day", "31"),
        ({"day": "three"}, "day", "whole number"),
        ({"day": ""}, "day", "Fill this in too"),
        ({"month": "13"}, "month", "13"),
        ({"shape": "nonsense"}, "shape", "nonsense"),
        ({"shape": "nth", "weekday": "0"}, "nth", "Fill this in too"),
        ({"shape": "span", "last_day": "31", "last_month": "4"}, "last_day", "31 April never comes"),
        ({"shape": "within", "weekday": "1", "last_day": "11", "last_month": "5"}, "last_day", "exactly seven days"),
        ({"later": "400"}, "later", "366"),
        ({"since": "1066"}, "since", "1970"),
        ({"country": "Poland"}, "country", ""),
        ({"country": "1!"}, "country", "two capital letters"),
        ({"name_en": ""}, "name_pl", "Write its name in at least one language."),
        ({"topics": ["nonsense"]}, "topics", "nonsense"),
        ({"official_url": "javascript:alert(1)"}, "official_url", ""),
    ],
)
def test_what_cannot_be_gets_a_sentence_at_its_field_and_nothing_typed_is_lost(
    chief: Client, changes: dict[str, Any], field: str, sentence: str
) -> None:
    page = entered(chief, organiser="Typed before", **changes)
    assert sentence in " ".join(errors(page)[field])
    assert "Typed before" in page.content.decode()
    assert not OwnObservance.objects.exists()


def test_a_topic_that_was_deleted_stays_chosen_until_somebody_takes_it_out(chief: Client) -> None:
    row = an_own_date(topics=["gone"])
    page = chief.get(f"/admin/campaigns/ownobservance/{row.pk}/change/").content.decode()
    assert "gone (deleted)" in page


def test_the_form_shows_the_days_on_which_it_comes_next(chief: Client) -> None:
    row = an_own_date("29 February")
    assert "29 February 2028" in chief.get(f"/admin/campaigns/ownobservance/{row.pk}/change/").content.decode()


def test_who_may_only_look_sees_it_without_fields(staff: Any) -> None:
    row = an_own_date()
    page = staff("campaigns.view_ownobservance").get(f"/admin/campaigns/ownobservance/{row.pk}/change/")
    assert page.status_code == 200
    assert 'name="day"' not in page.content.decode()


def test_two_hundred_of_them_cost_few_queries(chief: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(200):
        an_own_date(name=f"Date {n}")
    with django_assert_max_num_queries(16):
        assert chief.get("/admin/campaigns/ownobservance/").status_code == 200
