"""sending under limits, turns and second thoughts: what holds a batch back, and what it does meanwhile (S11, S20, H7)."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone, translation

from newsletter.audience.models import SuppressionReason
from newsletter.audience.suppression import suppress
from newsletter.delivery import (
    advancing,
    allowing,
    claiming,
    lanes,
    rationing,
    sending,
    sentences,
    throttling,
    transport,
)
from newsletter.delivery.models import Delivery, DeliveryState, Lane, Mailing, SkipReason
from newsletter.delivery.receivers import Provider
from newsletter.delivery.throttling import Limit
from newsletter.delivery.transport import Transport
from newsletter.lib.redis import connection as redis
from newsletter.lib.servers import parse
from tests.environment import free_port
from tests.integration.delivery.conftest import beside, claimed, leave, prepared, wait_until
from tests.peers import smtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings

    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.wires import Wire
    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

UNTRIED = (DeliveryState.QUEUED.value, 0)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was read or seen by another test is forgotten."""
    monkeypatch.setattr(lanes, "_glance", lanes._Glance())  # noqa: SLF001 (the process's own)
    allowing.forget()
    with translation.override("en"):
        yield
    allowing.forget()
    allowing.leave()


def to(*urls: str) -> Transport:
    return Transport([parse(url) for url in urls])


def send(mailing: Mailing, over: Transport, *, seconds: float = 30) -> bool:
    try:
        return sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=seconds, transport=over)
    finally:
        over.leave()


def told(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.waits_for


def rows() -> Counter[tuple[str, int]]:
    return Counter(Delivery.objects.values_list("state", "attempts"))


# ── limits of a server ───────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_server_may_carry_in_an_hour_is_carried_and_the_page_says_what_is_waited_for(
    edition: Edition, peer: smtp.Peer
) -> None:
    mailing = prepared(edition, 12)
    assert not send(mailing, to(f"{peer.url}&per_hour=5&name=main"))
    assert peer.taken() == 5
    assert rows() == {(DeliveryState.SENT.value, 1): 5, UNTRIED: 7}
    assert told(mailing).startswith("The mail server main has carried all it may for now; it goes on at ")
    with translation.override("pl"):
        assert sentences.said(text=mailing.waits_for).startswith("Serwer poczty main ")
    assert mailing.waits_until is not None
    assert 3000 < (mailing.waits_until - timezone.now()).total_seconds() < 3700


def test_before_anything_is_claimed_a_server_that_may_not_carry_is_asked_for(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 2)
    throttling.take(limits=[Limit("server:main", per_day=5)], wanted=5)
    redis().hset("wici:{flow}:server:main", "known", 1)
    assert not send(mailing, to(f"{peer.url}&per_day=5&name=main"))
    assert peer.taken() == 0
    assert told(mailing).startswith("The mail server main")


def test_another_server_with_weight_carries_what_the_first_may_not(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 12)
    assert not send(mailing, to(f"{peer.url}&per_hour=5&name=main", f"{peer.url}&name=other"))
    servers = Counter(Delivery.objects.values_list("server", flat=True))
    assert servers["main"] <= 5
    assert servers.total() == peer.taken() == 12
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert told(mailing) == ""


def test_a_server_of_weight_0_does_not_stand_in_for_one_that_has_carried_its_share(
    edition: Edition, peer: smtp.Peer
) -> None:
    mailing = prepared(edition, 7)
    assert not send(mailing, to(f"{peer.url}&per_hour=5&name=main", f"{peer.url}&name=spare&weight=0"))
    assert peer.taken() == 5


def test_a_pace_is_kept_by_the_worker_itself_and_the_page_says_so(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 40)
    began = time.monotonic()
    assert send(mailing, to(f"{peer.url}&per_second=16&name=main"), seconds=1)
    assert peer.taken() == 40
    assert 36 / 16 <= time.monotonic() - began < 15, "four are there at the beginning"
    assert told(mailing) == "Mail leaves at the pace set for the mail server main."
    assert mailing.waits_until is None, "nobody else waits for it"


def test_a_turn_that_a_pace_makes_long_ends_where_others_wait(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 400)
    lanes.may_nudge(mailing_id=mailing.pk + 1)
    assert send(mailing, to(f"{peer.url}&per_second=16&name=main"), seconds=1)
    assert 16 <= peer.taken() < 200


def test_a_pace_that_is_used_up_before_the_claim_is_waited_for_in_naps(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 2)
    throttling.take(limits=[Limit("server:main", per_second=4)], wanted=1)
    assert not send(mailing, to(f"{peer.url}&per_second=4&name=main"), seconds=20)
    assert peer.taken() == 2


def test_while_redis_does_not_count_a_providers_mail_nothing_leaves(
    edition: Edition, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_limits: object) -> None:
        raise throttling.LimitsAwayError

    mailing = prepared(edition, 2)
    Provider.objects.update_or_create(pk="others", defaults={"per_hour": 5})
    monkeypatch.setattr(throttling, "take", away)
    assert not send(mailing, to(peer.url))
    assert "without its counters nobody is mailed" in told(mailing)
    assert rows() == {UNTRIED: 2}


