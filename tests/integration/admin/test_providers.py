"""The pages of receiving providers and warm-ups."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery.receivers import Provider
from newsletter.delivery.warming import WarmUp
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/provider/"


def stopped(key: str, **ago: float) -> Provider:
    until = timezone.now() - dt.timedelta(**ago)
    why = "Gmail (Google) gets no mail until 13:40: It was too much mail from us at once. The server said: 421 no."
    return Provider.objects.update_or_create(pk=key, defaults={"stopped_until": until, "stopped_why": why, "stops": 1})[
        0
    ]


def test_the_list_says_who_is_left_alone_and_why_in_the_readers_language(chief: Client) -> None:
    stopped("google", minutes=-9)
    stopped("wp", minutes=2)
    Provider.objects.update_or_create(pk="onet", defaults={"per_second": 2.5, "per_day": 10_000})
    page = chief.get(LIST).content.decode()
    for words in (
        "left alone",
        "carefully again",
        "mail flows",
        "It was too much mail from us at once",
        "2.5 a second",
    ):
        assert words in page
    chief.cookies["django_language"] = "pl"
    assert "To było zbyt wiele naszej poczty naraz" in chief.get(LIST).content.decode()


def test_limits_are_set_and_start_values_shown_where_nothing_is(chief: Client) -> None:
    Provider.objects.get_or_create(pk="google")
    url = f"{LIST}google/change/"
    page = chief.get(url)
    assert 'placeholder="50"' in page.content.decode()
    assert "mail flows" in page.content.decode()
    assert page.context["title"] == "Gmail (Google)"
    assert chief.post(url, filled(chief, url, per_hour="500")).status_code == 302
    assert Provider.objects.get(pk="google").per_hour == 500
    assert chief.post(url, filled(chief, url, per_second="0")).status_code == 200


def test_a_person_who_mended_it_lets_mail_flow_again(chief: Client) -> None:
    stopped("google", minutes=-9)
    done = chief.post(LIST, {"action": "release", "_selected_action": ["google"]}, follow=True)
    assert "Mail to 1 provider flows again." in done.content.decode()
    assert Provider.objects.get(pk="google").stopped_until is None


def test_who_may_only_look_may_not_let_it_flow(staff: Callable[..., Client]) -> None:
    stopped("google", minutes=-9)
    staff("newsletter.view_provider").post(LIST, {"action": "release", "_selected_action": ["google"]})
    assert Provider.objects.get(pk="google").stopped_until is not None


def test_a_warm_up_is_entered_once_per_domain_and_never_more_than_doubles(chief: Client) -> None:
    url = "/admin/newsletter/warmup/add/"
    too_fast = filled(chief, url, domain="example.org", started_on="2026-11-23", factor="2.5")
    assert chief.post(url, too_fast).status_code == 200
    assert chief.post(url, too_fast | {"factor": "2"}).status_code == 302
    plan = WarmUp.objects.get()
    assert (plan.domain, float(plan.factor)) == ("example.org", 2.0)
    assert 'name="domain"' not in chief.get(f"/admin/newsletter/warmup/{plan.pk}/change/").content.decode()
