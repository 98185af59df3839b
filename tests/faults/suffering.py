"""One case of the matrix, from launch to finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.delivery.models import UnknownPolicy
from tests.faults.counting import demand, verdict_on
from tests.faults.stage import CONNECTIONS, READERS
from tests.faults.steps import Moment

if TYPE_CHECKING:
    from newsletter.delivery.models import Mailing
    from tests.faults.counting import Verdict
    from tests.faults.stage import Stage


def killed_at(stage: Stage, step: str, victim: str, policy: UnknownPolicy = UnknownPolicy.RESEND) -> Verdict:
    """A mailing that stands at `step` while `victim` is killed; what became of it is what sending promises."""
    moment = Moment(stage, step, stage.fresh_edition(), policy)
    moment.reach()
    stage.kill(victim)
    moment.go_on()
    stage.start(victim)
    return ended_well(stage, moment.mailing(), what=f"{victim} at {step}")


def ended_well(stage: Stage, mailing: Mailing, *, what: str, in_flight: int = CONNECTIONS) -> Verdict:
    """Wait for the mailing's end, and demand what is promised; the figures are printed for who reads the log."""
    stage.wait_until_finished(mailing)
    verdict = verdict_on(mailing, stage.peer)
    print(f"{stage.database.vendor}, {what}: {verdict}")  # noqa: T201
    demand(mailing, verdict, recipients=READERS, in_flight=in_flight)
    return verdict