def test_when_the_pace_holds_nothing_back_any_more_the_page_stops_saying_so(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 9)
    Mailing.objects.update(waits_for=sentences.PACED)
    assert not send(mailing, to(peer.url))
    assert told(mailing) == ""


def test_while_redis_does_not_count_nothing_limited_leaves_in_the_middle_either(
    edition: Edition, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_limits: object) -> None:
        raise throttling.LimitsAwayError

    mailing, over = prepared(edition, 3), to(f"{peer.url}&per_hour=5&name=main")
    monkeypatch.setattr(throttling, "take", away)
    assert not send(mailing, over)
    assert "without its counters nobody is mailed" in told(mailing)
    assert peer.taken() == 0


def test_tokens_that_were_not_used_are_there_for_the_next(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 3)
    url = f"{peer.url}&per_hour=50&name=main"
    send(mailing, to(url))
    assert throttling.take(limits=[rationing.limit_of(parse(url))], wanted=100).granted == 47


# ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_worker_that_gets_no_connection_says_so_unless_another_one_sends(
    edition: Edition, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ROOM_SECONDS", 0.0)
    mailing = prepared(edition, 3)
    limit = Limit("server:main", connections=1)
    throttling.hold(limit=limit, holder="another worker", wanted=1, seconds=60)
    batch = claimed(mailing, 1)
    assert not send(mailing, to(f"{peer.url}&connections=1&name=main"))
    assert told(mailing) == "", "another worker sends it"
    assert batch.claims
    from newsletter.delivery.bookkeeping import Lease  # noqa: PLC0415 (only here)

    Lease.objects.all().delete()
    assert not send(mailing, to(f"{peer.url}&connections=1&name=main"))
    assert told(mailing).startswith("All connections that may go to the mail server main are in use")
    throttling.let_go(limit=limit, holder="another worker")
    assert not send(mailing, to(f"{peer.url}&connections=1&name=main"))
    assert peer.taken() == 2


def test_a_connection_carries_no_more_to_a_provider_than_it_may_s11(edition: Edition, peer: smtp.Peer) -> None:
    class Remembering(Transport):
        """Which wires there were."""

        seen: list[Wire]

        def _join(self, wire: Wire) -> None:
            self.seen = [*getattr(self, "seen", []), wire]
            super()._join(wire)

    mailing = prepared(edition, 35)
    Delivery.objects.filter(subscriber__address__lt="reader000020").update(provider="wp")
    mailing.streams.create(provider="wp")
    Provider.objects.update_or_create(pk="wp", defaults={"mails_per_connection": 8})
    over = Remembering([parse(peer.url)])
    while send(mailing, over):
        pass
    assert peer.taken() == 35
    assert sum(wire.begun["wp"] for wire in over.seen) == 20
    assert max(wire.begun["wp"] for wire in over.seen) == 8
    assert max(wire.carried for wire in over.seen) > 8, "to others it carries on"


# ── the pace of a provider ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_providers_pace_is_kept_within_the_turn(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 30)
    Provider.objects.update_or_create(pk="others", defaults={"per_second": 4})
    assert send(mailing, to(peer.url), seconds=1)
    assert 3 <= peer.taken() < 30, "the sweep would have come for one"
    assert told(mailing) == sentences.PACED


def test_a_provider_that_waits_longer_is_the_sweeps(edition: Edition, peer: smtp.Peer) -> None:
    mailing = prepared(edition, 12)
    Provider.objects.update_or_create(pk="others", defaults={"per_hour": 5})
    assert not send(mailing, to(peer.url))
    assert peer.taken() == 5
    assert told(mailing).startswith("The limit set for the other providers is reached")


