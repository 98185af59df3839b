"""Signing up and asking for one's link: the same answer for everybody (X3), nothing for robots (X2), kind to people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, SubscriptionState
from newsletter.pages import stamping
from tests import public_site as builders

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.integration.pages.conftest import Site

pytestmark = pytest.mark.usefixtures("redis_server")


def form(**changes: object) -> dict[str, object]:
    """What a person sends ten seconds after opening the page."""
    shown = timezone.now() - dt.timedelta(seconds=10)
    typed: dict[str, object] = {
        "address": "jan@example.org",
        "first_name": "Jan",
        "language": "en",
        "newsletters": ["wici"],
        "of_age": "on",
        "website": "",
        "stamp": stamping.stamp(now=shown),
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


def send(client: Client, **changes: object) -> HttpResponse:
    return client.post("/en/sign-up/", form(**changes))  # type: ignore[return-value]  # the stub adds test attributes


def test_signing_up_stores_a_pending_subscription_with_the_words_agreed_to(client: Client, site: Site) -> None:
    answer = send(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/sign-up/next/")
    subscription = Subscription.objects.get(subscriber__address="jan@example.org", newsletter=site.wici)
    assert subscription.state == SubscriptionState.PENDING
    event = ConsentEvent.objects.get(subscriber=subscription.subscriber)
    assert (event.wording, event.page, event.network) == ("Consent to wici in en", "/en/sign-up/", "127.0.0.0/24")


def test_the_words_kept_are_those_of_the_page_whatever_language_is_chosen(client: Client, site: Site) -> None:
    assert site.wici
    send(client, language="pl")
    assert ConsentEvent.objects.get().wording == "Consent to wici in en"
    assert Subscription.objects.get(subscriber__address="jan@example.org").asked_language == "pl"


def test_everybody_gets_the_same_answer(client: Client, site: Site) -> None:
    builders.subscriber(site.wici, now=timezone.now(), address="ola@example.org", state=SubscriptionState.PENDING)
    answers = [
        send(client, address=address)
        for address in (
            "new@example.org",
            "anna@example.org",
            "ola@example.org",
            "x@nowhere.invalid",
            "new@example.org",
        )
    ]
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": ""}, "Type your e-mail address."),
        ({"address": "anna"}, "An e-mail address has one @ sign"),
        ({"address": "a" * 400 + "@example.org"}, "longer than an e-mail address"),
        ({"address": "anna@example.org\r\nBcc: x@example.org"}, "Check what you typed"),
        ({"newsletters": None}, "Tick the box to agree"),
        ({"newsletters": ["secret"]}, "no longer offered"),
        ({"of_age": None}, "Help is there for you without signing up"),
        ({"first_name": "Jan https://casino.example"}, "A first name has no links"),
        ({"first_name": "Jan\u202egro"}, "invisible character"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_nothing_typed_is_lost(
    client: Client, site: Site, changes: dict[str, object], sentence: str
) -> None:
    assert site.wici
    html = send(client, **changes).content.decode()
    assert sentence in html or sentence.replace("Check what you typed", "invisible character") in html
    assert 'aria-invalid="true"' in html
    assert "first_name" in changes or 'value="Jan"' in html
    assert not Subscriber.objects.filter(first_name="Jan").exists()


def test_a_robot_is_thanked_and_forgotten(client: Client, site: Site) -> None:
    assert site.wici
    answer = send(client, website="https://casino.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/sign-up/next/")
    assert not Subscriber.objects.filter(address="jan@example.org").exists()


def test_somebody_very_quick_presses_once_more(client: Client, site: Site) -> None:
    assert site.wici
    now = timezone.now()
    html = send(client, stamp=stamping.stamp(now=now)).content.decode()
    assert "Please send it once more." in html
    assert "jan@example.org" in html
    assert "checked" in html
    assert not Subscriber.objects.filter(address="jan@example.org").exists()


@pytest.mark.parametrize("stamp", ["", "rubbish", "1:forged", None])
def test_a_form_without_a_stamp_of_ours_gets_a_good_one(client: Client, site: Site, stamp: str | None) -> None:
    assert site.wici
    again = client.post("/en/sign-up/", form(stamp=stamp))
    assert "Please send it once more." in again.content.decode()
    assert send(client, stamp=again.context["form"].restamped()).status_code == 303


def test_each_newsletter_has_its_own_unticked_box_and_its_full_wording(client: Client, site: Site) -> None:
    assert site.wici
    builders.newsletter(slug="alerts")
    html = client.get("/en/").content.decode()
    assert "Consent to wici in en" in html
    assert "Consent to alerts in en" in html
    assert "checked" not in html


def test_asking_for_ones_link_is_answered_the_same_for_everybody(client: Client, site: Site) -> None:
    assert site.anna
    stamp = stamping.stamp(now=timezone.now() - dt.timedelta(minutes=1))
    answers = [
        client.post("/en/my-link/", {"address": address, "stamp": stamp})
        for address in ("anna@example.org", "nobody@example.org")
    ]
    assert {answer.status_code for answer in answers} == {303}
    assert len({(answer.content, str(answer.headers)) for answer in answers}) == 1
