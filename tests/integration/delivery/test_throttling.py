"""delivery.throttling on a real server: never more than the limit, whoever asks and however many (S11)."""

from __future__ import annotations

import multiprocessing
import time
from bisect import bisect_left
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from newsletter.delivery.throttling import Counts, Limit, LimitsAwayError, give_back, hold, let_go, take
from newsletter.lib.redis import connection
from tests.environment import free_port
from tests.peers.clock import moved_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.peers.clock import Clock

HOUR, DAY = 3600, 86_400


@pytest.fixture(autouse=True)
def _emptied(redis_server: object) -> Iterator[None]:  # noqa: ARG001 (it must run)
    connection().flushdb()
    yield
    connection().flushdb()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Redis's clock, in our hands."""
    return moved_by_hand(monkeypatch)


def drained(limit: Limit, wanted: int = 1000) -> int:
    """How many there are at this moment."""
    got = 0
    while granted := take(limits=[limit], wanted=wanted).granted:
        got += granted
    return got


def most_within(grants: Sequence[tuple[float, int]], seconds: float) -> int:
    """The greatest sum within any window of `seconds`."""
    moments = [at for at, _number in grants]
    ends = [bisect_left(moments, at + seconds) for at in moments]
    return max((sum(number for _at, number in grants[n:end]) for n, end in enumerate(ends)), default=0)


def test_without_limits_redis_is_not_even_asked(settings: object) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"  # type: ignore[attr-defined]  # pytest-django's
    assert take(limits=[Limit("provider:wp")], wanted=7).granted == 7
    assert take(limits=[], wanted=0).granted == 0
    assert hold(limit=Limit("provider:wp"), holder="a", wanted=9, seconds=5) == 9
    give_back(limits=[Limit("provider:wp")], number=7)


@pytest.mark.usefixtures("clock")
def test_a_bucket_holds_a_quarter_of_a_seconds_worth_and_at_least_one() -> None:
    assert take(limits=[Limit("a", per_second=100)], wanted=1000).granted == 25
    assert take(limits=[Limit("b", per_second=2)], wanted=1000).granted == 1
    refused = take(limits=[Limit("b", per_second=2)], wanted=1000)
    assert (refused.granted, refused.key) == (0, "b")
    assert refused.wait == pytest.approx(0.5)


def test_it_fills_evenly_and_loses_at_most_one_percent(clock: Clock) -> None:
    limit = Limit("a", per_second=100)
    grants = []
    for _tick in range(2000):
        if granted := take(limits=[limit], wanted=50).granted:
            grants.append((clock.now, granted))
        clock.move(0.005)
    sent = sum(number for _at, number in grants)
    assert 990 <= sent <= 1025
    assert most_within(grants, 1.0) <= 100


def test_after_the_wait_it_says_there_is_something(clock: Clock) -> None:
    limit = Limit("a", per_second=10, per_hour=30)
    for _step in range(60):
        handful = take(limits=[limit], wanted=5)
        assert bool(handful.granted) != bool(handful.wait)
        before = handful
        clock.move(handful.wait)
        assert before.granted or take(limits=[limit], wanted=1).granted


def test_an_hour_and_a_day_slide(clock: Clock) -> None:
    limit = Limit("a", per_hour=100, per_day=250)
    assert drained(limit) == 100
    clock.move(HOUR - 1)
    assert drained(limit) == 0
    clock.move(32)
    assert drained(limit) == 100
    clock.move(HOUR + 31)
    assert drained(limit) == 50
    clock.move(HOUR + 31)
    handful = take(limits=[limit], wanted=1)
    assert handful.granted == 0
    clock.move(handful.wait)
    assert drained(limit) == 100


def test_the_tightest_of_several_decides_and_no_other_loses_more(clock: Clock) -> None:
    wide, narrow = Limit("server:main", per_hour=1000), Limit("provider:wp", per_hour=7)
    handful = take(limits=[wide, narrow], wanted=50)
    assert (handful.granted, handful.wait, handful.key) == (7, 0.0, "provider:wp")
    assert take(limits=[wide, narrow], wanted=50).granted == 0
    assert drained(wide) == 993
    clock.move(HOUR + 31)
    assert take(limits=[wide, narrow], wanted=5).key == ""


