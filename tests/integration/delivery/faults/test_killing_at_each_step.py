"""kill -9 of each process at each step of a mailing to 2,000 readers: nobody is lost, nobody is mailed twice unaccounted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.counting import demand, verdict_on
from tests.faults.stage import CONNECTIONS, READERS
from tests.faults.steps import STEPS, Moment

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("victim", ["worker", "beat", "web", "redis", "everything"])
def test_kill_9_at_a_step(stage: Stage, victim: str, step: str) -> None:
    moment = Moment(stage, step, stage.fresh_edition())
    moment.reach()
    stage.kill(victim)
    moment.go_on()
    stage.start(victim)
    mailing = moment.mailing()
    stage.wait_until_finished(mailing)
    verdict = verdict_on(mailing, stage.peer)
    print(victim, step, verdict)
    demand(mailing, verdict, recipients=READERS, in_flight=CONNECTIONS)
