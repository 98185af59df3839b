"""The help page: countries to choose from, people first, and "now" only where it is true."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from campaigns.helplines.models import Helpline, HelplineHours, HelplineText
from tests import public_site as builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/en/help/") -> str:
    return " ".join(client.get(address).content.decode().split())


def a_line(**facts: Any) -> Helpline:
    return builders.helpline(now=timezone.now(), **facts)


def test_entries_stand_under_what_a_reader_can_do_there(client: Client) -> None:
    for kind in ("fraud", "remove", "report", "emergency", "help"):
        a_line(slug=kind, kind=kind)
    headings = re.findall(r'<h2 class="kind">(.*?)</h2>', page(client))
    assert headings == [
        "People who listen and help",
        "In danger right now",
        "Report a crime or illegal content",
        "Have pictures taken down",
        "Report a scam",
    ]


def test_everything_the_directory_knows_is_said(client: Client) -> None:
    a_line(
        sms="8080", chat_url="https://chat.example.org/?a=1&b=2", charge="free", audience="children",
        spoken_languages=["pl", "uk"], round_the_clock=True, on_holidays="same",
    )  # fmt: skip
    HelplineText.objects.update(accessibility="A chat for the deaf.", hours="")
    html = page(client)
    for words in (
        'href="tel:116111"', 'href="sms:8080"', 'href="https://chat.example.org/?a=1&amp;b=2"', "Open now",
        "Day and night, also on public holidays", "free of charge", "Languages: Polish, Ukrainian",
        "A chat for the deaf.", "For: children and young people", "checked on",
    ):  # fmt: skip
        assert words in html


def test_a_closed_line_says_when_it_opens(client: Client) -> None:
    line = a_line()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    HelplineHours.objects.create(
        helpline=line, first_day=tomorrow.weekday(), last_day=tomorrow.weekday(), opens=dt.time(9), closes=dt.time(10)
    )
    assert "Closed now. Next: tomorrow, 09:00" in page(client)
    assert "Teraz nieczynne. Najbliżej: jutro, 09:00" in page(client, "/pl/help/")


def test_a_country_is_chosen_by_name_and_stands_in_the_address_only(client: Client) -> None:
    a_line()
    a_line(slug="nummer", country="DE", phone="333 333")
    answer = client.get("/en/help/?country=DE")
    html = answer.content.decode()
    assert '<option value="DE" selected>Germany</option>' in html
    assert '<option value="PL">Poland</option>' in html
    assert not answer.cookies
    assert "333 333" in html


def test_a_country_whose_entries_nobody_checked_shows_no_number_and_none_of_its_neighbours(client: Client) -> None:
    a_line()
    a_line(slug="nummer", country="DE", phone="333 333", verified_on=None, review_by=None)
    html = page(client, "/en/help/?country=DE")
    assert "Help: Germany" in html
    assert "we print none" in html
    assert "tel:" not in html


def test_the_page_costs_the_same_with_many_entries(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        a_line(slug=f"line-{number}")
    with django_assert_max_num_queries(6):
        assert page(client).count("tel:116111") == 40
