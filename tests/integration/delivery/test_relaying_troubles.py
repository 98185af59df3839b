"""Sending by a backend, when something goes wrong in the middle: nobody is lost, nobody is mailed twice without our knowing."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.delivery import allowing, carrying, recovering, relaying, steering, throttling, watching
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.journal import JournalError
from newsletter.delivery.models import Delivery, DeliveryState, UnknownPolicy
from newsletter.delivery.receivers import Provider
from tests.environment import free_port
from tests.integration.delivery.conftest import prepared
from tests.peers import services

if TYPE_CHECKING:
    from pytest_django import Settings

    from newsletter.editions.models import Edition

from tests.integration.delivery.relays import once, over, reader, send, states, to, tries, waits_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


# ── nobody knows (S4) ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("fate", ["silent", "reset", "strange", "deaf", 502])
def test_a_request_that_may_have_arrived_is_unknown_and_goes_again_with_the_same_id_s4(
    edition: Edition, service: services.Service, settings: Settings, fate: int | str
) -> None:
    settings.ANYMAIL |= {"REQUESTS_TIMEOUT": 0.5}
    service.script.fates = [fate]
    mailing = prepared(edition, 12)
    while send(mailing, over(to("postmark"))):
        pass
    assert tries(mailing) == {(DeliveryState.SENT, 2): 12}
    assert set(Delivery.objects.values_list("unknowns", flat=True)) == {1}
    assert set(service.copies().values()) == ({1} if fate in ("deaf", 502) else {2})
    assert len(service.copies()) == 12, "a second copy has the same Message-ID"


def test_a_mailing_that_holds_what_is_unknown_sends_no_second_copy(edition: Edition, service: services.Service) -> None:
    service.script.fates = ["reset"]
    mailing = prepared(edition, 6, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 6}
    assert set(service.copies().values()) == {1}


def test_a_service_that_never_answers_is_left_alone_after_three_requests(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.ANYMAIL |= {"REQUESTS_TIMEOUT": 0.2}
    service.script.always = "silent"
    mailing = prepared(edition, 12, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 3, DeliveryState.QUEUED: 9}
    assert "The server did not answer in time" in waits_for(mailing)


def test_an_answer_that_takes_too_long_is_not_waited_for(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "LONGEST_WAIT", 0.3)
    service.script.always = "silent"
    mailing = prepared(edition, 2, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 2}


def test_a_service_that_cannot_be_reached_has_taken_nothing(edition: Edition, settings: Settings) -> None:
    settings.ANYMAIL = services.SETTINGS | {"POSTMARK_API_URL": f"http://127.0.0.1:{free_port()}/"}
    mailing = prepared(edition, 5)
    send(mailing, over(to("postmark")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 5}
    assert waits_for(mailing).startswith("The mail server postmark does not answer")


# ── lease, journal, limits, steering ─────────────────────────────────────────────────────────────────────────────────
def test_a_pause_stops_before_the_next_request_and_what_was_not_sent_waits(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    service.script.delay = 0.05
    mailing = prepared(edition, 60)
    clock = once(lambda: steering.pause(mailing_id=mailing.pk, now=timezone.now()), when=lambda: service.taken() >= 5)
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    sent = service.taken()
    assert 0 < sent < 30
    assert states(mailing) == {DeliveryState.SENT: sent, DeliveryState.QUEUED: 60 - sent}


def test_a_lease_that_ran_out_lets_nothing_more_go(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 0
    mailing = prepared(edition, 5)
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.SENDING, 1): 5}
    assert service.taken() == 0
    settings.LEASE_SECONDS = 30
    recovering.recover(now=timezone.now())
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.SENT, 1): 5}


def test_a_request_that_outlives_its_lease_is_settled_by_somebody_else_and_not_twice(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 1
    service.script.delay = 1.0
    mailing = prepared(edition, 5, unknown_policy=UnknownPolicy.HOLD)

    def sleep_too_long() -> None:
        Lease.objects.update(until=timezone.now())
        assert recovering.recover(now=timezone.now()) == 5

    send(mailing, over(to("postmark")), clock=once(sleep_too_long, when=lambda: bool(service.requests)), seconds=3)
    assert states(mailing) == {DeliveryState.UNKNOWN: 5}
    assert set(service.copies().values()) == {1}


def test_without_a_journal_nothing_goes_out(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    mailing = prepared(edition, 6)
    service.script.delay = 0.3
    settings.LEASE_SECONDS = 4

    def cut_off(_self: object, _notes: object) -> bool:
        raise JournalError

    def cut() -> None:
        monkeypatch.setattr("newsletter.delivery.journal.Journal.write", cut_off)

    clock = once(cut, when=lambda: service.taken() >= 2)
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    assert states(mailing) == {DeliveryState.SENT: service.taken(), DeliveryState.QUEUED: 6 - service.taken()}
    assert waits_for(mailing).startswith("Redis does not answer, and without its journal")


def recover_now() -> None:
    """As if this worker had slept, and the lease had run out."""
    Lease.objects.update(until=timezone.now())
    recovering.recover(now=timezone.now())


@pytest.mark.parametrize("look", [0, 1])
def test_a_page_that_recovery_has_closed_lets_nothing_more_go(
    edition: Edition, service: services.Service, look: int
) -> None:
    """The first look at the clock after a copy was taken is when its answer came, the next when another is made ready."""
    mailing, looks = prepared(edition, 12), itertools.count()
    clock = once(recover_now, when=lambda: service.taken() == 3 and next(looks) == look)
    while send(mailing, over(to("mailgun", "&connections=1")), clock=clock):
        pass
    assert states(mailing) == {DeliveryState.SENT: 12}
    again = {recipient for (_, recipient), number in service.copies().items() if number > 1}
    assert again <= set(Delivery.objects.filter(unknowns=1).values_list("subscriber__address", flat=True))
    assert len(again) <= 1


def test_what_somebody_else_has_recorded_is_not_recorded_again(edition: Edition, service: services.Service) -> None:
    mailing, looks = prepared(edition, 1), itertools.count()
    clock = once(recover_now, when=lambda: service.taken() == 1 and next(looks) == 1)
    send(mailing, over(to("mailgun")), clock=clock)
    assert tries(mailing) == {(DeliveryState.SENT, 1): 1}
    assert set(service.copies().values()) == {1}


def test_a_batch_that_takes_longer_than_its_lease_keeps_it(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 2
    service.script.delay = 0.4
    mailing = prepared(edition, 8)
    clock = once(lambda: recovering.recover(now=timezone.now()), when=lambda: service.taken() >= 7)
    send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    assert tries(mailing) == {(DeliveryState.SENT, 1): 8}


def test_what_was_not_answered_when_the_journal_went_away_is_unknown(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 2
    service.script.fates = [200, "silent"]
    mailing = prepared(edition, 12, unknown_policy=UnknownPolicy.HOLD)

    def cut_off(_self: object, _notes: object) -> bool:
        raise JournalError

    def cut() -> None:
        monkeypatch.setattr("newsletter.delivery.journal.Journal.write", cut_off)

    send(mailing, over(to("mailgun", "&connections=4")), clock=once(cut, when=lambda: service.taken() >= 4))
    assert states(mailing)[DeliveryState.UNKNOWN] == 1
    assert states(mailing)[DeliveryState.SENT] == service.taken() - 1


def test_somebody_urgent_gets_the_worker_after_the_request_under_way(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = prepared(edition, 12)
    service.script.delay = 0.02

    def be_urgent() -> None:
        monkeypatch.setattr("newsletter.delivery.lanes.is_urgent_waiting", lambda: True)

    clock = once(be_urgent, when=lambda: service.taken() >= 3)
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    assert 3 <= service.taken() <= 5
    assert states(mailing) == {DeliveryState.SENT: service.taken(), DeliveryState.QUEUED: 12 - service.taken()}


def test_while_the_counters_are_away_nothing_that_is_limited_goes_out(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = prepared(edition, 12)

    def lose_count() -> None:
        def away(**_asked: object) -> None:
            raise throttling.LimitsAwayError

        monkeypatch.setattr(throttling, "take", away)

    clock = once(lose_count, when=lambda: service.taken() >= 3)
    assert not send(mailing, over(to("mailgun", "&connections=1&per_hour=1000")), clock=clock)
    assert states(mailing) == {DeliveryState.SENT: service.taken(), DeliveryState.QUEUED: 12 - service.taken()}
    assert waits_for(mailing).startswith("Redis does not answer, and without its counters")


@pytest.mark.usefixtures("service")
def test_a_limit_per_day_lets_so_many_go_and_says_when_it_goes_on(edition: Edition) -> None:
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&per_day=5")))
    assert states(mailing) == {DeliveryState.SENT: 5, DeliveryState.QUEUED: 7}
    assert waits_for(mailing).startswith("The limit set for mailgun is reached")


@pytest.mark.usefixtures("service")
def test_a_limit_per_second_slows_it_down(edition: Edition) -> None:
    mailing = prepared(edition, 12)
    began = timezone.now()
    send(mailing, over(to("postmark", "&per_second=8")))
    assert states(mailing) == {DeliveryState.SENT: 12}
    assert (timezone.now() - began).total_seconds() > 1


def test_a_provider_that_takes_one_connection_gets_one_request_at_a_time(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 8)
    Delivery.objects.update(provider="google")
    Stream.objects.update(provider="google")
    Provider.objects.create(pk="google", connections=1)
    allowing.forget()
    send(mailing, over(to("mailgun")))
    assert states(mailing) == {DeliveryState.SENT: 8}
    assert len(service.sockets) == 1


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(("address", "code"), [("zażółć@example.org", "5.6.7"), ("nobody", "5.1.3")])
def test_who_cannot_be_written_to_fails_before_anything_goes_out(edition: Edition, address: str, code: str) -> None:
    mailing = prepared(edition, 3)
    Subscriber.objects.filter(address=reader(1)).update(address=address)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 2, DeliveryState.FAILED: 1}
    assert Delivery.objects.get(state=DeliveryState.FAILED).enhanced_code == code


def test_a_fault_of_ours_breaks_off_hands_back_and_is_said(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = prepared(edition, 12)
    service.script.delay = 0.1

    def broken(_self: object, _claimed: object) -> None:
        raise ZeroDivisionError

    def break_it() -> None:
        monkeypatch.setattr(relaying.Relay, "_copy", broken)

    with pytest.raises(ZeroDivisionError):
        send(mailing, over(to("mailgun")), clock=once(break_it, when=lambda: service.taken() >= 2))
    sent = service.taken()
    assert states(mailing) == {DeliveryState.SENT: sent, DeliveryState.QUEUED: 12 - sent}
    assert sent
    assert "Something went wrong in the worker" in waits_for(mailing)
