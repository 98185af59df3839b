"""kill -9 at each step of a mailing to 2,000 readers: nobody is lost, and a second copy comes only from `unknown`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.steps import GATES, STEPS
from tests.faults.suffering import killed_at

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults
at_each_step = pytest.mark.parametrize("step", STEPS)
STANDS_STILL = "record"
"""Here the database itself stands still, on a loaded machine longer than a lease: what another process sends may be unknown."""


@at_each_step
def test_kill_9_of_the_worker(stage: Stage, step: str) -> None:
    killed_at(stage, step, "worker")


@pytest.mark.parametrize("step", ["claim", *GATES, "record"])
def test_kill_9_of_one_of_the_workers_processes(stage: Stage, step: str) -> None:
    killed_at(stage, step, "child")


@at_each_step
def test_kill_9_of_beat_costs_nothing(stage: Stage, step: str) -> None:
    assert killed_at(stage, step, "beat").unknown == 0 or step == STANDS_STILL


@at_each_step
def test_kill_9_of_web_costs_nothing(stage: Stage, step: str) -> None:
    assert killed_at(stage, step, "web").unknown == 0 or step == STANDS_STILL


@at_each_step
def test_kill_9_of_redis(stage: Stage, step: str) -> None:
    killed_at(stage, step, "redis")


@pytest.mark.parametrize("standing", ["postgresql"], indirect=True)
@at_each_step
def test_kill_9_of_postgresql(stage: Stage, step: str) -> None:
    killed_at(stage, step, "database")


@at_each_step
def test_a_power_cut_kills_everything_at_once(stage: Stage, step: str) -> None:
    killed_at(stage, step, "everything")
