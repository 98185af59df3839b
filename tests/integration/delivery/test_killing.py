"""A real Celery worker, really killed: nobody is lost, nobody is mailed twice but from `unknown` (S4, S5)."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter import tasks
from newsletter.delivery import steering
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, SkipReason
from tests.integration.delivery.conftest import make_mailing, make_readers, wait_until
from tests.peers import smtp

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.editions.models import Edition
    from tests.integration.delivery.conftest import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

READERS = 1500
IN_FLIGHT = 10
"""The connections to one server (its default), each with one message that may be past its dot."""


def finished(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state=MailingState.FINISHED).exists()


def copies_per_reader(peer: smtp.Peer) -> Counter[str]:
    per_reader: Counter[str] = Counter()
    for (_, recipient), number in peer.copies().items():
        per_reader[recipient] += number
    return per_reader


def test_kill_9_in_the_middle_and_a_new_start_and_everybody_has_exactly_one_copy(
    edition: Edition, peer: smtp.Peer, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, READERS)
    mailing = make_mailing(edition)
    worker = worker_for(peer)
    worker.start()
    for kill_at in (READERS // 5, READERS // 2):
        wait_until(lambda at=kill_at: peer.taken() >= at, seconds=60, what=f"{kill_at} copies")  # type: ignore[misc]  # a default in a lambda
        worker.kill()
        worker.start()
    wait_until(lambda: finished(mailing), seconds=60, what="finishing without anybody's help")
    copies = copies_per_reader(peer)
    again = {recipient for recipient, number in copies.items() if number > 1}
    unknown = set(Delivery.objects.filter(unknowns__gt=0).values_list("subscriber__address", flat=True))
    assert len(copies) == READERS
    assert again <= unknown
    assert len(unknown) <= IN_FLIGHT * 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert len(peer.copies()) == READERS, "a second copy has the same Message-ID"


def test_duplicated_nudges_send_nothing_twice_s5(
    edition: Edition, peer: smtp.Peer, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, 600)
    mailing = make_mailing(edition)
    for _ in range(20):
        tasks.nudge(mailing_id=mailing.pk)
    worker_for(peer).start()
    wait_until(lambda: finished(mailing), seconds=60, what="finishing")
    assert set(copies_per_reader(peer).values()) == {1}
    assert len(peer.copies()) == 600


def test_pause_resume_and_cancel_act_within_ten_seconds_s20(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, READERS)
    mailing = make_mailing(edition)
    peer = scripted(smtp.Script(delay=0.01))
    worker_for(peer).start()
    wait_until(lambda: peer.taken() > 20, seconds=30, what="the first copies")
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    wait_until(lambda: not sending_rows(mailing), seconds=10, what="pausing")
    stood_at = peer.taken()
    time.sleep(2)
    assert peer.taken() == stood_at
    steering.resume(mailing_id=mailing.pk, now=timezone.now())
    wait_until(lambda: peer.taken() > stood_at + 20, seconds=10, what="resuming")
    steering.cancel(mailing_id=mailing.pk, now=timezone.now())
    wait_until(lambda: waiting_rows(mailing) == 0, seconds=10, what="cancelling")
    counts = Counter(Delivery.objects.filter(mailing=mailing).values_list("state", "skip_reason"))
    assert counts[DeliveryState.SENT.value, ""] == peer.taken()
    assert counts[DeliveryState.SKIPPED.value, SkipReason.CANCELLED.value] == READERS - peer.taken()


def sending_rows(mailing: Mailing) -> bool:
    return Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENDING).exists()


def waiting_rows(mailing: Mailing) -> int:
    waiting = [DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING]
    return Delivery.objects.filter(mailing=mailing, state__in=waiting).count()
