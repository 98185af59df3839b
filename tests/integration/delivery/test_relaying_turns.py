"""Sending by a slow backend: who leaves meanwhile, whose turn it is, and what shows before a batch is over (H7, S20)."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.audience.models import SuppressionReason
from newsletter.audience.suppression import suppress
from newsletter.delivery import allowing, holding, lanes, recovering, steering, throttling, watching
from newsletter.delivery.models import Delivery, DeliveryState, SkipReason
from newsletter.delivery.throttling import Limit
from newsletter.lib.servers import parse
from tests.integration.delivery.conftest import beside, end_of_leases, leave, prepared, wait_until
from tests.integration.delivery.relays import once, over, reader, row_of, send, states, to, tries, waits_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.delivery.throttling import Handful
    from newsletter.editions.models import Edition
    from tests.peers import services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

ONE_BY_ONE = to("mailgun", "&connections=1")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was read or seen by another test is forgotten."""
    monkeypatch.setattr(lanes, "_glance", lanes._Glance())  # noqa: SLF001 (the process's own)
    allowing.forget()
    yield
    allowing.forget()
    allowing.leave()


def recipients(service: services.Service) -> set[str]:
    return {recipient for _, recipient in service.copies()}


# ── second thoughts ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_leaves_while_a_slow_service_keeps_the_batch_in_hand_is_not_mailed_h7(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 0.1
    mailing = prepared(edition, 30)

    def three_leave() -> None:
        wait_until(lambda: service.taken() >= 3, seconds=30, what="the first copies")
        assert Delivery.objects.filter(state=DeliveryState.SENDING).count() == 30, "all are in hand"
        leave(reader(29))
        suppress(key=reader(28), reason=SuppressionReason.COMPLAINED, now=timezone.now())
        Delivery.objects.filter(subscriber__address=reader(27)).update(subscriber=None)

    leaving = beside(three_leave)
    assert not send(mailing, over(ONE_BY_ONE))
    leaving.join(30)
    assert recipients(service) == {reader(n) for n in range(27)}
    assert tries(mailing) == {(DeliveryState.SENT, 1): 27, (DeliveryState.SKIPPED, 0): 3}
    reasons = Delivery.objects.filter(state=DeliveryState.SKIPPED).values_list("skip_reason", flat=True)
    assert set(reasons) == {SkipReason.UNSUBSCRIBED, SkipReason.SUPPRESSED, SkipReason.ERASED}


