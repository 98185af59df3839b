"""delivery.allowing: breaker, limits and warm-up in one answer (S11, B7)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.delivery import allowing, breaking, recounting, sentences, throttling, warming
from newsletter.delivery.allowing import Allowance, allowances, return_unused
from newsletter.delivery.models import Delivery, DeliveryState, Mailing
from newsletter.delivery.receivers import Provider
from newsletter.delivery.warming import WarmUp, WarmUpDay
from newsletter.lib.redis import connection
from tests.environment import free_port
from tests.integration.delivery.conftest import make_mailing, make_readers
from tests.integration.delivery.flow import NOON, TOO_FAST, after
from tests.peers.clock import Clock, moved_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _emptied(redis_server: object) -> Iterator[None]:  # noqa: ARG001 (it must run)
    connection().flushdb()
    allowing.forget()
    yield
    connection().flushdb()
    allowing.forget()
    allowing.leave()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return moved_by_hand(monkeypatch)


@pytest.fixture
def mailing(edition: Edition) -> Mailing:
    return make_mailing(edition)


def limit(key: str, **limits: float) -> None:
    Provider.objects.update_or_create(pk=key, defaults=limits)
    allowing.forget()


def asked(mailing: Mailing, provider: str = "wp", wanted: int = 400, now: dt.datetime = NOON) -> Allowance:
    return allowances(mailing=mailing, providers=[provider], wanted=wanted, now=now)[provider]


def test_without_limits_everything_may_leave_and_redis_is_not_asked(mailing: Mailing, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert asked(mailing, "") == Allowance(rows=400)
    assert allowances(mailing=mailing, providers=[], wanted=9, now=NOON) == {}
    return_unused(mailing=mailing, unused={"": 3})


def test_what_is_set_is_read_once_for_many_batches(mailing: Mailing, django_assert_num_queries: Any) -> None:
    asked(mailing, "")
    with django_assert_num_queries(0):
        for _batch in range(50):
            asked(mailing, "")


def test_a_known_provider_begins_with_its_start_values(mailing: Mailing) -> None:
    Provider.objects.all().delete()
    assert asked(mailing, "google") == Allowance(400, connections=5, per_connection=50)


def test_a_providers_own_limits_come_first(mailing: Mailing, clock: Clock) -> None:
    limit("wp", per_second=40, connections=2, mails_per_connection=7)
    assert asked(mailing) == Allowance(10, connections=2, per_connection=7)
    waits = asked(mailing)
    assert (waits.rows, waits.sentence) == (0, sentences.PACED)
    assert waits.wait == pytest.approx(0.25)
    clock.move(waits.wait)
    assert asked(mailing).rows == 10


@pytest.mark.usefixtures("clock")
def test_a_limit_used_up_says_so_and_when_it_goes_on(mailing: Mailing) -> None:
    limit("others", per_hour=30)
    assert asked(mailing, "").rows == 30
    waits = asked(mailing, "")
    assert waits.rows == 0
    assert 3600 <= waits.wait <= 3630
    assert waits.sentence == "The limit set for the other providers is reached; it goes on at 14:30."


@pytest.mark.usefixtures("clock")
def test_what_was_not_sent_may_leave_later(mailing: Mailing) -> None:
    limit("wp", per_hour=30)
    assert asked(mailing).rows == 30
    return_unused(mailing=mailing, unused={"wp": 12, "": 0})
    assert asked(mailing).rows == 12


@pytest.mark.usefixtures("clock")
def test_a_newsletters_limit_is_one_for_all_its_providers(mailing: Mailing) -> None:
    mailing.edition.newsletter.per_hour = 30
    first = allowances(mailing=mailing, providers=["", "wp", "onet"], wanted=60, now=NOON)
    assert sorted(each.rows for each in first.values()) == [0, 10, 20]
    assert next(each.sentence for each in first.values() if not each.rows).startswith(
        "The limit set for this newsletter"
    )


def test_a_stopped_provider_waits_and_says_why(mailing: Mailing) -> None:
    breaking.trip(provider="wp", verdict=TOO_FAST, now=NOON)
    allowing.forget()
    waits = asked(mailing, now=after(4))
    assert (waits.rows, waits.wait) == (0, 360)
    assert waits.sentence.startswith("Poczta WP, o2 gets no mail until 13:40")
    assert asked(mailing, "onet", now=after(4)).rows == 400
    assert asked(mailing, now=after(10.5)).connections == 1
    assert asked(mailing, now=after(60)).connections == 10


def test_a_word_of_our_own_server_stops_everybody(mailing: Mailing) -> None:
    breaking.trip(provider=breaking.ALL, verdict=TOO_FAST, now=NOON)
    allowing.forget()
    assert asked(mailing, "", now=after(1)).sentence.startswith("Nobody gets mail until")
    assert asked(mailing, "", now=after(12)).connections == 3


@pytest.mark.usefixtures("clock")
def test_a_provider_whose_connections_are_all_in_use_waits_a_moment(mailing: Mailing) -> None:
    google = throttling.Limit("provider:google", connections=5)
    assert throttling.hold(limit=google, holder="another worker", wanted=5, seconds=60) == 5
    busy = asked(mailing, "google")
    assert (busy.rows, busy.wait) == (0, 1.0)
    assert busy.sentence.startswith("All connections that may go to Gmail (Google) are in use")
    throttling.let_go(limit=google, holder="another worker")
    assert asked(mailing, "google").connections == 5
    allowing.keep()
    allowing.leave()
    assert throttling.hold(limit=google, holder="another worker", wanted=5, seconds=60) == 5


def test_leaving_while_redis_is_away_is_no_trouble(mailing: Mailing, settings: Any) -> None:
    asked(mailing, "google")
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    allowing.leave()
    with pytest.raises(throttling.LimitsAwayError):
        asked(mailing, "google")


@pytest.mark.usefixtures("clock")
def test_counters_lost_with_redis_are_counted_again_from_the_rows(mailing: Mailing) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(started_at=NOON)
    message = mailing.messages.all()[0]
    ages = [1, 30, 90, 60 * 30]  # minutes; the last is older than a day
    Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            subscriber=reader,
            message=message,
            provider="wp",
            server="main",
            state=DeliveryState.SENT,
            resolved_at=NOON - dt.timedelta(minutes=ages[number % 4]),
        )
        for number, reader in enumerate(make_readers(mailing.edition.newsletter, 40))
    )
    limit("wp", per_hour=25, per_day=100)
    assert asked(mailing).rows == 5
    limit("onet", per_hour=25)
    assert asked(mailing, "onet").rows == 25
    mailing.edition.newsletter.per_hour = 22
    assert asked(mailing, "").rows == 2
    ours = throttling.Limit("server:main", per_hour=100, per_day=100)
    assert sum(number for _age, number in recounting.recount(limit=ours, now=NOON).day) == 30
    assert recounting.recount(limit=throttling.Limit("else", per_day=1), now=NOON) == throttling.Counts([], [])


# ── warm-up ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def warm_up() -> WarmUp:
    return WarmUp.objects.create(
        domain="example.org", started_on=NOON.date(), first_day=100, factor=Decimal(2), until_per_day=300
    )


def all_day(mailing: Mailing, clock: Clock, begin: dt.datetime, *, minutes: int = 60 * 20) -> int:
    """What leaves to one provider when somebody asks every minute."""
    sent = 0
    for minute in range(minutes):
        sent += asked(mailing, wanted=50, now=begin + dt.timedelta(minutes=minute)).rows
        clock.move(60)
    return sent


def test_a_warm_up_spreads_over_hours_and_grows_from_what_left(mailing: Mailing, clock: Clock, warm_up: WarmUp) -> None:
    dawn = NOON.replace(hour=0, minute=0)
    assert all_day(mailing, clock, dawn, minutes=60) == 10
    assert all_day(mailing, clock, dawn + dt.timedelta(hours=1), minutes=60 * 19) == 90
    full = asked(mailing, now=dawn + dt.timedelta(hours=20))
    assert full.sentence.startswith("example.org is warming up")
    assert full.wait == 3 * 3600 + 300
    days = []
    for weeks in (1, 2, 3):  # mail leaves on Mondays only
        WarmUpDay.objects.create(warm_up=warm_up, provider="wp", day=(dawn + dt.timedelta(days=7 * weeks)).date())
        left = WarmUpDay.objects.filter(day=(dawn + dt.timedelta(days=7 * weeks)).date())
        days.append(warming.left_today(warm_up=warm_up, provider="wp", now=dawn + dt.timedelta(days=7 * weeks)))
        left.update(sent=days[-1] or 0)
    assert days == [200, 300, None]


@pytest.mark.usefixtures("clock")
def test_about_the_full_hour_and_before_its_day_a_warm_up_holds_back(mailing: Mailing, warm_up: WarmUp) -> None:
    full_hour = NOON.replace(minute=0)
    assert asked(mailing, now=full_hour).wait == 300
    warm_up.started_on = NOON.date() + dt.timedelta(days=1)
    warm_up.save()
    allowing.forget()
    assert asked(mailing, now=full_hour).rows == 400
    return_unused(mailing=mailing, unused={"wp": 1})


@pytest.mark.usefixtures("clock")
def test_what_another_worker_takes_meanwhile_is_not_taken_twice(mailing: Mailing, warm_up: WarmUp) -> None:
    WarmUpDay.objects.create(warm_up=warm_up, provider="wp", day=NOON.date(), sent=99)
    assert asked(mailing).rows == 1
    return_unused(mailing=mailing, unused={"wp": 1})
    assert str(WarmUpDay.objects.get()) == "2026-11-23: 99"
    assert str(warm_up) == "example.org"
    WarmUpDay.objects.update(sent=100)
    assert warming.count(warm_up=warm_up, provider="wp", wanted=5, now=NOON) == 0