def test_what_comes_back_may_leave_again_and_never_more(clock: Clock) -> None:
    limit = Limit("a", per_hour=100)
    assert drained(limit) == 100
    clock.move(60)
    give_back(limits=[limit], number=40)
    assert drained(limit) == 40
    give_back(limits=[limit], number=1000)
    assert drained(limit) == 100


@pytest.mark.usefixtures("clock")
def test_what_comes_back_within_the_second_may_not_leave_in_it_again() -> None:
    limit = Limit("a", per_second=4)
    assert take(limits=[limit], wanted=1).granted == 1
    give_back(limits=[limit], number=1)
    assert drained(limit) == 1


def test_a_clock_set_back_neither_gives_nor_stops(clock: Clock) -> None:
    limit = Limit("a", per_second=4, per_hour=10)
    assert take(limits=[limit], wanted=1).granted == 1
    clock.move(-5 * HOUR)
    assert take(limits=[limit], wanted=1).granted == 0
    clock.move(0.26)
    assert take(limits=[limit], wanted=1).granted == 1
    clock.move(HOUR / 2)
    assert take(limits=[limit], wanted=9).granted == 1


@pytest.mark.usefixtures("clock")
def test_what_redis_forgot_is_counted_again_from_what_left() -> None:
    limit = Limit("provider:wp", per_hour=100, per_day=150)
    asked = []

    def recount(limit: Limit) -> Counts:
        asked.append(limit.key)
        return Counts(hour=[(3000, 30), (0, 40)], day=[(80_000, 50), (3000, 30), (0, 40)])

    assert take(limits=[limit], wanted=1000, recount=recount).granted == 30
    assert take(limits=[limit], wanted=1000, recount=recount).granted == 0
    assert asked == ["provider:wp"]
    assert drained(Limit("provider:wp", per_day=150)) == 0


def test_what_was_counted_again_leaves_its_window_in_time(clock: Clock) -> None:
    limit = Limit("provider:wp", per_hour=70)
    assert take(limits=[limit], wanted=99, recount=lambda _: Counts(hour=[(3000, 30), (0, 40)])).granted == 0
    clock.move(HOUR - 3000 + 31)
    assert drained(limit) == 30


@pytest.mark.usefixtures("clock")
def test_nobody_counts_again_where_only_seconds_are_limited() -> None:
    def never(limit: Limit) -> Counts:
        raise AssertionError(limit)

    assert take(limits=[Limit("a", per_second=4)], wanted=1, recount=never).granted == 1


def test_a_script_the_server_forgot_is_sent_again() -> None:
    assert take(limits=[Limit("a", per_hour=2)], wanted=1).granted == 1
    connection().script_flush()
    assert take(limits=[Limit("a", per_hour=2)], wanted=5).granted == 1


def test_redis_away_is_an_error_with_a_name(settings: object) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"  # type: ignore[attr-defined]  # pytest-django's
    for act in (
        lambda: take(limits=[Limit("a", per_second=1)], wanted=1),
        lambda: give_back(limits=[Limit("a", per_second=1)], number=1),
        lambda: hold(limit=Limit("a", connections=1), holder="x", wanted=1, seconds=1),
    ):
        with pytest.raises(LimitsAwayError):
            act()


# ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────────
FIVE = Limit("provider:google", connections=5)


def held(holder: str, wanted: int = 8) -> int:
    return hold(limit=FIVE, holder=holder, wanted=wanted, seconds=10)


@pytest.mark.usefixtures("clock")
def test_connections_are_shared_and_handed_over_only_when_closed() -> None:
    assert held("a") == 5
    assert held("b") == 0
    assert held("a") == 3  # told less, but its five may still be open
    assert held("b") == 0
    assert held("a") == 3  # asked again: two are closed by now
    assert held("b") == 2
    assert held("a") == 3


def test_a_holder_gone_silent_loses_its_connections(clock: Clock) -> None:
    assert held("a") == 5
    clock.move(11)
    assert held("b") == 5


def test_it_loses_them_as_soon_where_the_clock_was_set_back_meanwhile(clock: Clock) -> None:
    assert held("a") == 5
    clock.move(-3600)
    assert held("b") == 0
    clock.move(11)
    assert held("b") == 5


