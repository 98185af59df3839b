"""delivery.lanes: who makes room for whom, and whose nudge is in the queue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery import advancing, lanes
from newsletter.delivery.models import Lane, Mailing
from newsletter.lib.redis import connection
from tests.environment import free_port
from tests.integration.delivery.conftest import make_mailing, prepared

if TYPE_CHECKING:
    from pytest_django import Settings

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With eyes of its own, so that nothing seen here is remembered by whoever sends after us."""
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(lanes, "_glance", lanes._Glance())  # noqa: SLF001 (the process's own)


def test_normal_mailings_make_room_while_something_urgent_can_move() -> None:
    assert not lanes.is_urgent_waiting()
    lanes.say_urgent(mailing_id=7, waits=True)
    assert lanes.is_urgent_waiting()
    lanes.say_urgent(mailing_id=7, waits=False)
    assert not lanes.is_urgent_waiting()


def test_redis_is_asked_a_few_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not lanes.is_urgent_waiting()
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 60.0)
    lanes.say_urgent(mailing_id=7, waits=True)
    assert not lanes.is_urgent_waiting(), "what was seen a moment ago"


def test_a_mailing_stands_in_the_queue_once_until_a_worker_takes_it_up() -> None:
    assert lanes.may_nudge(mailing_id=7)
    assert not lanes.may_nudge(mailing_id=7)
    assert lanes.may_nudge(mailing_id=8)
    lanes.nudge_taken(mailing_id=7)
    assert lanes.may_nudge(mailing_id=7)
    lanes.nudge_taken(mailing_id=7)
    lanes.nudge_taken(mailing_id=8)


def test_a_nudge_that_was_lost_is_made_good_however_often_somebody_asks_meanwhile() -> None:
    assert lanes.may_nudge(mailing_id=7)
    soon = connection().time()[0] + 2
    connection().zadd(lanes.NUDGED, {"7": soon})
    asked = 0
    while not lanes.may_nudge(mailing_id=7):
        asked += 1
        time.sleep(0.05)
    assert asked > 1
    assert connection().time()[0] >= soon


def test_without_redis_nobody_makes_room_and_every_nudge_is_sent(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    lanes.say_urgent(mailing_id=7, waits=True)
    lanes.nudge_taken(mailing_id=7)
    assert not lanes.is_urgent_waiting()
    assert lanes.may_nudge(mailing_id=7)
    assert lanes.may_nudge(mailing_id=7)


def test_a_nudge_about_an_urgent_mailing_that_may_begin_makes_room_at_once(edition: Edition) -> None:
    mailing = make_mailing(edition, lane=Lane.URGENT)
    assert lanes.queue_for(mailing_id=mailing.pk) == "urgent"
    assert not lanes.is_urgent_waiting(), "nobody has released it"
    Mailing.objects.update(released_at=timezone.now())
    assert lanes.queue_for(mailing_id=mailing.pk) == "urgent"
    assert lanes.is_urgent_waiting()
    assert lanes.queue_for(mailing_id=404) == "mailings", "whoever takes it up finds nothing"


def test_who_had_their_turn_sees_whether_another_mailing_stands_in_the_queue() -> None:
    assert not lanes.others_wait(mailing_id=7)
    lanes.may_nudge(mailing_id=7)
    assert not lanes.others_wait(mailing_id=7), "it is its own nudge"
    lanes.may_nudge(mailing_id=8)
    assert lanes.others_wait(mailing_id=7)
    lanes.say_urgent(mailing_id=7, waits=True)
    assert not lanes.others_wait(mailing_id=7), "what is urgent waits for nobody"
    lanes.say_urgent(mailing_id=8, waits=True)
    assert lanes.others_wait(mailing_id=7), "but for something urgent"


def test_an_urgent_mailing_claims_the_road_while_it_can_move_and_gives_it_back(edition: Edition) -> None:
    mailing = make_mailing(edition, lane=Lane.URGENT, released_at=timezone.now())
    now = mailing.due_at
    assert advancing.advance(mailing_id=mailing.pk, clock=lambda: now, seconds=1)
    assert lanes.is_urgent_waiting()
    assert not advancing.advance(mailing_id=mailing.pk, clock=lambda: now, seconds=1), "it has no readers"
    assert not lanes.is_urgent_waiting()


def test_urgent_mailings_are_nudged_first(edition: Edition) -> None:
    slow = prepared(edition, 1)
    edition.pk, edition.slug, edition.code = None, "wici-2", "W-2"
    edition.save()
    fast = make_mailing(edition, lane=Lane.URGENT)
    assert advancing.movable(now=fast.due_at) == [fast.pk, slow.pk]