def test_who_leaves_while_the_one_request_under_way_is_not_answered_is_not_in_the_next_h7(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 1.5
    mailing = prepared(edition, 150)
    clock = once(lambda: leave(reader(149)), when=lambda: bool(service.requests))
    assert not send(mailing, over(to("postmark", "&connections=1")), clock=clock)
    assert len(service.requests) == 2
    assert recipients(service) == {reader(n) for n in range(149)}
    assert row_of(149).skip_reason == SkipReason.UNSUBSCRIBED


def test_who_leaves_while_the_counters_keep_us_waiting_is_looked_for_once_more_h7(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing, take = prepared(edition, 3), throttling.take

    def slowly(**asked: Any) -> Handful:
        if Delivery.objects.filter(state=DeliveryState.SENDING).exists():
            leave(reader(1))
            time.sleep(watching.LOOK_SECONDS + 0.1)
        return take(**asked)

    monkeypatch.setattr(throttling, "take", slowly)
    send(mailing, over(to("postmark")))
    assert recipients(service) == {reader(0), reader(2)}


def test_the_tokens_of_who_left_go_back(edition: Edition, service: services.Service) -> None:
    service.script.delay = 0.3
    edition.newsletter.per_hour = 20
    edition.newsletter.save()
    mailing = prepared(edition, 10)

    def three_leave() -> None:
        for number in (7, 8, 9):
            leave(reader(number))

    send(mailing, over(ONE_BY_ONE), clock=once(three_leave, when=lambda: bool(service.requests)))
    assert service.taken() == 7
    left = throttling.take(limits=[Limit(f"newsletter:{edition.newsletter_id}", per_hour=20)], wanted=20)
    assert left.granted == 13


# ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_turn_ends_inside_a_slow_batch_where_others_wait_and_what_was_not_begun_goes_back(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 0.2
    mailing = prepared(edition, 60)
    lanes.may_nudge(mailing_id=mailing.pk + 1)
    began = time.monotonic()
    assert send(mailing, over(ONE_BY_ONE), seconds=0.5), "it goes on when its turn comes again"
    assert time.monotonic() - began < 5
    assert 0 < service.taken() < 30
    assert tries(mailing) == {(DeliveryState.SENT, 1): service.taken(), (DeliveryState.QUEUED, 0): 60 - service.taken()}
    assert waits_for(mailing) == ""


def test_where_nobody_waits_a_slow_batch_goes_on(edition: Edition, service: services.Service) -> None:
    service.script.delay = 0.1
    mailing = prepared(edition, 20)
    assert send(mailing, over(ONE_BY_ONE), seconds=0.1)
    assert states(mailing) == {DeliveryState.SENT: 20}


def test_what_was_not_begun_goes_back_before_a_slow_service_answers_the_request_under_way(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 6.0
    mailing = prepared(edition, 5)
    lanes.may_nudge(mailing_id=mailing.pk + 1)
    seen: list[dict[str, int]] = []

    def look() -> None:
        wait_until(lambda: states(mailing)[DeliveryState.QUEUED] == 4, seconds=5, what="handing back")
        seen.append({**states(mailing), "taken": service.taken()})

    looking = beside(look)
    assert send(mailing, over(ONE_BY_ONE), seconds=0.5)
    looking.join(30)
    assert seen == [{DeliveryState.SENDING: 1, DeliveryState.QUEUED: 4, "taken": 0}]
    assert tries(mailing) == {(DeliveryState.SENT, 1): 1, (DeliveryState.QUEUED, 0): 4}


def test_a_refusal_that_comes_after_the_end_of_its_turn_is_said_all_the_same(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay, service.script.always = 2.5, 401
    mailing = prepared(edition, 5)
    lanes.may_nudge(mailing_id=mailing.pk + 1)
    assert not send(mailing, over(to("mailgun", "&connections=1")), seconds=0.5)
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 5}
    assert "HTTP 401" in waits_for(mailing)


def test_a_refusal_that_comes_after_a_pause_is_no_reason_to_tell(edition: Edition, service: services.Service) -> None:
    service.script.delay, service.script.always = 2.5, 401
    mailing = prepared(edition, 5)
    clock = once(lambda: steering.pause(mailing_id=mailing.pk, now=timezone.now()), when=lambda: bool(service.requests))
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 5}
    assert waits_for(mailing) == ""


def test_the_session_of_the_last_request_stays_ours_however_long_the_service_takes(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "HOLD_SECONDS", 2.5)
    service.script.delay = 4.5
    mailing, others = prepared(edition, 1), holding.Slots()
    told: list[int] = []

    def ask() -> None:
        wait_until(lambda: bool(service.requests), seconds=30, what="the request")
        time.sleep(3.5)
        told.append(others.ask(parse(ONE_BY_ONE), wanted=1, still_open=0))

    asking = beside(ask)
    send(mailing, over(ONE_BY_ONE))
    asking.join(30)
    assert told == [0], "the service takes one at a time from all workers together"
    assert states(mailing) == {DeliveryState.SENT: 1}


# ── what shows meanwhile ─────────────────────────────────────────────────────────────────────────────────────────────
def recordings(queries: CaptureQueriesContext) -> int:
    return sum("newsletter_delivery.lease = o.lease" in query["sql"] for query in queries)


def test_outcomes_show_long_before_a_slow_batch_is_over_and_at_most_every_two_seconds(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 0.4
    mailing = prepared(edition, 14)
    seen: list[int] = []

    def look() -> None:
        wait_until(lambda: states(mailing)[DeliveryState.SENT] > 0, seconds=30, what="the first outcome to show")
        seen.append(service.taken())

    looking, began = beside(look), time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        send(mailing, over(ONE_BY_ONE))
    took = time.monotonic() - began
    looking.join(30)
    assert states(mailing) == {DeliveryState.SENT: 14}
    assert seen[0] < 14, "after about two seconds, and not after a quarter of a lease"
    assert 3 <= recordings(queries) <= took / 2 + 1


def test_a_batch_that_is_over_sooner_is_recorded_once(edition: Edition, service: services.Service) -> None:
    mailing = prepared(edition, 100)
    with CaptureQueriesContext(connection) as queries:
        send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 100}
    assert recordings(queries) == 1
    assert service.taken() == 100


# ── the database breaks ──────────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_answered_when_the_database_went_away_is_sent_and_the_next_batch_hears_nothing_of_it(
    edition: Edition, service: services.Service
) -> None:
    service.script.delay = 0.5
    mailing, transport = prepared(edition, 12), over(to("mailgun", "&connections=3"))

    def away(*_statement: object) -> None:
        raise OperationalError("the database is away")

    with contextlib.ExitStack() as stack:
        clock = once(
            lambda: stack.enter_context(connection.execute_wrapper(away)), when=lambda: service.taken() in range(3, 10)
        )
        with pytest.raises(OperationalError):
            send(mailing, transport, clock=clock)
    assert states(mailing) == {DeliveryState.SENDING: 12}
    assert service.taken() < 12, "it happened in the middle"
    recovering.recover(now=end_of_leases())
    Delivery.objects.filter(state=DeliveryState.QUEUED).update(due_at=timezone.now())
    send(mailing, transport)
    assert tries(mailing) == {(DeliveryState.SENT, 1): 12}
    assert set(service.copies().values()) == {1}
    assert waits_for(mailing) == ""
