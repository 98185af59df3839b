"""A mailing that holds what is unknown: nobody gets a second copy, and who is held is listed for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery import steering
from newsletter.delivery.models import UnknownPolicy
from tests.faults.stage import READERS
from tests.faults.suffering import killed_at

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("victim", ["worker", "redis", "everything"])
@pytest.mark.parametrize("step", ["dot", "reply"])
def test_nobody_gets_a_second_copy_and_who_is_held_is_shown(stage: Stage, victim: str, step: str) -> None:
    verdict = killed_at(stage, step, victim, UnknownPolicy.HOLD)
    assert verdict.doubled == 0
    assert verdict.held == verdict.unknown


def test_a_person_may_have_the_held_ones_sent_again(stage: Stage) -> None:
    held = killed_at(stage, "dot", "worker", UnknownPolicy.HOLD).held
    mailing = stage.last_mailing()
    page = stage.page_of(mailing)
    assert f"For {held} " in page
    assert steering.decide(mailing_id=mailing.pk, resend=True, now=timezone.now()) == held
    stage.wait(lambda: stage.peer.taken() >= READERS, 30, "the held copies")
    stage.wait_until_finished(mailing)
