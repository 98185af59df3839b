"""Mailings by mail services: anymail's real backends to played services; what is sent, and what each answer becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.composition.merging import MergeField, slot
from newsletter.composition.message import Message
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing
from tests.integration.delivery.conftest import prepared

if TYPE_CHECKING:
    from pytest_django import Settings

    from newsletter.editions.models import Edition
    from tests.peers import services

from tests.integration.delivery.relays import over, reader, row_of, send, states, to, tries, waits_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

MANY = ("postmark", "resend", "mailtrap", "mailjet")
"""Services that take several whole messages at once."""


@pytest.mark.parametrize("name", MANY)
def test_a_service_that_takes_many_whole_messages_gets_them_in_few_requests(
    edition: Edition, service: services.Service, name: str
) -> None:
    mailing = prepared(edition, 130)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 130}
    assert sorted(recipient for _, recipient in service.copies()) == [f"reader{n:06}@example.org" for n in range(130)]
    assert len({message_id for message_id, _ in service.copies()}) == 130
    assert len(service.requests) <= 3


@pytest.mark.parametrize("name", ["mailgun", "brevo"])
def test_any_other_service_gets_one_message_at_a_time_over_kept_sessions(
    edition: Edition, service: services.Service, name: str
) -> None:
    mailing = prepared(edition, 40)
    send(mailing, over(to(name, "&connections=5")))
    assert states(mailing) == {DeliveryState.SENT: 40}
    assert set(service.copies().values()) == {1}
    assert len(service.requests) == 40
    assert len(service.sockets) <= 5


def of_one(service: services.Service) -> tuple[str, str, str, dict[str, str]]:
    """Subject, text, HTML and headers as Postmark's interface was given them."""
    asked = service.requests[-1][1]
    (one,) = asked if isinstance(asked, list) else [asked]
    return one["Subject"], one["TextBody"], one["HtmlBody"], {each["Name"]: each["Value"] for each in one["Headers"]}


def test_a_copy_says_what_was_frozen_with_this_readers_slots_and_all_list_headers(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 1)
    send(mailing, over(to("postmark")))
    subject, text, html, headers = of_one(service)
    assert subject == "Wici"
    assert text.startswith("Cześć Ula\n")
    assert "<p>Cześć Ula</p>" in html
    assert headers["List-Unsubscribe"].strip("<>") in text
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {"Message-ID", "List-Id", "Feedback-ID", "Precedence", "Content-Language"} <= headers.keys()
    assert not {"Date", "Content-Type", "MIME-Version", "DKIM-Signature", "To", "From"} & headers.keys()
    asked = service.requests[0][1]
    assert asked["From"].endswith("<wici@example.org>")
    assert asked["ReplyTo"] == "redakcja@example.org"
    assert (asked["TrackOpens"], asked["TrackLinks"]) == (False, "None")


# ── what an editor or a reader typed is text (X9) ────────────────────────────────────────────────────────────────────
TYPED = "{{ first_name }} {% now %} *|MC:X|* %recipient.email% [[UNSUB_LINK]] <% x %> {$y}"


def test_nothing_in_a_copy_can_be_taken_for_a_command_of_a_service_x9(
    edition: Edition, service: services.Service
) -> None:
    name = slot(MergeField.FIRST_NAME, "…")
    html = f"<p>{TYPED.replace('<', '&lt;')} {name}</p>"
    Message.objects.filter(edition=edition).update(subject=TYPED, text=f"{TYPED} {name}\n", html=html)
    mailing = prepared(edition, 1)
    Subscriber.objects.update(first_name="{{ name }}")
    send(mailing, over(to("postmark")))
    subject, text, html, _ = of_one(service)
    for said in (subject, text, html):
        for command in ("{{", "{%", "{$", "*|", "%recipient", "[[", "<%"):
            assert command not in said
    assert "&#123;{ first_name }} &#123;% now %}" in html
    assert html.endswith("&#123;{ name }}</p>")
    assert "{ { first_name }} { % now %} * |MC:X|* % recipient.email% [ [UNSUB_LINK]] < % x %> { $y}" in text
    assert text.endswith("{ { name }}\n")


