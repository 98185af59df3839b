"""/c /u /p: GET asks and changes nothing (H5); POST acts, also for a mail program that knows only RFC 8058 (H4)."""

from __future__ import annotations

import datetime as dt
import http.client
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings
from django.utils import timezone

from newsletter.audience.models import ConsentEvent, Subscriber, SubscriptionState
from newsletter.lib import links
from newsletter.lib.links import Purpose
from tests import public_site as builders

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

    from tests.integration.pages.conftest import Site

ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
BODIES = {
    "application/x-www-form-urlencoded": ONE_CLICK.encode(),
    "multipart/form-data; boundary=x": MULTIPART,
}


def state_of(site: Site) -> str:
    return site.anna.subscriptions.get(newsletter=site.wici).state


def everything(site: Site) -> tuple[object, ...]:
    """All that a link could change."""
    return (
        list(site.anna.subscriptions.order_by("pk").values()),
        list(Subscriber.objects.order_by("pk").values()),
        ConsentEvent.objects.count(),
    )


@pytest.mark.parametrize("purpose", Purpose)
def test_a_thousand_visits_of_scanners_change_nothing(client: Client, site: Site, purpose: Purpose) -> None:
    link, before = site.link(purpose), everything(site)
    for _ in range(167):
        assert client.get(link, headers={"user-agent": "BarracudaCentral"}).status_code == 200
        assert client.head(link, headers={"user-agent": ""}).status_code == 200
    assert everything(site) == before


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client: Client, site: Site, purpose: Purpose, method: str) -> None:
    before = everything(site)
    assert getattr(client, method)(site.link(purpose)).status_code == 405
    assert everything(site) == before


@pytest.mark.parametrize("purpose", Purpose)
def test_a_signed_page_is_kept_by_nobody_and_shows_no_address(client: Client, site: Site, purpose: Purpose) -> None:
    answer = client.get(site.link(purpose))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert not answer.cookies
    assert "anna@example.org" not in answer.content.decode()
    assert "a•••@example.org" in answer.content.decode()


@pytest.mark.parametrize("purpose", Purpose)
def test_a_changed_character_opens_nothing(client: Client, site: Site, purpose: Purpose) -> None:
    link, before = site.link(purpose), everything(site)
    changed = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert client.get(changed).status_code == client.post(changed).status_code == 404
    assert everything(site) == before


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_of_somebody_who_was_erased_says_so_kindly(client: Client, site: Site, purpose: Purpose) -> None:
    link = site.link(purpose)
    site.anna.subscriptions.all().delete()
    site.anna.delete()
    answer = client.get(link)
    assert answer.status_code == 410
    assert b"We have no data of yours any more" in answer.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", BODIES)
def test_one_click_works_for_a_bare_client(live_server: LiveServer, kind: str) -> None:
    now = timezone.now()
    wici = builders.newsletter()
    anna = builders.subscriber(wici, now=now)
    token = links.sign(Purpose.UNSUBSCRIBE, subscriber=anna.public_id, newsletter_id=wici.pk, now=now)
    for _repeated in range(3):
        caller = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port)
        caller.request("POST", f"/u/{token}", body=BODIES[kind], headers={"Content-Type": kind})
        answer = caller.getresponse()
        body = answer.read()
        caller.close()
        assert answer.status == 200
        assert answer.getheader("Location") is None
        assert answer.getheader("Set-Cookie") is None
        assert len(body) < 100
    assert anna.subscriptions.get().state == SubscriptionState.UNSUBSCRIBED
    assert ConsentEvent.objects.filter(method="one-click").count() == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", ""),
        ("application/x-www-form-urlencoded; charset=latin2", ONE_CLICK),
        ("multipart/form-data", "without a boundary"),
        ("multipart/form-data; boundary=x", "--x\r\ncut short"),
        ("text/plain", ONE_CLICK),
        ("application/x-www-form-urlencoded", "a=1&" * 1001),
        ("application/x-www-form-urlencoded", "a=" + "x" * 3_000_000),
        ("application/json", "{}"),
        ("", ""),
    ],
)
def test_one_click_forgives_an_odd_body(client: Client, site: Site, kind: str, body: str) -> None:
    assert client.post(site.link(Purpose.UNSUBSCRIBE), body, content_type=kind).status_code == 200
    assert state_of(site) == SubscriptionState.UNSUBSCRIBED


def test_one_click_for_somebody_who_was_erased_is_done_already(client: Client, site: Site) -> None:
    link = site.link(Purpose.UNSUBSCRIBE)
    site.anna.subscriptions.all().delete()
    site.anna.delete()
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")


