"""delivery.clocks: where the clock was set back, nothing waits until it shows again what it showed before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscription
from newsletter.delivery import advancing, clocks, lanes
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.receivers import Provider
from newsletter.lib.redis import connection
from tests.environment import free_port
from tests.integration.delivery.conftest import brought_to, claimed, make_mailing, make_readers, prepared

if TYPE_CHECKING:
    from pytest_django import Settings

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


@pytest.fixture
def now() -> dt.datetime:
    """What a clock shows that was an hour ahead at the last sweep."""
    now = timezone.now()
    assert not clocks.mend(now=now + HOUR)
    return now


def dues(mailing: Mailing) -> list[dt.datetime | None]:
    return list(Delivery.objects.filter(mailing=mailing).order_by("id").values_list("due_at", flat=True))


def test_clocks_that_agree_within_a_minute_are_one_clock(edition: Edition) -> None:
    now = timezone.now()
    mailing = make_mailing(edition, waits_until=now + HOUR)
    assert not clocks.mend(now=now)
    assert not clocks.mend(now=now - MINUTE / 2)
    assert not clocks.mend(now=now)
    mailing.refresh_from_db()
    assert mailing.waits_until == now + HOUR


def test_it_is_noticed_once(now: dt.datetime) -> None:
    assert clocks.mend(now=now)
    assert not clocks.mend(now=now)


def test_what_stood_in_the_way_is_asked_again_at_once(edition: Edition, now: dt.datetime) -> None:
    mailing = prepared(edition, 1, state=MailingState.SENDING, waits_for="…", waits_until=now + HOUR)
    Stream.objects.update(waits_for="…", waits_until=now + HOUR)
    assert advancing.movable(now=now) == []
    clocks.mend(now=now)
    assert advancing.movable(now=now) == [mailing.pk]
    assert set(Stream.objects.values_list("waits_until", flat=True)) == {now}


def test_what_was_launched_to_begin_at_once_begins(edition: Edition, now: dt.datetime) -> None:
    ahead = now + HOUR
    mailing = make_mailing(edition, state=MailingState.SCHEDULED, due_at=ahead, created_at=ahead)
    clocks.mend(now=now)
    assert advancing.movable(now=now) == [mailing.pk]


def test_an_urgent_one_that_was_released_begins(edition: Edition, now: dt.datetime) -> None:
    ahead = now + HOUR
    facts = {"due_at": ahead, "created_at": ahead - MINUTE, "released_at": ahead, "lane": "urgent"}
    mailing = make_mailing(edition, state=MailingState.SCHEDULED, **facts)
    clocks.mend(now=now)
    assert advancing.movable(now=now) == [mailing.pk]


def test_a_time_that_a_person_chose_stays_theirs(edition: Edition, now: dt.datetime) -> None:
    mailing = make_mailing(edition, state=MailingState.SCHEDULED, due_at=now + HOUR, created_at=now)
    clocks.mend(now=now)
    mailing.refresh_from_db()
    assert mailing.due_at == now + HOUR


def test_rows_that_were_handed_back_are_due_at_once(edition: Edition, now: dt.datetime) -> None:
    mailing = prepared(edition, 3, state=MailingState.SENDING)
    rows = Delivery.objects.filter(mailing=mailing)
    brought_to(rows, DeliveryState.QUEUED, due_at=now + HOUR)
    rows.filter(pk=rows.latest("pk").pk).update(unknowns=1)
    clocks.mend(now=now)
    assert dues(mailing) == [now] * 3


def test_whom_a_server_put_off_waits_no_longer_than_between_any_two_tries(edition: Edition, now: dt.datetime) -> None:
    mailing = prepared(edition, 3, state=MailingState.SENDING)
    Mailing.objects.update(state=MailingState.PAUSED)
    rows = list(Delivery.objects.filter(mailing=mailing).order_by("id"))
    for row, state, unknowns, hours in zip(
        rows, ("deferred", "deferred", "queued"), (0, 0, 2), (1, 30, 30), strict=True
    ):
        brought_to(
            Delivery.objects.filter(pk=row.pk), DeliveryState(state), unknowns=unknowns, due_at=now + hours * HOUR
        )
    clocks.mend(now=now)
    assert dues(mailing) == [now + HOUR, now + 4 * HOUR, now + 4 * HOUR]


def test_a_readers_own_hour_stays_theirs(edition: Edition, now: dt.datetime) -> None:
    mailing = prepared(edition, 1, state=MailingState.SENDING, wall_time="2030-01-01T08:00")
    before = dues(mailing)
    clocks.mend(now=now)
    assert dues(mailing) == before
    assert before[0]
    assert before[0] > now


def test_a_provider_is_left_alone_no_longer_than_four_hours(now: dt.datetime) -> None:
    for key, hours in (("google", 1), ("wp", 9)):
        Provider.objects.update_or_create(pk=key, defaults={"stopped_until": now + hours * HOUR, "stopped_why": "…"})
    clocks.mend(now=now)
    stops = dict(Provider.objects.exclude(stopped_until=None).values_list("key", "stopped_until"))
    assert stops == {"google": now + HOUR, "wp": now + 4 * HOUR}


def test_a_letter_waits_no_longer_than_if_a_worker_had_it_in_hand(edition: Edition, now: dt.datetime) -> None:
    make_readers(edition.newsletter, 2)
    first, second = Subscription.objects.order_by("pk")
    Subscription.objects.filter(pk=first.pk).update(letter_due_at=now + 5 * MINUTE)
    Subscription.objects.filter(pk=second.pk).update(letter_due_at=now + HOUR)
    clocks.mend(now=now)
    dues = list(Subscription.objects.order_by("pk").values_list("letter_due_at", flat=True))
    assert dues == [now + 5 * MINUTE, now + 10 * MINUTE]


def test_without_redis_leases_end_in_time_all_the_same(edition: Edition, settings: Settings, now: dt.datetime) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    mailing = prepared(edition, 1, state=MailingState.SENDING)
    claimed(mailing, 1)
    Lease.objects.update(until=now + HOUR)
    assert not clocks.mend(now=now)
    assert Lease.objects.get().until == now + dt.timedelta(seconds=settings.LEASE_SECONDS)


def test_notes_from_before_rediss_clock_was_set_back_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(lanes, "_glance", lanes._Glance())  # noqa: SLF001 (the process's own)
    in_an_hour = timezone.now().timestamp() + 3600
    connection().zadd(lanes.URGENT, {"7": in_an_hour})
    connection().zadd(lanes.NUDGED, {"7": in_an_hour})
    assert not lanes.is_urgent_waiting()
    assert not lanes.others_wait(mailing_id=8)
    assert lanes.may_nudge(mailing_id=7)
    assert not lanes.may_nudge(mailing_id=7)


def test_mailings_that_are_over_are_left_as_they_are(edition: Edition, now: dt.datetime) -> None:
    mailing = prepared(edition, 1, state=MailingState.SENDING)
    brought_to(Delivery.objects.filter(mailing=mailing), DeliveryState.DEFERRED, due_at=now + 30 * HOUR)
    Mailing.objects.update(state=MailingState.FINISHED)
    clocks.mend(now=now)
    assert dues(mailing) == [now + 30 * HOUR]
