"""The clock of the worker's and beat's machine, or of Redis's, steps by an hour in the middle of a mailing, with libfaketime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.steps import Moment
from tests.faults.suffering import ended_well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults
SLEEP = "import select, time\n\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"
"""libfaketime takes the moment at which Python's own sleep is to end for one of the clock that was moved, and refuses it."""


def library() -> Path:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    assert found, "libfaketime is missing: apt-get install libfaketime"
    return found[0]


def moved_by(hand: Path) -> dict[str, str]:
    """The environment of a program whose time of day is moved by as many seconds as stand in the file `hand`."""
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(hand),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture
def step_clock(stage: Stage) -> Iterator[Callable[[int], None]]:
    """Moves what worker and beat take for the time of day by so many seconds. What measures durations goes on as it was."""
    hand = stage.folder / "clock"

    def step(seconds: int) -> None:
        hand.write_text(f"{seconds:+d}\n")

    step(0)
    ours_first = stage.folder / "first"
    ours_first.mkdir(exist_ok=True)
    (ours_first / "sitecustomize.py").write_text(SLEEP)
    ours = [stage.programs["worker"], stage.programs["beat"]]
    faked = {**moved_by(hand), "PYTHONPATH": str(ours_first)}
    for program in ours:
        program.kill()
        program.more = faked
        program.start()
    yield step
    for program in ours:
        program.kill()
        program.more = {}
        program.start()


@pytest.mark.parametrize("seconds", [3600, -3600], ids=["forwards", "backwards"])
@pytest.mark.parametrize("victim", ["nobody", "worker", "beat"])
def test_an_hour_more_or_less_loses_nobody(
    stage: Stage, step_clock: Callable[[int], None], seconds: int, victim: str
) -> None:
    moment = Moment(stage, "dot", stage.fresh_edition())
    moment.reach()
    step_clock(seconds)
    stage.kill(victim)
    moment.go_on()
    stage.start(victim)
    before = [program.ended_by_itself for program in stage.programs.values()]
    ended_well(stage, moment.mailing(), what=f"the clock stepped by {seconds:+d} s, {victim} killed")
    assert [program.ended_by_itself for program in stage.programs.values()] == before, "nothing fell over"


@pytest.fixture
def redis_an_hour_back(stage: Stage) -> Iterator[Callable[[], None]]:
    """Starts Redis, which was killed, with its data and its clock an hour back."""
    hand = stage.folder / "clock-of-redis"

    def start() -> None:
        hand.write_text("-3600\n")
        stage.redis.more = moved_by(hand)
        stage.redis.start()

    yield start
    stage.redis.kill()
    stage.redis.more = {}
    stage.redis.start()


@pytest.mark.parametrize("victim", ["nobody", "worker"])
def test_rediss_own_clock_an_hour_back_keeps_nothing_waiting(
    stage: Stage, redis_an_hour_back: Callable[[], None], victim: str
) -> None:
    moment = Moment(stage, "dot", stage.fresh_edition())
    moment.reach()
    stage.kill("redis")
    stage.kill(victim)
    moment.go_on()
    redis_an_hour_back()
    stage.start(victim)
    ended_well(stage, moment.mailing(), what=f"Redis's clock stepped by -3600 s, {victim} killed")
