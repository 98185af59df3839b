"""Several ways out side by side, and Django's own backends to a real peer, to files and to memory."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.delivery import advancing, ways
from newsletter.delivery.bookkeeping import Stream
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.receivers import Provider
from tests.environment import free_port
from tests.integration.delivery.conftest import prepared
from tests.peers import services, smtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django import Settings

    from newsletter.editions.models import Edition

from tests.integration.delivery.relays import once, over, reader, row_of, send, states, to, tries, waits_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


# ── several ways ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_mail_is_shared_out_between_servers_and_backends_by_weight(
    edition: Edition, service: services.Service, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MIXED", 50)
    mailing = prepared(edition, 400)
    send(mailing, over(f"{peer.url}&weight=3", to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 400}
    assert (peer.taken(), service.taken()) == (300, 100)
    assert Counter(Delivery.objects.values_list("server", flat=True))["postmark"] == 100


def test_where_a_backend_takes_nothing_mail_goes_over_smtp_and_back_again_later(
    edition: Edition, service: services.Service, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MIXED", 20)
    service.script.always = 401
    mailing = prepared(edition, 100)
    transport = over(to("postmark"), peer.url)
    send(mailing, transport)
    assert states(mailing) == {DeliveryState.SENT: 100}
    assert (peer.taken(), service.taken()) == (100, 0)
    assert waits_for(mailing) == ""
    assert len(service.requests) == 1, "it rests"


def test_where_the_mail_server_is_away_mail_goes_by_the_backend(edition: Edition, service: services.Service) -> None:
    mailing = prepared(edition, 100)
    send(mailing, over(f"smtp://127.0.0.1:{free_port()}?tls=none", to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 100}
    assert service.taken() == 100


def test_where_the_mail_server_refuses_us_in_the_middle_mail_goes_by_the_backend_and_back(
    edition: Edition,
    service: services.Service,
    scripted: Callable[[smtp.Script], smtp.Peer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ways, "MIXED", 20)
    monkeypatch.setattr(ways, "REST_SECONDS", 0.5)
    monkeypatch.setattr("newsletter.delivery.transport.REST_SECONDS", 0.5)
    peer = scripted(smtp.Script(mail="550 5.7.1 not from you"))
    mailing = prepared(edition, 200)
    transport = over(f"{peer.url}&weight=100", to("postmark"))
    service.script.delay = 0.3
    clock = once(lambda: peer.behave(smtp.Script()), when=lambda: service.taken() >= 60)
    send(mailing, transport, clock=clock)
    assert states(mailing) == {DeliveryState.SENT: 200}
    over_smtp = [message_id for message_id, _ in peer.copies() if message_id]  # not what it took after a refusal
    assert over_smtp
    assert service.taken()
    assert len({*over_smtp, *(message_id for message_id, _ in service.copies())}) == 200
    assert len(over_smtp) + service.taken() == 200


def test_with_weight_0_a_backend_is_asked_only_while_all_others_rest(
    edition: Edition, service: services.Service, peer: smtp.Peer
) -> None:
    mailing = prepared(edition, 30)
    send(mailing, over(to("postmark", "&weight=0"), peer.url))
    assert (peer.taken(), service.taken()) == (30, 0)


def test_a_newsletter_that_names_a_backend_goes_by_no_other_way(
    edition: Edition, service: services.Service, peer: smtp.Peer, settings: Settings
) -> None:
    settings.SMTP_SERVERS = [peer.url, to("postmark")]
    edition.newsletter.servers = ["postmark"]
    edition.newsletter.save()
    mailing = prepared(edition, 10)
    advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=10)
    assert states(mailing) == {DeliveryState.SENT: 10}
    assert (peer.taken(), service.taken()) == (0, 10)


# ── Django's own backends ────────────────────────────────────────────────────────────────────────────────────────────
DJANGO = "backend://django.core.mail.backends.{}.EmailBackend?name={}&connections=2"


def test_djangos_smtp_backend_hands_over_the_very_bytes_over_a_kept_connection(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(keep_messages=True, replies={reader(3): [("rcpt", "550 5.1.1 nobody here", 0)]}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    settings.SENDER_BOUNCE_EMAIL = "bounces@example.org"
    mailing = prepared(edition, 8)
    send(mailing, over(DJANGO.format("smtp", "own")))
    assert states(mailing) == {DeliveryState.SENT: 7, DeliveryState.FAILED: 1}
    assert (row_of(3).code, row_of(3).enhanced_code, row_of(3).reply) == (550, "5.1.1", "nobody here")
    read = message_from_bytes(peer.messages()[0], policy=policy.default)
    assert read["From"] == "Wici <wici@example.org>"
    assert read["Date"]
    assert read.get_body(("plain",))
    assert read.get_body(("html",))


def test_a_connection_of_djangos_smtp_backend_that_breaks_is_unknown_s4(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(drop_after_dot={reader(2): 1}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    mailing = prepared(edition, 8)
    while send(mailing, over(DJANGO.format("smtp", "own"))):
        pass
    assert states(mailing) == {DeliveryState.SENT: 8}
    assert row_of(2).unknowns == 1
    assert {recipient: number for (_, recipient), number in peer.copies().items() if number > 1} == {reader(2): 2}


def test_a_mail_server_that_asks_for_rest_through_djangos_backend_gets_it(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    refusal = "450 4.7.28 unusual rate of mail"
    peer = scripted(smtp.Script(replies={reader(n): [("rcpt", refusal, 0)] for n in range(8)}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    mailing = prepared(edition, 8)
    Delivery.objects.update(provider="google")
    Stream.objects.update(provider="google")
    send(mailing, over(DJANGO.format("smtp", "own").replace("=2", "=1")))
    assert states(mailing) == {DeliveryState.DEFERRED: 1, DeliveryState.QUEUED: 7}
    assert Provider.objects.get(pk="google").stopped_until is not None


def test_a_mail_server_behind_djangos_backend_that_is_away_is_said_to_be(edition: Edition, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    mailing = prepared(edition, 3)
    send(mailing, over(DJANGO.format("smtp", "own")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 3}
    assert waits_for(mailing).startswith("The mail server own does not answer")


def test_files_hold_every_copy(edition: Edition, tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mailing = prepared(edition, 6)
    send(mailing, over(DJANGO.format("filebased", "files")))
    assert states(mailing) == {DeliveryState.SENT: 6}
    found = b"".join(file.read_bytes() for file in (tmp_path / "mail").iterdir())
    assert found.count(b"\nMessage-ID: <") == 6


def test_the_backend_in_memory_gets_subject_and_parts(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    mail.outbox = []
    send(mailing, over(DJANGO.format("locmem", "memory")))
    assert states(mailing) == {DeliveryState.SENT: 3}
    assert sorted(each.to[0] for each in mail.outbox) == [reader(n) for n in range(3)]
    assert {each.subject for each in mail.outbox} == {"Wici"}
