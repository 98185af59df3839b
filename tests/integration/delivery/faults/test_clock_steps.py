"""The clock of the worker's and beat's machine steps by an hour in the middle of a mailing, with libfaketime."""

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
    faked = {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(hand),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(ours_first),
    }
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
