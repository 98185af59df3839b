"""One case of the matrix, from launch to finished."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

from django.utils import timezone, translation

from newsletter.delivery.models import UnknownPolicy
from newsletter.reports import telling
from newsletter.reports.figures import progress_of
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
    _demand_it_is_on_the_page(stage, mailing, verdict)
    return verdict


def _demand_it_is_on_the_page(stage: Stage, mailing: Mailing, verdict: Verdict) -> None:
    stage.wait_for_the_site()
    page = unescape(stage.page_of(mailing))
    with translation.override("en"):
        twice = telling.twice(uncertain=progress_of(mailing=mailing, now=timezone.now()).uncertain)
    assert bool(twice) == (verdict.unknown > verdict.held)
    assert twice in page
    assert not verdict.held or f"For {verdict.held} " in page
