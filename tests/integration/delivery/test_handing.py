"""handing: envelopes, texts and servers that are out of the ordinary, one batch each over real connections."""

from __future__ import annotations

import select
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.delivery import allowing, claiming, message_ids, preparing, sending
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.receivers import Provider
from newsletter.delivery.transport import Transport
from newsletter.editions.models import Edition
from newsletter.lib.servers import Server, parse
from tests.integration.delivery.conftest import (
    NOON,
    freeze,
    make_mailing,
    make_readers,
    prepared,
    transport_to,
    wait_until,
)
from tests.peers import faults, openings, smtp
from tests.peers.faults import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.delivery.models import Mailing
    from newsletter.delivery.wires import Wire
    from newsletter.editions.models import Newsletter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


@pytest.fixture(autouse=True)
def _from_a_fresh_start() -> Iterator[None]:
    """What was read by another test about providers is forgotten."""
    allowing.forget()
    yield
    allowing.forget()
    allowing.leave()


def send(mailing: Mailing, over: Transport) -> bool:
    try:
        return sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=20, transport=over)
    finally:
        over.leave()


def of(number: int) -> Delivery:
    return Delivery.objects.get(subscriber__address=f"reader{number:06}@example.org")


# ── what a server offers ─────────────────────────────────────────────────────────────────────────────────────────────
def test_an_address_that_this_server_cannot_carry_fails_alone_and_unasked_f10(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 3)
    Subscriber.objects.filter(address="reader000001@example.org").update(address="żółw@example.org")
    peer = scripted(smtp.Script(offers=["PIPELINING"]))
    assert not send(mailing, transport_to(peer))
    failed = Delivery.objects.get(state=DeliveryState.FAILED)
    assert (failed.code, failed.enhanced_code) == (553, "5.6.7")
    assert [recipient for _, recipient in peer.copies()] == ["reader000000@example.org", "reader000002@example.org"]


def test_where_the_server_sends_reports_each_envelope_carries_the_name_of_its_copy_s10(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    with faults.running(Faulty(("PIPELINING", "DSN"))) as server:
        send(mailing, Transport([parse(server.url)]))
    message_id_of = message_ids.writer(salt=mailing.salt, domain="example.org")
    for number in (0, 1):
        name = message_id_of(of(number).pk).partition("@")[0]
        at = server.heard.index(f"MAIL FROM:<wici@example.org> RET=HDRS ENVID={name}")
        address = f"reader{number:06}@example.org"
        assert server.heard[at + 1] == f"RCPT TO:<{address}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;{address}"


# ── what a connection takes ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_message_larger_than_the_line_takes_at_once_arrives_whole(
    newsletter: Newsletter, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    unsent: list[int] = []

    class Narrow(Transport):
        """Its connections take a few thousand bytes at a time."""

        def _join(self, wire: Wire) -> None:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            super()._join(wire)

        def wait(self, seconds: float) -> list[Wire]:
            unsent.extend(len(wire.unsent) for wire in self.wires)
            return super().wait(seconds)

    make_readers(newsletter, 2)
    edition = Edition.objects.create(newsletter=newsletter, slug="long", code="L-1", dated=NOON.date())
    freeze(edition, "pl", size=3_000_000)
    mailing, peer = _written(make_mailing(edition)), scripted(smtp.Script(keep_messages=True, offers=["PIPELINING"]))
    assert not send(mailing, Narrow([parse(peer.url)]))
    assert max(unsent) > 1_000_000
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    first, second = (message.partition(b"\r\n\r\n")[2] for message in peer.messages())
    assert len(first) > 3_000_000
    assert first.endswith(b"--\r\n")
    assert first.count(b"\r\n") == second.count(b"\r\n")


def _written(mailing: Mailing) -> Mailing:
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    mailing.refresh_from_db()
    return mailing


def test_a_provider_that_takes_one_connection_gets_one_however_many_are_open(edition: Edition, peer: smtp.Peer) -> None:
    mailing, over = prepared(edition, 6), transport_to(peer)
    Delivery.objects.update(provider="wp")
    mailing.streams.create(provider="wp")
    Provider.objects.update_or_create(pk="wp", defaults={"connections": 1})
    over.ensure(pulse=lambda: None)
    wait_until(lambda: _grown(over) == 2, seconds=10, what="a second connection")
    both = list(over.wires)
    assert not send(mailing, over)
    assert sorted(wire.carried for wire in both) == [0, 6]
    assert peer.taken() == 6


def _grown(over: Transport) -> int:
    over.grow()
    over.arrived()
    return len(over.wires)


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_was_claimed_while_the_connection_broke_is_put_off_and_nobody_waits_for_an_answer(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing, claimed = prepared(edition, 1), threading.Event()

    def breaks(wire: openings.Wire) -> None:
        wire.greet("PIPELINING")
        claimed.wait(20)
        wire.reset()

    with openings.speaking(breaks, lambda wire: wire.greet()) as port:
        over = Transport([Server("127.0.0.1", port, tls="none", connections=1)])

        def claim(**facts: Any) -> claiming.Batch:
            batch = claiming.claim(**facts)
            if not claimed.is_set():
                claimed.set()
                assert select.select([over.wires[0].socket], [], [], 10)[0]
            return batch

        monkeypatch.setattr(sending, "claim", claim)
        assert not send(mailing, over)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.unknowns, row.code) == (DeliveryState.DEFERRED, 1, 0, None)
    assert "reset by peer" in row.reply or "Broken pipe" in row.reply


def test_where_one_server_takes_nothing_from_us_another_one_carries_the_mail(
    edition: Edition, peer: smtp.Peer, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing, full = prepared(edition, 5), scripted(smtp.Script(mail="452 4.3.1 no room"))
    assert not send(mailing, Transport([parse(f"{full.url}&name=full"), parse(f"{peer.url}&name=other")]))
    assert set(Delivery.objects.values_list("state", "attempts", "server")) == {(DeliveryState.SENT, 1, "other")}
    mailing.refresh_from_db()
    assert mailing.waits_for == ""
