"""What a nudge does, from the moment a mailing is due to the moment it is finished; every step may be repeated."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from newsletter.delivery import advancing, choosing, preparing, steering, transport
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from tests.integration.delivery.conftest import make_mailing, make_readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from newsletter.editions.models import Edition
    from tests.peers import smtp

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server", "_kept")]

READERS = 20


@pytest.fixture
def _kept(peer: smtp.Peer, settings: Settings) -> Iterator[None]:
    """The process's own transport leads to the peer."""
    settings.SMTP_SERVERS = [peer.url]
    transport.kept.cache_clear()
    yield
    transport.kept(tuple(choosing.configured())).leave()
    transport.kept.cache_clear()


def mailing_of(edition: Edition, **more: object) -> Mailing:
    first = make_readers(edition.newsletter, READERS)[0].pk
    return make_mailing(edition, prepared_to=first - 1, **more)


def advance(mailing: Mailing, *, seconds: float = 30) -> int:
    return advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=seconds)


def state_of(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.state


def test_a_due_mailing_is_prepared_then_sent_then_finished_and_then_left_alone(
    edition: Edition, peer: smtp.Peer
) -> None:
    mailing = mailing_of(edition, state=MailingState.SCHEDULED)
    assert advance(mailing) == advancing.SENDERS
    assert state_of(mailing) == MailingState.SENDING
    assert advance(mailing, seconds=0) == 1, "there is more to send"
    assert advance(mailing) == 0
    assert state_of(mailing) == MailingState.FINISHED
    assert advance(mailing) == 0
    assert peer.taken() == len(peer.copies()) == READERS


def test_preparing_that_was_cut_off_goes_on_where_it_was(
    edition: Edition, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "IDS_PER_STEP", 7)
    mailing = mailing_of(edition)
    assert advance(mailing) == advancing.SENDERS, "after one step some send and one writes"
    assert Delivery.objects.count() == 7

    class WorkerDiedError(Exception):
        """The database takes back what it had not committed."""

    def die_in_the_middle_of_a_step() -> None:
        with transaction.atomic():
            preparing.prepare(mailing_id=mailing.pk, now=timezone.now())
            assert Delivery.objects.count() == 14
            raise WorkerDiedError

    with pytest.raises(WorkerDiedError):
        die_in_the_middle_of_a_step()
    assert Delivery.objects.count() == 7
    assert advance(mailing, seconds=-1) == 1, "its time was over after one more"
    assert advance(mailing) == 0
    assert set(peer.copies().values()) == {1}
    assert len(peer.copies()) == READERS


def test_a_mailing_that_is_paused_while_it_is_prepared_grows_no_further(edition: Edition) -> None:
    mailing = mailing_of(edition)
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    assert not preparing.prepare(mailing_id=mailing.pk, now=timezone.now())
    assert advance(mailing) == 0
    assert Delivery.objects.count() == 0
    steering.resume(mailing_id=mailing.pk, now=timezone.now())
    assert advance(mailing) == advancing.SENDERS


def test_a_cancelled_mailing_is_cleared_away_step_by_step(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = mailing_of(edition)
    advance(mailing)
    monkeypatch.setattr(steering, "ROWS_PER_STEP", 8)
    assert not steering.skip_the_rest(mailing_id=mailing.pk, now=timezone.now()), "it is not cancelled"
    steering.cancel(mailing_id=mailing.pk, now=timezone.now())
    assert Delivery.objects.filter(state=DeliveryState.SKIPPED).count() == 8
    assert advancing.movable(now=timezone.now()) == [mailing.pk]
    assert [advance(mailing), advance(mailing)] == [1, 0]
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SKIPPED}
    assert advancing.movable(now=timezone.now()) == []


def test_a_mailing_that_waits_for_its_server_asks_again_only_then(edition: Edition, peer: smtp.Peer) -> None:
    mailing = mailing_of(edition)
    advance(mailing)
    later = timezone.now() + dt.timedelta(minutes=5)
    Mailing.objects.update(waits_until=later, waits_for="the server")
    assert advance(mailing) == 0
    assert advancing.movable(now=timezone.now()) == []
    assert advancing.movable(now=later) == [mailing.pk]
    assert peer.taken() == 0


def test_a_mailing_that_is_not_there_needs_nothing() -> None:
    assert advancing.advance(mailing_id=404, clock=timezone.now, seconds=1) == 0
