"""The directory: who is printed for whom, and in which order."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from campaigns.helplines import directory
from campaigns.helplines.models import Audience, Helpline, HelplineText, Kind
from tests.builders import NOON, a_helpline

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def found(**changes: Any) -> Sequence[directory.Entry]:
    asked: dict[str, Any] = {"country": "PL", "language": "pl", "sensitivity": 1, "today": TODAY}
    return directory.for_reader(**(asked | changes))


def slugs(**changes: Any) -> list[str]:
    return [entry.helpline.slug for entry in found(**changes)]


def one_of_each_kind() -> None:
    for kind in Kind:
        a_helpline(f"pl-{kind}")
        Helpline.objects.filter(slug=f"pl-{kind}").update(kind=kind)


def test_an_audience_gets_its_own_lines_first_and_then_those_for_anyone() -> None:
    for slug, audience in (("pl-anyone", Audience.ANYONE), ("pl-children", Audience.CHILDREN)):
        a_helpline(slug)
        Helpline.objects.filter(slug=slug).update(audience=audience)
    assert slugs(audience=Audience.CHILDREN) == ["pl-children", "pl-anyone"]
    assert slugs() == ["pl-anyone", "pl-children"]
    assert slugs(audience=Audience.ADULTS) == ["pl-anyone"]


def test_where_nothing_upsets_who_takes_reports_comes_first() -> None:
    one_of_each_kind()
    assert slugs(sensitivity=0) == ["pl-fraud", "pl-report", "pl-help", "pl-remove", "pl-emergency"]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_from_level_1_on_who_listens_comes_first_and_then_who_comes_at_once(level: int) -> None:
    one_of_each_kind()
    assert slugs(sensitivity=level) == ["pl-help", "pl-emergency", "pl-report", "pl-remove", "pl-fraud"]


def test_who_answers_in_the_readers_language_comes_before_who_does_not() -> None:
    a_helpline("pl-a")
    a_helpline("pl-b")
    Helpline.objects.filter(slug="pl-b").update(spoken_languages=["pl", "en"])
    assert slugs(language="pl") == ["pl-a", "pl-b"]
    assert slugs(language="en") == ["pl-b", "pl-a"]
    assert [entry.understands for entry in found(language="en")] == [True, False]
    with translation.override("en"):
        assert found(language="en")[0].speaks == ["Polish", "English"]


def test_an_entry_without_words_in_the_readers_language_is_not_shown() -> None:
    a_helpline()
    HelplineText.objects.filter(language="en").delete()
    assert (slugs(language="pl"), slugs(language="en")) == (["pl-listening"], [])


def test_an_entry_that_changed_under_the_table_is_not_what_was_checked_and_is_not_printed() -> None:
    line = a_helpline()
    Helpline.objects.filter(pk=line.pk).update(checked_as="0" * 64)
    assert slugs() == []


def test_links_are_dialable_and_a_web_page_is_called_by_its_host() -> None:
    a_helpline()
    Helpline.objects.update(sms="80 0 12", web_url="https://www.listening.example.org/help")
    (entry,) = found(language="en")
    assert (entry.tel, entry.sms, entry.web_host) == ("tel:116111", "sms:80012", "listening.example.org")
    Helpline.objects.update(sms="", phone="")
    (entry,) = found(language="en")
    assert (entry.tel, entry.sms) == ("", "")


def test_hours_and_cost_are_said_by_choice_and_by_words() -> None:
    line = a_helpline()
    Helpline.objects.filter(pk=line.pk).update(round_the_clock=True, on_holidays="same", charge="free")
    HelplineText.objects.update(hours="Long queues at night", cost="Also from abroad")
    with translation.override("en"):
        (entry,) = found(language="en")
        assert entry.hours == ["day and night, also on public holidays", "Long queues at night"]
        assert entry.cost == ["free of charge", "Also from abroad"]


def test_it_costs_three_queries_however_many_entries_there_are(django_assert_num_queries: Any) -> None:
    for number in range(12):
        a_helpline(f"pl-{number}")
    with django_assert_num_queries(3):
        assert [len(entry.hours) for entry in found()] == [1] * 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"review_by": TODAY + dt.timedelta(days=181)},
        {"review_by": TODAY - dt.timedelta(days=1)},
        {"review_by": None},
        {"source_url": ""},
        {"phone": "", "web_url": ""},
    ],
)
def test_the_database_refuses_a_promise_that_the_directory_may_not_make(wrong: dict[str, Any]) -> None:
    line = a_helpline()
    rows = Helpline.objects.filter(pk=line.pk)
    rows.update(verified_on=TODAY, review_by=TODAY + dt.timedelta(days=180))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**wrong)
