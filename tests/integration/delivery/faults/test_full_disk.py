"""The disk is full in the middle of a mailing, and has room again later: SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.databases import SQLite
from tests.faults.filling import full
from tests.faults.steps import GATES, Moment
from tests.faults.suffering import ended_well

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("standing", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("step", GATES)
def test_a_full_disk_costs_nobody_a_mail(stage: Stage, step: str) -> None:
    database = stage.database
    assert isinstance(database, SQLite)
    moment = Moment(stage, step, stage.fresh_edition())
    moment.reach()
    database.shrink()
    with full(database, stage.programs["worker"].pid) as manner:
        failing = stage.failing("disk")
        moment.go_on()
        stage.wait(failing, 30, "the worker says that the disk is full")
    ended_well(stage, moment.mailing(), what=f"no room on the disk at {step} ({manner})")


def test_a_disk_that_is_full_from_the_beginning_lets_nothing_begin(stage: Stage) -> None:
    database = stage.database
    assert isinstance(database, SQLite)
    mailing = stage.launch(stage.fresh_edition())
    database.shrink()
    with full(database, stage.programs["worker"].pid) as manner:
        stage.wait(stage.failing("disk"), 30, "the worker says that the disk is full")
    verdict = ended_well(stage, mailing, what=f"no room on the disk from the beginning ({manner})")
    assert verdict.unknown == 0