def test_no_copy_holds_anything_of_another_reader_f11(edition: Edition, service: services.Service) -> None:
    mailing = prepared(edition, 30)
    send(mailing, over(to("postmark")))
    links = set()
    for one in service.requests[0][1]:
        said = str(one)
        assert [n for n in range(30) if reader(n) in said] == [int(one["To"][6:12])]
        links.add(next(each["Value"] for each in one["Headers"] if each["Name"] == "List-Unsubscribe"))
        assert next(iter(links & {one_link for one_link in links if one_link.strip("<>") in said}))
    assert len(links) == 30


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_recipient_of_a_request_has_the_outcome_the_service_gives_them(
    edition: Edition, service: services.Service
) -> None:
    service.script.refused = {reader(1): "rejected", reader(2): "invalid", reader(3): "Too odd a message."}
    mailing = prepared(edition, 20)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 17, DeliveryState.FAILED: 3}
    assert (row_of(1).code, row_of(2).code, row_of(3).code) == (550, 553, 550)
    assert row_of(3).reply == "Too odd a message"
    assert row_of(1).reply.startswith("Found inactive addresses: <an address>")
    assert (row_of(0).code, row_of(0).reply, row_of(0).server) == (250, "sent b7bc2f4a", "postmark")


@pytest.mark.parametrize("name", ["mailtrap", "mailjet", "resend"])
def test_one_bad_address_fails_alone_however_the_service_says_it(
    edition: Edition, service: services.Service, name: str
) -> None:
    service.script.refused = {reader(5): "no such domain"}
    mailing = prepared(edition, 12)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 11, DeliveryState.FAILED: 1}
    assert row_of(5).state == DeliveryState.FAILED
    assert set(service.copies().values()) == {1}


def test_one_bad_address_fails_alone_where_messages_go_one_by_one(edition: Edition, service: services.Service) -> None:
    service.script.refused = {reader(5): "no such domain", reader(11): "no such domain"}
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 10, DeliveryState.FAILED: 2}
    assert "no such domain" in row_of(5).reply


def test_a_service_that_objects_to_everybody_fails_nobody_and_says_why(
    edition: Edition, service: services.Service
) -> None:
    service.script.always, service.script.words = 400, "The sender is not confirmed."
    mailing = prepared(edition, 12)
    send(mailing, over(to("postmark")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 12}
    assert "postmark takes no mail from us now: HTTP 400: The sender is not confirmed. " in waits_for(mailing)


def test_a_service_that_begins_to_object_to_everybody_puts_a_few_off_and_fails_nobody(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 12)
    service.script.fates, service.script.always = [200] * 4, 400
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 4, DeliveryState.DEFERRED: 3, DeliveryState.QUEUED: 5}
    assert "HTTP 400" in waits_for(mailing)


@pytest.mark.parametrize("name", ["mailgun", "postmark", "mailjet", "resend", "mailtrap"])
def test_a_key_that_is_refused_fails_nobody_and_the_page_says_why(
    edition: Edition, service: services.Service, name: str
) -> None:
    service.script.always, service.script.words = 401, "Invalid private key"
    mailing = prepared(edition, 12)
    assert not send(mailing, over(to(name)))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 12}
    assert f"The mail server {name} takes no mail from us now: HTTP 401: " in waits_for(mailing)
    assert "nvalid private key" in waits_for(mailing)
    assert len(service.requests) == 1
    service.script.always = 200
    Mailing.objects.update(waits_until=None)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 12}
    assert waits_for(mailing) == ""


def test_a_key_that_is_refused_from_now_on_fails_none_of_those_under_way(
    edition: Edition, service: services.Service
) -> None:
    service.script.fates, service.script.always = [200], 401
    service.script.delay = 0.05
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=5")))
    assert tries(mailing) == {(DeliveryState.SENT, 1): 1, (DeliveryState.QUEUED, 0): 11}
    assert 2 < len(service.requests) <= 6


def test_without_a_key_nobody_is_tried(edition: Edition, settings: Settings) -> None:
    settings.ANYMAIL = {}
    mailing = prepared(edition, 3)
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 3}
    assert "It is not set up: You must set ANYMAIL = {'MAILGUN_API_KEY': ...}" in waits_for(mailing)


def test_a_backend_that_is_not_there_is_named(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    send(mailing, over("backend://nowhere.EmailBackend"))
    assert "There is no such e-mail backend" in waits_for(mailing)


def test_too_many_requests_put_off_those_and_leave_the_service_alone(
    edition: Edition, service: services.Service
) -> None:
    service.script.fates, service.script.always = [200, 200, 200], 429
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 3, DeliveryState.DEFERRED: 1, DeliveryState.QUEUED: 8}
    assert len(service.requests) == 4
    assert "HTTP 429" in waits_for(mailing)
    deferred = Delivery.objects.get(state=DeliveryState.DEFERRED)
    assert deferred.due_at is not None
    assert deferred.due_at > timezone.now()


def test_a_fault_of_the_service_puts_off_and_three_in_a_row_stop(edition: Edition, service: services.Service) -> None:
    service.script.fates = [200, 500, 200, 503, 500]
    service.script.always = 500
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 2, DeliveryState.DEFERRED: 4, DeliveryState.QUEUED: 6}
    assert Attempt.objects.filter(state=DeliveryState.DEFERRED, code=451).count() == 4
