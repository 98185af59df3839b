"""One batch after the other, against a real server that behaves as told."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscription, SubscriptionState, SuppressionReason
from newsletter.audience.suppression import suppress
from newsletter.delivery import outcomes, recording, sending, steering
from newsletter.delivery.advancing import finish
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, SkipReason, UnknownPolicy
from newsletter.delivery.transport import Transport
from newsletter.lib.servers import Server, parse
from tests.environment import free_port
from tests.integration.delivery.conftest import claimed, prepared, transport_to
from tests.peers import smtp

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


def send(mailing: Mailing, peer: smtp.Peer) -> bool:
    transport = transport_to(peer)
    try:
        return sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=20, transport=transport)
    finally:
        transport.leave()


def states(mailing: Mailing) -> dict[str, str]:
    return dict(Delivery.objects.filter(mailing=mailing).values_list("subscriber__address", "state"))


def test_everybody_gets_one_copy_and_the_mailing_finishes(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 900)
    send(mailing, peer)
    assert set(peer.copies().values()) == {1}
    assert len(peer.copies()) == 900
    assert set(states(mailing).values()) == {DeliveryState.SENT}
    assert finish(mailing_id=mailing.pk, now=timezone.now())
    row = Delivery.objects.filter(mailing=mailing).first()
    assert row is not None
    assert (row.code, row.enhanced_code, row.reply, row.attempts) == (250, "2.0.0", "taken", 1)


def test_whoever_unsubscribed_between_preparing_and_sending_is_left_out_h7(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 3)
    Subscription.objects.filter(subscriber__address="reader000001@example.org").update(
        state=SubscriptionState.UNSUBSCRIBED
    )
    suppress(key="reader000002@example.org", reason=SuppressionReason.COMPLAINED, now=timezone.now())
    send(mailing, peer)
    assert [recipient for _, recipient in peer.copies()] == ["reader000000@example.org"]
    reasons = dict(Delivery.objects.values_list("subscriber__address", "skip_reason"))
    assert reasons["reader000001@example.org"] == SkipReason.UNSUBSCRIBED
    assert reasons["reader000002@example.org"] == SkipReason.SUPPRESSED


def test_an_erased_reader_is_left_out(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 1)
    Delivery.objects.update(subscriber=None)
    assert not send(mailing, peer)
    assert Delivery.objects.get().skip_reason == SkipReason.ERASED
    assert finish(mailing_id=mailing.pk, now=timezone.now())
    assert peer.taken() == 0


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("stage", ["rcpt", "data", "dot"])
def test_a_refusal_concerns_one_reader_and_the_others_get_their_mail(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], stage: str, *, pipelining: bool
) -> None:
    mailing = prepared(edition, 5)
    offers = ["PIPELINING", "8BITMIME"] if pipelining else ["8BITMIME"]
    peer = scripted(
        smtp.Script(
            offers=offers,
            replies={
                "reader000001@example.org": [(stage, "450 4.2.1 <reader000001@example.org> try later", 1)],
                "reader000003@example.org": [(stage, "550 5.1.1 no reader000003@example.org here", 0)],
            },
        )
    )
    send(mailing, peer)
    rows = {
        row.subscriber.address[6:12]: row for row in Delivery.objects.select_related("subscriber") if row.subscriber
    }
    assert rows["000001"].state == DeliveryState.DEFERRED
    assert (rows["000001"].due_at or timezone.now()) > timezone.now() + dt.timedelta(minutes=5)
    assert (rows["000001"].code, rows["000001"].enhanced_code) == (450, "4.2.1")
    assert rows["000001"].reply == "<the address> try later"
    assert rows["000003"].state == DeliveryState.FAILED
    assert "@" not in rows["000003"].reply
    assert [recipient[6:12] for _, recipient in peer.copies()] == ["000000", "000002", "000004"]
    assert not finish(mailing_id=mailing.pk, now=timezone.now())


def test_a_copy_lost_after_the_dot_is_sent_again_under_the_same_message_id_s4(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 5)
    peer = scripted(smtp.Script(drop_after_dot={"reader000002@example.org": 1}))
    send(mailing, peer)
    copies = {recipient: number for (_, recipient), number in peer.copies().items()}
    assert copies.pop("reader000002@example.org") == 2
    assert set(copies.values()) == {1}
    row = Delivery.objects.get(subscriber__address="reader000002@example.org")
    assert (row.state, row.unknowns, row.attempts) == (DeliveryState.SENT, 1, 2)


def test_a_sensitive_copy_lost_after_the_dot_is_held_until_a_person_decides_s4(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 3, unknown_policy=UnknownPolicy.HOLD)
    peer = scripted(smtp.Script(drop_after_dot={"reader000001@example.org": 1}))
    send(mailing, peer)
    assert set(peer.copies().values()) == {1}
    assert states(mailing)["reader000001@example.org"] == DeliveryState.UNKNOWN
    assert finish(mailing_id=mailing.pk, now=timezone.now())
    assert steering.decide(mailing_id=mailing.pk, resend=True, now=timezone.now()) == 1
    send(mailing, peer)
    assert states(mailing)["reader000001@example.org"] == DeliveryState.SENT


def test_a_server_that_always_loses_one_copy_gets_it_three_times_and_no_more(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 1)
    peer = scripted(smtp.Script(drop_after_dot={"reader000000@example.org": 99}))
    for _ in range(5):
        send(mailing, peer)
        Delivery.objects.update(due_at=timezone.now())
    assert peer.taken() == 3
    assert states(mailing) == {"reader000000@example.org": DeliveryState.UNKNOWN}


@pytest.mark.parametrize("offers", [["PIPELINING"], []])
@pytest.mark.parametrize(
    "enough", ["421 4.3.2 enough", "452 4.5.3 Too many messages sent", "450 4.7.1 one more and so on"]
)
def test_a_limit_of_messages_per_connection_is_no_failure_s11(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], enough: str, offers: list[str]
) -> None:
    mailing = prepared(edition, 25)
    peer = scripted(smtp.Script(offers=offers, most_per_connection=10, enough=enough))
    send(mailing, peer)
    assert (len(peer.copies()), peer.taken()) == (25, 25)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.SENT, 1)}


@pytest.mark.parametrize("refusal", ["452 4.3.1 no room on the disk", "452 4.5.3 Too many messages sent"])
def test_a_fresh_connection_that_takes_no_message_concerns_no_reader_s3(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], refusal: str
) -> None:
    mailing = prepared(edition, 2)
    assert not send(mailing, scripted(smtp.Script(mail=refusal)))
    mailing.refresh_from_db()
    assert refusal in mailing.waits_for
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.QUEUED, 0)}


def test_a_reader_whom_every_connection_refuses_as_one_too_many_is_put_off(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 5)
    reader = "reader000002@example.org"
    send(mailing, scripted(smtp.Script(replies={reader: [("rcpt", "452 4.5.3 too many recipients", 0)]})))
    assert states(mailing).pop(reader) == DeliveryState.DEFERRED
    assert sorted(states(mailing).values()) == [DeliveryState.DEFERRED] + [DeliveryState.SENT] * 4


def test_a_server_that_is_away_makes_the_mailing_wait_and_say_so(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    transport = Transport([Server("127.0.0.1", free_port(), tls="none")])
    assert not sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=5, transport=transport)
    mailing.refresh_from_db()
    assert "127.0.0.1" in mailing.waits_for
    assert mailing.waits_until is not None
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.QUEUED, 0)}


def test_a_server_that_says_421_makes_the_mailing_wait_and_quotes_it(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 2)
    peer = scripted(smtp.Script(greeting="421 4.7.0 not today"))
    assert not send(mailing, peer)
    mailing.refresh_from_db()
    assert "421 4.7.0 not today" in mailing.waits_for


def test_a_server_that_refuses_our_sender_fails_nobody_s3(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 2)
    peer = scripted(smtp.Script(mail="550 5.7.1 you may not send from here"))
    assert not send(mailing, peer)
    mailing.refresh_from_db()
    assert "550 5.7.1 you may not send from here" in mailing.waits_for
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.QUEUED, 0)}


def test_when_the_first_server_is_away_the_second_takes_the_mail(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 3)
    transport = Transport([Server("127.0.0.1", free_port(), tls="none"), parse(peer.url)])
    sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=5, transport=transport)
    transport.leave()
    assert peer.taken() == 3


def test_a_paused_mailing_sends_nothing_and_a_resumed_one_goes_on(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 3)
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    assert not send(mailing, peer)
    assert peer.taken() == 0
    steering.resume(mailing_id=mailing.pk, now=timezone.now())
    send(mailing, peer)
    assert peer.taken() == 3


def test_a_worker_that_lost_its_lease_changes_nothing(edition: Edition) -> None:
    mailing = prepared(edition, 1)
    batch = claimed(mailing, 10)
    Delivery.objects.update(lease=1)
    late = outcomes.untouched(delivery_id=batch.claims[0].delivery_id, now=timezone.now())
    assert not recording.record(lease=batch.lease, outcomes=[late])
    assert Delivery.objects.get().state == DeliveryState.SENDING


def test_no_copy_names_another_reader_and_every_copy_has_its_own_id_f11(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 4)
    peer = scripted(smtp.Script(keep_messages=True))
    send(mailing, peer)
    assert len({message_id for message_id, _ in peer.copies()}) == 4
    for message in peer.messages():
        assert len(set(re.findall(rb"reader\d+@example\.org", message))) == 1
