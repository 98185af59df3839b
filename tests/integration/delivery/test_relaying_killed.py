"""A real Celery worker on an e-mail backend, really killed in the middle of a request for many (S4, S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter import tasks
from newsletter.delivery import steering
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from tests.integration.delivery.conftest import make_mailing, make_readers, wait_until
from tests.integration.delivery.relays import on
from tests.peers import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.editions.models import Edition
    from tests.integration.delivery.conftest import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

AT_ONCE = 100
READERS = 1000


@pytest.fixture
def service() -> Iterator[services.Service]:
    """All the services, which take everything, a little slowly."""
    with services.running(services.Script(delay=0.1)) as running:
        yield running


def finished(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state=MailingState.FINISHED).exists()


def test_kill_9_in_the_middle_of_requests_for_many_and_everybody_has_a_copy(
    edition: Edition, service: services.Service, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, READERS)
    mailing = make_mailing(edition)
    worker = on(service, worker_for, "postmark", connections=4)
    worker.start()
    for kill_at in (READERS // 5, READERS // 2):
        wait_until(lambda at=kill_at: service.taken() >= at, seconds=60, what=f"{kill_at} copies")  # type: ignore[misc]  # a default in a lambda
        worker.kill()
        worker.start()
    wait_until(lambda: finished(mailing), seconds=60, what="finishing without anybody's help")
    copies = service.copies()
    again = {recipient for (_, recipient), number in copies.items() if number > 1}
    unknown = set(Delivery.objects.filter(unknowns__gt=0).values_list("subscriber__address", flat=True))
    assert len(copies) == READERS, "a second copy has the same Message-ID"
    assert len({recipient for _, recipient in copies}) == READERS
    assert again <= unknown
    assert len(unknown) <= 2 * 4 * AT_ONCE
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_what_a_killed_worker_had_announced_is_held_where_the_mailing_says_so(
    edition: Edition, service: services.Service, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, 300)
    mailing = make_mailing(edition, unknown_policy=UnknownPolicy.HOLD)
    service.script.fates = ["silent"]
    worker = on(service, worker_for, "postmark", connections=1)
    worker.start()
    wait_until(lambda: service.taken() >= AT_ONCE, seconds=60, what="a request")
    worker.kill()
    worker.start()
    wait_until(lambda: finished(mailing), seconds=60, what="finishing")
    held = Delivery.objects.filter(state=DeliveryState.UNKNOWN)
    assert 0 < held.count() <= 2 * AT_ONCE, "one request per process"
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 300 - held.count()
    assert set(service.copies().values()) == {1}
    assert {row.reply for row in held} == {"The worker stopped before the server's answer was known."}


def test_duplicated_nudges_send_nothing_twice_s5(
    edition: Edition, service: services.Service, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, 500)
    mailing = make_mailing(edition)
    for _ in range(20):
        tasks.nudge(mailing_id=mailing.pk)
    on(service, worker_for, "mailjet", connections=4).start()
    wait_until(lambda: finished(mailing), seconds=60, what="finishing")
    assert set(service.copies().values()) == {1}
    assert len(service.copies()) == 500


def test_pause_resume_and_cancel_act_within_ten_seconds_s20(
    edition: Edition, service: services.Service, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, READERS)
    mailing = make_mailing(edition)
    on(service, worker_for, "mailgun", connections=4).start()
    wait_until(lambda: service.taken() > 20, seconds=30, what="the first copies")
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    rows = Delivery.objects.filter(mailing=mailing)
    wait_until(lambda: not rows.filter(state=DeliveryState.SENDING).exists(), seconds=10, what="pausing")
    stood_at = service.taken()
    steering.resume(mailing_id=mailing.pk, now=timezone.now())
    wait_until(lambda: service.taken() > stood_at + 10, seconds=10, what="resuming")
    steering.cancel(mailing_id=mailing.pk, now=timezone.now())
    waiting = [DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING]
    wait_until(lambda: not rows.filter(state__in=waiting).exists(), seconds=10, what="cancelling")
    assert rows.filter(state=DeliveryState.SENT).count() == service.taken()
    assert rows.filter(state=DeliveryState.SKIPPED).count() == READERS - service.taken()
    assert set(service.copies().values()) == {1}