@pytest.mark.usefixtures("clock")
def test_what_does_not_come_out_even_keeps_nobody_from_their_share() -> None:
    assert [held("a"), held("b"), held("a"), held("a"), held("b")] == [5, 0, 3, 3, 2]
    assert held("c") == 0
    assert [held("a"), held("a"), held("c"), held("b"), held("a")] == [2, 2, 1, 2, 2]


def test_where_redis_forgot_who_holds_what_nobody_gets_more_before_all_have_said_so(clock: Clock) -> None:
    def ask(holder: str, had: int) -> int:
        return hold(limit=FIVE, holder=holder, wanted=5, seconds=10, still_open=had, had=had)

    assert (ask("a", 0), ask("b", 0), ask("a", 5), ask("b", 0)) == (5, 0, 3, 0)
    assert (ask("a", 3), ask("b", 0)) == (3, 2)
    connection().flushdb()
    clock.move(0)
    assert (ask("a", 3), ask("c", 0), ask("b", 2)) == (3, 0, 1)
    clock.move(2)
    assert (ask("a", 3), ask("c", 0), ask("b", 1)) == (3, 0, 1)
    clock.move(2)
    assert (ask("a", 3), ask("c", 0), ask("b", 1)) == (3, 1, 1)
    connection().flushdb()
    clock.move(0)
    assert (ask("a", 3), ask("c", 0)) == (3, 0)
    clock.move(-3600)
    assert ask("c", 0) == 2, "nobody is careful for an hour"


@pytest.mark.usefixtures("clock")
def test_connections_let_go_are_free_at_once() -> None:
    held("a")
    let_go(limit=FIVE, holder="a")
    assert held("b") == 5


@pytest.mark.usefixtures("clock")
def test_who_wants_little_leaves_the_rest_to_others() -> None:
    assert held("a", wanted=1) == 1
    assert held("b") == 4


@pytest.mark.usefixtures("clock")
def test_of_more_askers_than_connections_some_get_one_and_nobody_two() -> None:
    for _round in range(3):
        told = [held(f"worker {n}") for n in range(9)]
    assert sorted(told) == [0, 0, 0, 0, 1, 1, 1, 1, 1]


# ── many processes at once ───────────────────────────────────────────────────────────────────────────────────────────
KEYS = {"provider:google": 40.0, "provider:wp": 200.0, "server:main": 220.0}


def grabbing(url: str, until: float, number: int) -> list[tuple[str, float, float, int]]:
    """One worker: takes for two providers through one server until `until`; Redis's time before and after each grant."""

    def redis_time() -> float:
        seconds, micros = connection().time()
        return float(seconds + micros / 1_000_000)

    settings.REDIS_URL = url
    got = []
    while time.time() < until:
        provider = ("provider:google", "provider:wp")[(number := number + 1) % 2]
        limits = [Limit(key, per_second=KEYS[key]) for key in (provider, "server:main")]
        before = redis_time()
        handful = take(limits=limits, wanted=30)
        got.append((provider, before, redis_time(), handful.granted))
        time.sleep(min(handful.wait, 0.02))
    return got


def test_many_workers_together_never_exceed_what_one_may() -> None:
    seconds = 2.0
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(4, initializer=_django) as pool:
        pool.map(abs, range(4))  # everybody is there
        words = [(settings.REDIS_URL, time.time() + seconds, number) for number in range(4)]
        parts = pool.starmap(grabbing, words)
    grants = [grant for part in parts for grant in part]
    for key, rate in KEYS.items():
        mine = [(before, after, number) for one, before, after, number in grants if key in ("server:main", one)]
        for begin, _after, _number in mine:  # however long a worker had to wait between looking at the clock and asking
            assert sum(number for before, after, number in mine if begin <= before and after < begin + 1) <= rate
    sent = sum(number for *_, number in grants)
    assert sent >= 0.9 * seconds * KEYS["server:main"]
    assert sent <= (seconds + 0.3) * KEYS["server:main"]


def _django() -> None:
    import django  # noqa: PLC0415 (in a new process)

    django.setup()


def test_a_call_is_cheap_enough_for_every_handful() -> None:
    limits = [Limit(key, per_second=1e6, per_hour=10**9, per_day=10**9) for key in ("server:main", "provider:wp")]
    take(limits=limits, wanted=1)
    began = time.perf_counter()
    for _call in range(200):
        take(limits=limits, wanted=10)
    assert (time.perf_counter() - began) / 200 < 0.005