def test_a_provider_that_wants_to_be_left_alone_is_and_the_page_gives_the_reason_s3(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing = prepared(edition, 12)
    Delivery.objects.filter(subscriber__address__lt="reader000010").update(provider="google")
    mailing.streams.create(provider="google")
    too_fast = "421 4.7.28 unusual rate of mail from your network"
    peer = scripted(smtp.Script(replies={"reader000002@example.org": [("dot", too_fast, 1)]}))
    over = to(f"{peer.url}&connections=1")
    while send(mailing, over):
        pass
    states = Counter(Delivery.objects.values_list("provider", "state"))
    assert states["", DeliveryState.SENT.value] == 2, "the others get their mail"
    assert states["google", DeliveryState.DEFERRED.value] == 1
    assert states["google", DeliveryState.QUEUED.value] >= 6, "what waited goes back untried"
    assert told(mailing).startswith("Gmail (Google) gets no mail until ")
    assert "unusual rate" in mailing.waits_for


# ── second thoughts ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_leaves_after_the_claim_and_long_before_their_turn_is_not_mailed_h7(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing, peer = prepared(edition, 60), scripted(smtp.Script(delay=0.05))

    def three_leave() -> None:
        wait_until(lambda: peer.taken() >= 3, seconds=30, what="the first copies")
        assert Delivery.objects.filter(state=DeliveryState.SENDING).count() == 60, "all are in hand"
        leave("reader000059@example.org")
        suppress(key="reader000058@example.org", reason=SuppressionReason.COMPLAINED, now=timezone.now())
        Delivery.objects.filter(subscriber__address="reader000057@example.org").update(subscriber=None)

    leaving = beside(three_leave)
    assert not send(mailing, to(f"{peer.url}&connections=2"))
    leaving.join(30)
    assert peer.taken() == 57
    assert rows() == {(DeliveryState.SENT.value, 1): 57, (DeliveryState.SKIPPED.value, 0): 3}
    reasons = Delivery.objects.filter(state=DeliveryState.SKIPPED).values_list("skip_reason", flat=True)
    assert set(reasons) == {SkipReason.UNSUBSCRIBED, SkipReason.SUPPRESSED, SkipReason.ERASED}


def test_who_leaves_while_the_server_thinks_about_their_envelope_gets_no_text_h7(
    edition: Edition, peer: smtp.Peer
) -> None:
    mailing = prepared(edition, 3)
    peer.gate("data", 2)

    def leaves() -> None:
        peer.wait_at_gate()
        leave("reader000001@example.org")
        time.sleep(1.2)
        peer.go()

    leaving = beside(leaves)
    assert not send(mailing, to(f"{peer.url}&connections=1"))
    leaving.join(30)
    assert sorted(recipient for _, recipient in peer.copies()) == [
        "reader000000@example.org",
        "reader000002@example.org",
    ]
    row = Delivery.objects.get(subscriber__address="reader000001@example.org")
    assert (row.state, row.skip_reason, row.attempts) == (DeliveryState.SKIPPED, SkipReason.UNSUBSCRIBED, 0)


def test_nobody_is_looked_for_where_nobody_is_in_hand(edition: Edition) -> None:
    mailing = prepared(edition, 1)
    batch, now = claimed(mailing, 1), timezone.now()

    def gone(lease: int, claims: list[Claim]) -> frozenset[int]:
        return claiming.leave_out_the_gone(mailing=mailing, lease=lease, claims=claims, now=now)

    assert not gone(batch.lease, [])
    assert not gone(batch.lease, batch.claims)
    leave("reader000000@example.org")
    assert gone(batch.lease + 1, batch.claims) == {batch.claims[0].delivery_id}, "whoever has it must not send it"
    assert Delivery.objects.get().state == DeliveryState.SENDING, "and whoever has the lease says what became of it"


# ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_turn_ends_inside_a_slow_batch_where_others_wait_and_what_was_not_begun_goes_back(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing, peer = prepared(edition, 400), scripted(smtp.Script(delay=0.02))
    over = to(f"{peer.url}&connections=2")
    lanes.may_nudge(mailing_id=mailing.pk + 1)
    began = time.monotonic()
    assert send(mailing, over, seconds=0.5), "it goes on when its turn comes again"
    assert time.monotonic() - began < 5
    assert 0 < peer.taken() < 200
    assert rows() == {(DeliveryState.SENT.value, 1): peer.taken(), UNTRIED: 400 - peer.taken()}
    assert over.portion < 400, "next time it takes what it can carry in a few seconds"


def test_a_server_that_is_quick_again_soon_gets_whole_batches_again(edition: Edition, peer: smtp.Peer) -> None:
    mailing, over = prepared(edition, 100), to(peer.url)
    over.portion = sending.LEAST
    assert not send(mailing, over)
    assert over.portion > 2 * sending.LEAST
    assert peer.taken() == 100


def test_where_nobody_waits_a_slow_batch_goes_on(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer]
) -> None:
    mailing, peer = prepared(edition, 60), scripted(smtp.Script(delay=0.02))
    assert send(mailing, to(f"{peer.url}&connections=2"), seconds=0.1)
    assert peer.taken() == 60


def test_a_normal_mailing_leaves_its_worker_and_its_connections_to_an_urgent_one(
    edition: Edition, peer: smtp.Peer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 0.0)
    settings.SMTP_SERVERS = [f"{peer.url}&connections=3"]
    mailing = prepared(edition, 5)
    lanes.say_urgent(mailing_id=mailing.pk + 1, waits=True)
    assert advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=1) == 0
    assert peer.taken() == 0
    Mailing.objects.update(lane=Lane.URGENT)
    assert advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=5) == 0
    assert peer.taken() == 5
    transport.kept(tuple(Transport([parse(settings.SMTP_SERVERS[0])])._servers)).leave()  # noqa: SLF001 (the worker's own)


def test_without_redis_nobody_is_mailed_and_the_mailing_says_so(
    edition: Edition, peer: smtp.Peer, settings: Settings
) -> None:
    mailing = prepared(edition, 2)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert not send(mailing, to(peer.url))
    assert "Redis does not answer" in told(mailing)
    assert rows() == {UNTRIED: 2}
