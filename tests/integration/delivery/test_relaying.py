"""Mailings by e-mail backends of Django's: anymail's real ones to played services, Django's own to a real peer and to files."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.delivery import sending, steering
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, UnknownPolicy
from newsletter.delivery.transport import Transport
from newsletter.lib.servers import parse
from tests.integration.delivery.conftest import prepared
from tests.peers import services, smtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

MANY = ("postmark", "resend", "mailtrap", "mailjet")
"""Services that take several whole messages at once."""


@pytest.fixture
def service(settings: Settings) -> Iterator[services.Service]:
    """All the services, which take everything."""
    with services.running() as running:
        settings.ANYMAIL = services.settings_for(running)
        yield running


def over(*urls: str) -> Transport:
    return Transport([parse(url) for url in urls])


def to(name: str, options: str = "") -> str:
    return f"backend://anymail.backends.{name}.EmailBackend?name={name}{options}"


def send(mailing: Mailing, transport: Transport, *, seconds: float = 30) -> bool:
    return sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=seconds, transport=transport)


def states(mailing: Mailing) -> Counter[str]:
    return Counter(Delivery.objects.filter(mailing=mailing).values_list("state", flat=True))


def waits_for(mailing: Mailing) -> str:
    return str(Mailing.objects.values_list("waits_for", flat=True).get(pk=mailing.pk))


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
    send(mailing, over(to(name)))
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
