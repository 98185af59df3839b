"""A Redis that forgets: emptied while it runs, and killed with all its data gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.delivery.models import Delivery, DeliveryState
from tests.faults.stage import CONNECTIONS
from tests.faults.steps import GATES, STEPS, Moment
from tests.faults.suffering import ended_well

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("step", STEPS)
def test_emptied_under_a_living_worker_it_costs_only_what_was_in_flight(stage: Stage, step: str) -> None:
    moment = Moment(stage, step, stage.fresh_edition())
    moment.reach()
    stage.redis.empty()
    moment.go_on()
    ended_well(stage, moment.mailing(), what=f"Redis emptied at {step}")


@pytest.mark.parametrize("step", GATES)
def test_killed_with_its_data_under_a_living_worker_it_costs_only_what_was_in_flight(stage: Stage, step: str) -> None:
    moment = Moment(stage, step, stage.fresh_edition())
    moment.reach()
    stage.kill("redis")
    stage.redis.forget()
    moment.go_on()
    stage.start("redis")
    ended_well(stage, moment.mailing(), what=f"Redis killed and its data lost at {step}")


def test_everything_killed_and_redis_has_forgotten_makes_what_workers_had_in_hand_unknown(stage: Stage) -> None:
    moment = Moment(stage, "dot", stage.fresh_edition())
    moment.reach()
    stage.kill("everything")
    stage.redis.forget()
    moment.go_on()
    stage.database.start()
    in_hand = Delivery.objects.filter(state=DeliveryState.SENDING).count()
    stage.redis.start()
    for program in stage.programs.values():
        program.start()
    verdict = ended_well(stage, moment.mailing(), what="everything killed, Redis's data lost", in_flight=in_hand)
    assert CONNECTIONS < verdict.unknown == in_hand
