from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from campaigns.calendar.models import ObservanceReminder
from campaigns.content.models import Campaign
from newsletter.editions.models import Edition
from tests.builders import a_newsletter
from tests.integration.admin.filled import filled
from tests.integration.calendar.conftest import an_own_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/newsletter/edition/calendar/"
PLAN = f"{CALENDAR}plan/"
YEAR = timezone.localdate().year + 1
INTERNET_DAY: dict[str, str | int] = {"observance": "safer-internet-day", "year": YEAR}


def said(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_one_click_makes_a_draft_and_lands_on_its_form(chief: Client) -> None:
    a_newsletter()
    answer = chief.post(PLAN, INTERNET_DAY, follow=True)
    edition = Edition.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("admin:newsletter_edition_change", args=[edition.pk])
    page = answer.content.decode()
    assert f"A draft for Safer Internet Day, {edition.dated.day} February {YEAR}." in page
    assert f"Safer Internet Day {YEAR}" in page
    assert LogEntry.objects.get().object_id == str(edition.pk)


def test_a_second_click_leads_to_the_same_draft(chief: Client) -> None:
    a_newsletter()
    chief.post(PLAN, INTERNET_DAY)
    page = chief.post(PLAN, INTERNET_DAY, follow=True).content.decode()
    assert "is planned already" in page
    assert Edition.objects.count() == 1
    month = said(chief, f"{CALENDAR}{YEAR}/2/")
    assert f" Safer Internet Day {YEAR}</span></button>" not in month
    assert 'data-state="planned">planned<' in month


def test_of_several_newsletters_one_is_chosen_first(chief: Client) -> None:
    one, other = a_newsletter(), a_newsletter("other")
    page = chief.post(PLAN, INTERNET_DAY)
    assert page.status_code == 200
    assert not Edition.objects.exists()
    chief.post(PLAN, INTERNET_DAY | {"newsletter": other.pk})
    assert Edition.objects.get().newsletter == other
    assert "planned already, open it" in chief.post(PLAN, INTERNET_DAY).content.decode()
    assert "Plan an edition" in said(chief, f"{CALENDAR}dates/safer-internet-day/")
    chief.post(PLAN, INTERNET_DAY | {"newsletter": one.pk})
    assert Edition.objects.count() == 2
    assert chief.post(PLAN, INTERNET_DAY | {"newsletter": "nonsense"}).status_code == 200


def test_without_a_newsletter_it_says_what_to_do_first(chief: Client) -> None:
    page = chief.post(PLAN, INTERNET_DAY).content.decode()
    assert "There is no newsletter yet." in page
    assert reverse("admin:newsletter_newsletter_add") in page


def test_a_date_that_is_over_leads_to_its_next_ones(chief: Client) -> None:
    a_newsletter()
    answer = chief.post(PLAN, {"observance": "safer-internet-day", "year": 2020}, follow=True)
    assert "is over. Plan for its next date." in answer.content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"observance": "nonsense", "year": "2027"},
        {"observance": "safer-internet-day"},
        {"observance": "safer-internet-day", "year": "1999"},
        {"observance": "safer-internet-day", "year": "20270"},
        {"observance": "safer-internet-day", "year": "9" * 5000},
        {"observance": "safer-internet-day", "year": "٢٠٢٧"},
        {"observance": "child-protection-un", "year": "2021"},
    ],
)
def test_a_date_that_never_comes_is_not_found(chief: Client, asked: dict[str, str]) -> None:
    a_newsletter()
    assert chief.post(PLAN, asked).status_code == 404
    assert not Edition.objects.exists()


def test_opening_the_buttons_address_changes_nothing(chief: Client) -> None:
    a_newsletter()
    answer = chief.get(PLAN, INTERNET_DAY, follow=True)
    assert "with the button beside a date" in answer.content.decode()
    assert not Edition.objects.exists()


