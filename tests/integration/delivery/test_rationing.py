"""rationing: what a server of ours may carry, in handfuls, over all workers (S11)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import rationing, throttling
from newsletter.delivery.rationing import Purse, limit_of
from newsletter.lib.servers import Server
from tests.environment import free_port
from tests.integration.delivery.flow import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]


def server(**limits: int) -> Server:
    return Server("mail.example.org", 25, name="main", **limits)  # type: ignore[arg-type]  # numbers alone


def purse() -> Purse:
    return Purse(lambda: NOON)


def carried(one: Purse, by: Server) -> int:
    """How many messages it lets through now."""
    number = 0
    while one.may_carry(by) and number < 10_000:
        one.spend(by)
        number += 1
    return number


def left(by: Server) -> int:
    return throttling.take(limits=[limit_of(by)], wanted=10_000).granted


def test_a_server_without_limits_costs_nothing(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert carried(purse(), server()) == 10_000


def test_two_workers_together_carry_exactly_what_may_be_carried() -> None:
    one, other, limited = purse(), purse(), server(per_hour=250)
    assert carried(one, limited) + carried(other, limited) == 250
    assert one.wait([limited]) > 3000
    assert one.wait([Server("another.example.org", 25)]) == 0


def test_a_pace_goes_on_a_moment_later() -> None:
    one, limited = purse(), server(per_second=40)
    assert carried(one, limited) == 10
    wait = one.wait([limited])
    assert 0 < wait <= 0.25
    time.sleep(wait)
    assert one.may_carry(limited)


def test_what_was_not_used_goes_back_and_what_is_fresh_stays() -> None:
    one, limited = purse(), server(per_hour=150)
    assert one.may_carry(limited)
    one.spend(limited)
    assert left(limited) == 50, "a handful is a hundred"
    one.give_back(older_than=rationing.FRESH_SECONDS)
    assert left(limited) == 0
    one.give_back()
    assert left(limited) == 99


def test_while_redis_is_away_nothing_limited_is_carried_and_it_is_asked_again_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, limited = purse(), server(per_day=5)
    assert one.may_carry(limited)
    there, settings.REDIS_URL = settings.REDIS_URL, f"redis://127.0.0.1:{free_port()}/0"
    one.give_back()
    assert not one.may_carry(limited)
    assert one.is_away()
    settings.REDIS_URL = there
    assert not one.may_carry(limited), "a second has not passed"
    monkeypatch.setattr(time, "monotonic", later(time.monotonic))
    assert not one.may_carry(limited), "those that could not go back stay taken"
    assert not one.is_away()


def later(clock: Callable[[], float]) -> Callable[[], float]:
    return lambda: clock() + 2
