"""Launch, prepare, recover, steer and count, each by itself, on real rows and a real journal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscription, SubscriptionState
from newsletter.delivery import advancing, claiming, preparing, recovering, steering
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.journal import Journal, announcement, answer
from newsletter.delivery.launching import AlreadyMailedError, launch, policy_for
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, SkipReason, UnknownPolicy
from newsletter.delivery.replies import Reply
from newsletter.editions.models import Edition
from newsletter.lib.redis import connection as redis
from newsletter.reports.figures import progress_of
from newsletter.seeding.planting import plant
from tests.integration.delivery.conftest import brought_to, claimed, end_of_leases, make_mailing, make_readers, prepared
from tests.peers.valkey import lasting_server

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


def test_an_edition_is_launched_once_and_the_second_time_finds_the_first() -> None:
    plant(now=timezone.now())
    edition = Edition.objects.get()
    mailing = launch(edition=edition, now=timezone.now())
    assert mailing.state == MailingState.PREPARING
    assert {message.language for message in mailing.messages.all()} == {"pl", "en"}
    with pytest.raises(AlreadyMailedError) as refused:
        launch(edition=edition, now=timezone.now())
    assert refused.value.mailing == mailing


def test_a_sensitive_edition_holds_what_is_unknown_s4() -> None:
    plant(now=timezone.now())
    assert policy_for(edition=Edition.objects.get()) == UnknownPolicy.HOLD


def test_an_edition_for_later_waits_for_its_time(edition: Edition) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    mailing = make_mailing(edition, state=MailingState.SCHEDULED, due_at=tomorrow)
    assert advancing.movable(now=timezone.now()) == []
    assert advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=1) == 0
    assert advancing.movable(now=tomorrow) == [mailing.pk]


def test_preparing_in_many_steps_and_again_writes_everybody_once(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "IDS_PER_STEP", 7)
    before = make_readers(edition.newsletter, 50)[0].pk - 1
    mailing = make_mailing(edition, prepared_to=before)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    assert Delivery.objects.filter(mailing=mailing).count() == 50
    Mailing.objects.update(state=MailingState.PREPARING, prepared_to=before, prepared_at=None)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    assert Delivery.objects.filter(mailing=mailing).count() == 50
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENDING
    assert mailing.edition.published_at is not None


def test_readers_get_their_language_and_only_those_who_asked_are_written_to(edition: Edition) -> None:
    ours = make_readers(edition.newsletter, 4)
    type(ours[0]).objects.filter(pk=ours[1].pk).update(language="en")
    type(ours[0]).objects.filter(pk=ours[2].pk).update(language="de")
    Subscription.objects.filter(subscriber=ours[3]).update(state=SubscriptionState.UNSUBSCRIBED)
    mailing = make_mailing(edition)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    found = dict(Delivery.objects.values_list("subscriber", "message__language"))
    assert found == {ours[0].pk: "pl", ours[1].pk: "en", ours[2].pk: "pl"}


def test_whoever_got_it_before_a_cancelled_mailing_does_not_get_it_again(edition: Edition) -> None:
    first = prepared(edition, 5)
    reached = Delivery.objects.filter(mailing=first).order_by("id")[:2]
    brought_to(reached, DeliveryState.SENT)
    steering.cancel(mailing_id=first.pk, now=timezone.now())
    assert Delivery.objects.filter(mailing=first, skip_reason=SkipReason.CANCELLED).count() == 3
    second = make_mailing(edition)
    while preparing.prepare(mailing_id=second.pk, now=timezone.now()):
        pass
    assert Delivery.objects.filter(mailing=second).count() == 3


def test_a_dead_workers_rows_are_settled_from_the_journal(edition: Edition) -> None:
    mailing = prepared(edition, 4)
    batch = claimed(mailing, 4)
    replied, refused, announced, untouched = [each.delivery_id for each in batch.claims]
    journal = Journal()
    journal.begin(batch.lease)
    journal.write([announcement(pk, "main") for pk in (replied, refused, announced)])
    journal.write([answer(replied, "main", Reply(250, "2.0.0", "taken"))])
    journal.write([answer(refused, "main", Reply(550, "5.1.1", "nobody here"))])
    journal.close()
    assert recovering.recover(now=timezone.now()) == 0, "the lease still holds"
    assert recovering.recover(now=end_of_leases()) == 4
    rows = Delivery.objects.in_bulk()
    assert (rows[replied].state, rows[replied].code) == (DeliveryState.SENT, 250)
    assert (rows[refused].state, rows[refused].enhanced_code) == (DeliveryState.FAILED, "5.1.1")
    assert (rows[announced].state, rows[announced].unknowns) == (DeliveryState.QUEUED, 1)
    assert (rows[untouched].state, rows[untouched].unknowns, rows[untouched].attempts) == (DeliveryState.QUEUED, 0, 0)


def test_rows_whose_lease_is_gone_are_settled_from_its_page_all_the_same(edition: Edition) -> None:
    batch = claimed(prepared(edition, 3), 3)
    announced, *_ = [each.delivery_id for each in batch.claims]
    journal = Journal()
    journal.begin(batch.lease)
    journal.write([announcement(announced, "main")])
    journal.close()
    assert Lease.objects.all().delete()[0] == 1
    assert recovering.recover(now=timezone.now()) == 3
    assert {row.pk: (row.state, row.unknowns) for row in Delivery.objects.all()} == {
        each.delivery_id: (DeliveryState.QUEUED, int(each.delivery_id == announced)) for each in batch.claims
    }
    assert not Lease.objects.exists()
    assert recovering.recover(now=timezone.now()) == 0


def test_after_the_clock_was_set_back_a_dead_workers_rows_wait_no_longer_than_a_lease(edition: Edition) -> None:
    claimed(prepared(edition, 2), 2)
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    assert recovering.recover(now=an_hour_ago) == 0, "its worker may live, and renew it"
    assert end_of_leases() < an_hour_ago + dt.timedelta(minutes=1)
    assert recovering.recover(now=end_of_leases()) == 2


@pytest.mark.parametrize(
    ("policy", "state"),
    [(UnknownPolicy.RESEND, DeliveryState.QUEUED), (UnknownPolicy.HOLD, DeliveryState.UNKNOWN)],
)
def test_a_lost_journal_makes_every_row_of_the_lease_unknown(
    edition: Edition, policy: UnknownPolicy, state: DeliveryState
) -> None:
    mailing = prepared(edition, 3, unknown_policy=policy)
    batch = claimed(mailing, 3)
    Journal().begin(batch.lease)
    redis().flushall()
    recovering.recover(now=end_of_leases())
    assert set(Delivery.objects.values_list("state", "unknowns")) == {(state, 1)}


def test_when_the_lasting_journal_died_too_only_what_was_announced_is_unknown(
    edition: Edition, settings: Settings, tmp_path: Path
) -> None:
    mailing = prepared(edition, 5, unknown_policy=UnknownPolicy.HOLD)
    batch = claimed(mailing, 5)
    sent, announced, *untouched = [each.delivery_id for each in batch.claims]
    with lasting_server(tmp_path) as server:
        settings.REDIS_URL = server.url
        journal = Journal()
        journal.begin(batch.lease)
        journal.write([announcement(sent, "main"), announcement(announced, "main")])
        journal.write([answer(sent, "main", Reply(250, "2.0.0", "taken"))])
        server.kill()
        journal.close()
        server.start()
        recovering.recover(now=end_of_leases())
    states = {row.pk: row.state for row in Delivery.objects.all()}
    assert states == {sent: "sent", announced: "unknown", **dict.fromkeys(untouched, "queued")}


def test_two_claims_never_share_a_row(edition: Edition) -> None:
    mailing = prepared(edition, 10)
    first = claimed(mailing, 6)
    second = claimed(mailing, 6)
    ours = [each.delivery_id for each in first.claims + second.claims]
    assert len(ours) == len(set(ours)) == 10
    assert claimed(mailing, 6).claims == []
    assert claiming.renew(lease=first.lease, now=timezone.now())
    assert not claiming.renew(lease=first.lease, now=end_of_leases())


def test_a_mailing_ends_only_when_no_row_waits(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    brought_to(Delivery.objects.all(), DeliveryState.DEFERRED, due_at=timezone.now() + dt.timedelta(hours=1))
    assert not advancing.finish(mailing_id=mailing.pk, now=timezone.now())
    assert advancing.movable(now=timezone.now()) == []
    Delivery.objects.update(state=DeliveryState.FAILED, due_at=None)
    assert advancing.movable(now=timezone.now()) == [mailing.pk]
    assert advancing.finish(mailing_id=mailing.pk, now=timezone.now())


def test_steering_refuses_what_makes_no_sense(edition: Edition) -> None:
    mailing = prepared(edition, 1)
    with pytest.raises(steering.MailingTransitionError):
        steering.resume(mailing_id=mailing.pk, now=timezone.now())
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    assert steering.pause(mailing_id=mailing.pk, now=timezone.now()).state == MailingState.PAUSED
    assert steering.resume(mailing_id=mailing.pk, now=timezone.now()).state == MailingState.SENDING
    steering.cancel(mailing_id=mailing.pk, now=timezone.now())
    with pytest.raises(steering.MailingTransitionError) as refused:
        steering.pause(mailing_id=mailing.pk, now=timezone.now())
    assert (refused.value.action, refused.value.state) == ("pause", MailingState.CANCELLED)


def test_progress_counts_every_state_from_the_rows(edition: Edition) -> None:
    mailing = prepared(edition, 4)
    ids = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    now = timezone.now()
    brought_to(Delivery.objects.filter(pk=ids[0]), DeliveryState.SENT, resolved_at=now, unknowns=2)
    brought_to(Delivery.objects.filter(pk=ids[1]), DeliveryState.FAILED, resolved_at=now, code=550, reply="no")
    brought_to(Delivery.objects.filter(pk=ids[2]), DeliveryState.UNKNOWN, resolved_at=now, unknowns=1)
    Mailing.objects.filter(pk=mailing.pk).update(started_at=now - dt.timedelta(seconds=40))
    progress = progress_of(mailing=mailing, now=now + dt.timedelta(seconds=10))
    assert set(progress.counts) == set(DeliveryState.values)
    assert (progress.total, progress.done, progress.counts["queued"]) == (4, 3, 1)
    assert (progress.once_unknown, progress.undecided) == (1, 1), "a held copy was not sent a second time"
    assert progress.pace.lately == 3 / 30
    assert progress.answers.tries == 0, "nothing was tried: the rows were only brought there"
    assert steering.decide(mailing_id=mailing.pk, resend=False, now=now) == 1
    assert progress_of(mailing=mailing, now=now).undecided == 0