def test_who_may_not_add_editions_sees_no_button_and_is_refused(staff: Callable[..., Client]) -> None:
    reader = staff("newsletter.view_edition")
    assert "wici-plan-button" not in said(reader, f"{CALENDAR}dates/safer-internet-day/")
    assert reader.post(PLAN, INTERNET_DAY).status_code == 403


def test_an_observances_page_tells_what_it_is_and_when_it_comes(chief: Client) -> None:
    Campaign.objects.create(
        slug="net",
        owner="We",
        official_url="https://example.org/",
        launched_on=timezone.localdate(),
        observance="safer-internet-day",
    )
    page = said(chief, f"{CALENDAR}dates/safer-internet-day/")
    for words in (
        "Tuesday between 5 February and 11 February",
        "Insafe/INHOPE",
        "2009",
        "international",
        ">net</a> · draft",
    ):
        assert words in page
    assert 'href="https://www.saferinternetday.org/"' in page
    assert chief.get(f"{CALENDAR}dates/nonsense/").status_code == 404


def test_a_campaign_is_tied_to_an_observance_by_its_name(chief: Client) -> None:
    row = an_own_date()
    campaign = Campaign.objects.create(
        slug="net", owner="We", official_url="https://example.org/", launched_on=timezone.localdate()
    )
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    page = said(chief, url)
    assert "Safer Internet Day</option>" in page
    assert f'value="{row.key}"' in page
    assert chief.post(url, filled(chief, url, observance="safer-internet-day")).status_code == 302
    campaign.refresh_from_db()
    assert campaign.observance == "safer-internet-day"
    assert chief.post(url, filled(chief, url, observance="nonsense")).context["adminform"].form.errors["observance"]


def test_an_own_dates_page_leads_to_where_it_is_changed(chief: Client) -> None:
    row = an_own_date("29 February", country="PL", topics=["gone"])
    page = said(chief, f"{CALENDAR}dates/{row.key}/")
    assert reverse("admin:campaigns_ownobservance_change", args=[row.pk]) in page
    assert "Poland" in page
    assert "gone" in page


def test_what_is_planned_stands_there_with_its_state(chief: Client) -> None:
    a_newsletter()
    chief.post(PLAN, INTERNET_DAY)
    edition = Edition.objects.get()
    page = said(chief, f"{CALENDAR}dates/safer-internet-day/")
    assert reverse("admin:edition_desk", args=[edition.pk]) in page
    assert "· draft" in page


def test_a_planned_date_whose_own_row_is_gone_is_still_said(chief: Client) -> None:
    a_newsletter()
    row = an_own_date("29 February")
    chief.post(PLAN, {"observance": row.key, "year": 2028})
    row.delete()
    page = said(chief, reverse("admin:newsletter_edition_change", args=[Edition.objects.get().pk]))
    assert "own-" in page


def test_staff_choose_when_they_are_reminded(chief: Client) -> None:
    place = f"{CALENDAR}dates/safer-internet-day/"
    assert "Saved." in chief.post(place, {"days": "45"}, follow=True).content.decode()
    row = ObservanceReminder.objects.get()
    assert (row.observance, row.days, row.muted) == ("safer-internet-day", 45, False)
    chief.post(place, {"days": "", "muted": "on"})
    row.refresh_from_db()
    assert (row.days, row.muted) == (None, True)


@pytest.mark.parametrize("days", ["0", "-3", "366", "soon"])
def test_a_lead_that_cannot_be_gets_a_sentence_and_stays_typed(chief: Client, days: str) -> None:
    page = chief.post(f"{CALENDAR}dates/safer-internet-day/", {"days": days, "muted": "on"})
    assert page.status_code == 200
    assert page.context["form"].errors["days"]
    assert f'value="{days}"' in page.content.decode()
    assert not ObservanceReminder.objects.exists()


def test_who_only_reads_changes_no_reminder(staff: Callable[..., Client]) -> None:
    reader = staff("newsletter.view_edition")
    assert reader.post(f"{CALENDAR}dates/safer-internet-day/", {"days": "3"}).status_code == 403
    assert not ObservanceReminder.objects.exists()
