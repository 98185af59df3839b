from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.content.models import Campaign, State, Topic
from newsletter.delivery.launching import launch
from newsletter.editions.models import Edition
from tests.builders import NOON, a_newsletter, an_approved_edition
from tests.integration.calendar.conftest import an_own_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/newsletter/edition/calendar/"
YEAR = timezone.localdate().year + 1


def text(client: Client, url: str, **query: str) -> str:
    page = client.get(url, query)
    assert page.status_code == 200
    return page.content.decode()


def test_it_opens_on_the_month_of_today(chief: Client) -> None:
    today = timezone.localdate()
    assert chief.get(CALENDAR)["Location"] == f"{CALENDAR}{today.year}/{today.month}/"
    assert 'aria-current="date"' in text(chief, f"{CALENDAR}{today.year}/{today.month}/")


def test_a_month_is_a_table_of_weeks_with_what_lies_on_each_day(chief: Client) -> None:
    page = text(chief, f"{CALENDAR}2027/2/")
    assert "February 2027" in page
    assert page.count('<th scope="col">') == 7
    day = re.search(r'<time datetime="2027-02-09">.*?</td>', page, re.DOTALL)
    assert day is not None
    assert "Safer Internet Day" in day[0]
    assert f'href="{CALENDAR}dates/safer-internet-day/"' in day[0]
    assert f'href="{CALENDAR}2027/1/"' in page
    assert f'href="{CALENDAR}2027/3/"' in page


def test_a_month_speaks_the_readers_language(chief: Client) -> None:
    chief.cookies["django_language"] = "pl"
    page = text(chief, f"{CALENDAR}2027/2/")
    assert "Luty 2027" in page
    assert "Dzień Bezpiecznego Internetu" in page


def test_what_lasts_is_told_once_above_and_marked_where_it_begins_and_ends(chief: Client) -> None:
    page = text(chief, f"{CALENDAR}2026/10/")
    assert "Over many days" in page
    assert page.count(">European Cybersecurity Month</a>") == 3
    assert "begins" in page
    assert "last day" in page


def test_a_few_days_are_told_on_each(chief: Client) -> None:
    an_own_date("5 May – 7 May", "Days of ours")
    page = text(chief, f"{CALENDAR}2027/5/")
    assert page.count(">Days of ours</a>") == 3
    assert "goes on" in page


def test_campaigns_editions_and_mailings_lie_beside_them_with_states_in_words(chief: Client) -> None:
    Campaign.objects.create(
        slug="winter",
        owner="We",
        official_url="https://example.org/",
        launched_on=dt.date(2026, 11, 2),
        state=State.IN_REVIEW,
    )
    mailing = launch(edition=an_approved_edition(), now=NOON, due_at=NOON + dt.timedelta(days=3))
    page = text(chief, f"{CALENDAR}2026/11/")
    assert "in review" in page
    assert "no last day" in page
    assert "scheduled, 13:00" in page
    assert reverse("admin:newsletter_mailing_change", args=[mailing.pk]) in page
    assert reverse("admin:edition_desk", args=[mailing.edition_id]) in page


def test_a_year_shows_its_months_and_what_began_before(chief: Client) -> None:
    Campaign.objects.create(
        slug="older", owner="We", official_url="https://example.org/", launched_on=dt.date(2017, 6, 19)
    )
    page = text(chief, f"{CALENDAR}2027/")
    assert page.count('class="wici-year-month"') == 12
    assert "Begun before this year" in page
    assert "25 November – 10 December" in page
    assert f'href="{CALENDAR}2026/"' in page


def test_a_topic_and_a_country_narrow_it_and_are_kept_from_page_to_page(chief: Client) -> None:
    Topic.objects.create(slug="nothing-of-it")
    page = text(chief, f"{CALENDAR}2027/", topic="passwords", country="international")
    assert "World Password Day" in page
    assert "Safer Internet Day" not in page
    assert f"{CALENDAR}2028/?topic=passwords&amp;country=international" in page
    assert "Show all" in page
    assert "Nothing fits this choice here" in text(chief, f"{CALENDAR}2027/", topic="nothing-of-it")
    assert "Safer Internet Day" in text(chief, f"{CALENDAR}2027/", topic="nonsense", country="XX", other="1")


def test_a_month_with_nothing_says_so(chief: Client) -> None:
    assert "Nothing is marked, planned or sent here." in text(chief, f"{CALENDAR}2027/8/")


@pytest.mark.parametrize(
    "place",
    ["2026/13/", "2026/0/", "0/", "0/1/", "99999/", "1969/12/", "2200/", "twenty/", "2026/%D9%A3/", "-1/", "2026/x/"],
)
def test_a_month_or_year_that_never_was_gets_a_sentence(chief: Client, place: str) -> None:
    page = chief.get(CALENDAR + place)
    assert page.status_code == 404
    assert "The calendar reaches from 1970 to 2199" in page.content.decode()


def test_the_first_and_the_last_month_lead_no_further(chief: Client) -> None:
    assert 'rel="prev"' not in text(chief, f"{CALENDAR}1970/1/")
    assert 'rel="next"' not in text(chief, f"{CALENDAR}2199/12/")
    assert 'rel="prev"' not in text(chief, f"{CALENDAR}1970/")
    assert 'rel="next"' not in text(chief, f"{CALENDAR}2199/")


def test_each_sees_what_they_may(staff: Callable[..., Client]) -> None:
    edition = an_approved_edition()
    launch(edition=edition, now=NOON)
    reader = staff("campaigns.view_newsitem")
    page = text(reader, f"{CALENDAR}2026/11/")
    assert str(edition) not in page
    assert "Plan an edition" not in text(reader, f"{CALENDAR}{YEAR}/")
    assert "Awareness calendar" in text(reader, "/admin/")
    assert "Next dates" in text(reader, "/admin/")


def test_it_is_closed_to_staff_without_permission_and_to_strangers(
    staff: Callable[..., Client], client: Client
) -> None:
    nobody = staff()
    for place in ("", "2027/", "2027/2/", "dates/black-friday/", "follow/"):
        assert nobody.get(CALENDAR + place).status_code == 403
        assert client.get(CALENDAR + place)["Location"].startswith("/admin/login/")
    for place in ("plan/", "follow/new/", "follow/close/", "follow/wishes/", "dates/black-friday/"):
        assert nobody.post(CALENDAR + place).status_code == 403
    assert "Next dates" not in text(nobody, "/admin/")
    assert "Awareness calendar" not in text(nobody, "/admin/")


def test_the_overview_shows_the_next_sixty_days_and_how_many_more(chief: Client) -> None:
    today = timezone.localdate()
    for n in range(8):
        day = today + dt.timedelta(days=n + 1)
        an_own_date(f"{min(day.day, 28)} {day:%B}", f"Date {n}")
    page = text(chief, "/admin/")
    assert "more in sixty days" in page
    assert "Plan an edition" in page


def test_ten_thousand_editions_elsewhere_cost_a_month_nothing(
    chief: Client, django_assert_max_num_queries: Any
) -> None:
    newsletter = a_newsletter()
    Edition.objects.bulk_create(
        Edition(newsletter=newsletter, slug=f"e-{n}", code=f"E-{n}", dated=dt.date(2000, 1, 1) + dt.timedelta(days=n))
        for n in range(10_000)
    )
    for n in range(20):
        an_own_date("9 February", f"Date {n}")
    for place in ("2027/2/", "2027/", "2001/1/", "2001/"):
        with django_assert_max_num_queries(20):
            assert chief.get(CALENDAR + place).status_code == 200