def test_one_click_works_when_the_site_runs_on_https_and_the_call_does_not(client: Client, site: Site) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert client.post(site.link(Purpose.UNSUBSCRIBE), {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_a_person_leaves_and_comes_back_on_the_next_page(client: Client, site: Site) -> None:
    link = site.link(Purpose.UNSUBSCRIBE)
    goodbye = client.post(link, {"act": "leave"})
    assert "You are unsubscribed" in goodbye.content.decode()
    assert state_of(site) == SubscriptionState.UNSUBSCRIBED
    back = client.post(link, {"act": "undo", "stamp": goodbye.context["undo"]})
    assert "You stay subscribed" in back.content.decode()
    assert state_of(site) == SubscriptionState.ACTIVE


def test_an_unsubscribe_link_alone_never_subscribes(client: Client, site: Site) -> None:
    link = site.link(Purpose.UNSUBSCRIBE)
    client.post(link, {"act": "leave"})
    for stamp in ("", "x", client.get("/en/sign-up/").context["form"].initial["stamp"]):
        assert client.post(link, {"act": "undo", "stamp": stamp}).status_code == 200
    assert state_of(site) == SubscriptionState.UNSUBSCRIBED


def test_confirming_takes_a_press_and_hands_out_the_preferences_link_once(client: Client, site: Site) -> None:
    site.anna.subscriptions.update(state=SubscriptionState.PENDING, confirmed_at=None)
    link = site.link(Purpose.CONFIRM)
    assert "Yes, send it to me" in client.get(link).content.decode()
    first = client.post(link)
    assert "Your address is confirmed" in first.content.decode()
    assert "/p/" in first.content.decode()
    assert state_of(site) == SubscriptionState.ACTIVE
    for answer in (client.post(link), client.get(link)):
        assert "Your address is confirmed" in answer.content.decode()
        assert "/p/" not in answer.content.decode()


def test_an_old_confirmation_link_is_gone_and_says_what_to_do(client: Client, site: Site) -> None:
    long_ago = timezone.now() - dt.timedelta(hours=73)
    token = links.sign(Purpose.CONFIRM, subscriber=site.anna.public_id, newsletter_id=site.wici.pk, now=long_ago)
    for answer in (client.get(f"/c/{token}"), client.post(f"/c/{token}")):
        assert answer.status_code == 410
        assert "Sign up again" in answer.content.decode()


def test_preferences_save_name_language_and_newsletters(client: Client, site: Site) -> None:
    alerts = builders.newsletter(slug="alerts")
    link = site.link(Purpose.PREFERENCES)
    assert "Consent to alerts in en" in client.get(link).content.decode()
    wish = {"first_name": "Ania", "language": "pl", "newsletters": ["alerts"], "act": "save"}
    answer = client.post(link, wish)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "pl"
    site.anna.refresh_from_db()
    assert (site.anna.first_name, site.anna.language) == ("Ania", "pl")
    assert state_of(site) == SubscriptionState.UNSUBSCRIBED
    assert site.anna.subscriptions.get(newsletter=alerts).state == SubscriptionState.ACTIVE


def test_preferences_keep_what_was_typed_when_something_is_wrong(client: Client, site: Site) -> None:
    wish = {"first_name": "<b>", "language": "xx", "newsletters": ["nothing"], "act": "save"}
    html = client.post(site.link(Purpose.PREFERENCES), wish).content.decode()
    assert "&lt;b&gt;" in html
    assert html.count('class="error"') == 3
    assert state_of(site) == SubscriptionState.ACTIVE


def test_preferences_end_everything_by_one_button(client: Client, site: Site) -> None:
    answer = client.post(site.link(Purpose.PREFERENCES), {"act": "leave"})
    assert "You are unsubscribed from everything" in answer.content.decode()
    assert state_of(site) == SubscriptionState.UNSUBSCRIBED


def test_preferences_show_a_newsletter_the_person_has_in_another_language(client: Client, site: Site) -> None:
    only_polish = builders.newsletter(slug="lokalny", languages=["pl"])
    assert "lokalny" not in client.get(site.link(Purpose.PREFERENCES)).content.decode()
    now = timezone.now()
    site.anna.subscriptions.create(newsletter=only_polish, state="active", asked_at=now, confirmed_at=now)
    assert "Wici lokalny pl" in client.get(site.link(Purpose.PREFERENCES)).content.decode()
