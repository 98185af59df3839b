"""When mailings begin, wait, hold and expire: by their time, their newsletter's hours, and their readers' clocks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.delivery import advancing, expiring, launching, local_times, preparing, releasing, steering
from newsletter.delivery.models import Delivery, DeliveryState, Lane, Mailing, MailingState, SkipReason
from newsletter.editions.models import Edition
from newsletter.seeding.planting import plant
from tests.integration.delivery.conftest import make_mailing, make_readers, prepared

if TYPE_CHECKING:
    from newsletter.editions.models import Newsletter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

TUESDAY = dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 11, 28, 11, tzinfo=dt.UTC)
MONDAY_MORNING = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
EIGHT = dt.datetime(2026, 11, 24, 8)  # noqa: DTZ001 (a wall clock has no zone)


def look(mailing: Mailing, now: dt.datetime) -> Mailing:
    """What a nudge at `now` makes of it, short of sending."""
    advancing.advance(mailing_id=mailing.pk, clock=lambda: now, seconds=5)
    mailing.refresh_from_db()
    return mailing


def keeps_office_hours(newsletter: Newsletter) -> None:
    newsletter.window_days, newsletter.window_from, newsletter.window_to = [1, 2, 3, 4, 5], dt.time(8), dt.time(18)
    newsletter.save()


def scheduled(edition: Edition, due_at: dt.datetime, **more: object) -> Mailing:
    return make_mailing(edition, state=MailingState.SCHEDULED, due_at=due_at, created_at=due_at, **more)


# ── A newsletter's hours ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_mailing_due_on_saturday_waits_for_monday_and_says_so(edition: Edition) -> None:
    keeps_office_hours(edition.newsletter)
    mailing = look(scheduled(edition, SATURDAY), SATURDAY)
    assert mailing.state == MailingState.SCHEDULED
    assert mailing.waits_for.startswith("Sending goes on Monday at 8:00")
    assert advancing.movable(now=SATURDAY + MINUTE / 2) == []
    assert advancing.movable(now=SATURDAY + MINUTE) == [mailing.pk], "somebody may change the hours"
    for now in (SATURDAY + MINUTE, MONDAY_MORNING - MINUTE):
        assert look(mailing, now).state == MailingState.SCHEDULED
    mailing = look(mailing, MONDAY_MORNING)
    assert (mailing.state, mailing.waits_for) == (MailingState.SENDING, "")


def test_a_mailing_under_way_stops_at_the_end_of_its_hours(edition: Edition) -> None:
    mailing = prepared(edition, 5)
    keeps_office_hours(edition.newsletter)
    mailing = look(mailing, SATURDAY)
    assert mailing.waits_for.startswith("Sending goes on Monday at 8:00")
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.QUEUED}


def test_the_desk_launches_outside_the_hours_and_it_waits() -> None:
    plant(now=SATURDAY)
    edition = Edition.objects.get()
    keeps_office_hours(edition.newsletter)
    mailing = launching.launch(edition=Edition.objects.get(), now=SATURDAY)
    assert mailing.state == MailingState.SCHEDULED
    assert "Monday at 8:00" in mailing.waits_for


# ── Too late ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_mailing_that_nobody_began_in_time_holds_and_says_so_and_goes_when_it_is_resumed(edition: Edition) -> None:
    mailing = look(scheduled(edition, TUESDAY), TUESDAY + HOUR + MINUTE)
    assert (mailing.state, mailing.paused_from) == (MailingState.PAUSED, MailingState.SCHEDULED)
    assert mailing.waits_for == (
        "It should have begun at 2026-11-24 12:00 (Europe/Warsaw) and did not, because no worker was running. "
        "Resume it or cancel it."
    )
    steering.resume(mailing_id=mailing.pk, now=TUESDAY + 2 * HOUR)
    assert look(mailing, TUESDAY + 2 * HOUR + MINUTE).state == MailingState.SENDING


def test_within_the_margin_it_begins(edition: Edition) -> None:
    assert look(scheduled(edition, TUESDAY), TUESDAY + HOUR - MINUTE).state == MailingState.SENDING


def test_its_own_margin_counts(edition: Edition) -> None:
    assert look(scheduled(edition, TUESDAY, late_margin=5), TUESDAY + 6 * MINUTE).state == MailingState.PAUSED


def test_one_launched_at_once_that_never_began_holds_too(edition: Edition) -> None:
    mailing = make_mailing(edition, due_at=TUESDAY, created_at=TUESDAY)
    assert look(mailing, TUESDAY + 3 * HOUR).state == MailingState.PAUSED


def test_one_that_had_begun_goes_on_however_late(edition: Edition) -> None:
    make_readers(edition.newsletter, 3)
    mailing = make_mailing(edition, due_at=TUESDAY, created_at=TUESDAY, prepared_to=1)
    assert look(mailing, TUESDAY + 30 * HOUR).state == MailingState.SENDING


def test_waiting_for_its_hours_is_not_being_late_but_missing_them_is(edition: Edition) -> None:
    keeps_office_hours(edition.newsletter)
    mailing = scheduled(edition, SATURDAY)
    assert look(mailing, MONDAY_MORNING + 30 * MINUTE).state == MailingState.SENDING
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
    mailing.refresh_from_db()
    assert look(mailing, MONDAY_MORNING + 2 * HOUR).state == MailingState.PAUSED


def test_a_person_who_pauses_and_resumes_makes_nothing_late(edition: Edition) -> None:
    mailing = scheduled(edition, TUESDAY)
    steering.pause(mailing_id=mailing.pk, now=TUESDAY - HOUR)
    steering.resume(mailing_id=mailing.pk, now=TUESDAY + 5 * HOUR)
    assert look(mailing, TUESDAY + 5 * HOUR).state == MailingState.SENDING


def test_resuming_before_its_time_does_not_bring_it_forward(edition: Edition) -> None:
    mailing = scheduled(edition, TUESDAY)
    steering.pause(mailing_id=mailing.pk, now=TUESDAY - 2 * HOUR)
    mailing = steering.resume(mailing_id=mailing.pk, now=TUESDAY - HOUR)
    assert (mailing.state, mailing.due_at) == (MailingState.SCHEDULED, TUESDAY)


def test_a_clock_that_stepped_back_holds_nothing_up_for_good(edition: Edition) -> None:
    mailing = make_mailing(edition, due_at=TUESDAY, created_at=TUESDAY)
    assert look(mailing, TUESDAY - HOUR).state == MailingState.SENDING


# ── No longer news ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_expired_mailing_leaves_nobody_waiting_and_finishes(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "ROWS_PER_STEP", 2)
    mailing = prepared(edition, 7, expires_at=SATURDAY)
    tried = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:3])
    rows = Delivery.objects.filter(pk__in=tried)
    rows.update(state=DeliveryState.SENDING, lease=1)
    rows.update(state=DeliveryState.DEFERRED, lease=None, due_at=SATURDAY + HOUR, reply="come back later", attempts=1)
    Mailing.objects.update(waits_until=SATURDAY + HOUR)
    assert advancing.movable(now=SATURDAY) == [mailing.pk], "whatever it waits for"
    assert advancing.advance(mailing_id=mailing.pk, clock=lambda: SATURDAY, seconds=-1) == 1, "a step at a time"
    mailing = look(mailing, SATURDAY)
    assert mailing.state == MailingState.FINISHED
    stands = Counter(Delivery.objects.values_list("state", "skip_reason", "reply"))
    assert stands == {
        (DeliveryState.FAILED.value, "", "come back later"): 3,
        (DeliveryState.SKIPPED.value, SkipReason.EXPIRED.value, ""): 4,
    }


def test_an_expired_mailing_moves_only_while_somebody_waits(edition: Edition) -> None:
    mailing = prepared(edition, 2, expires_at=SATURDAY)
    Delivery.objects.update(state=DeliveryState.SENDING, lease=1)
    assert advancing.movable(now=SATURDAY) == []
    assert look(mailing, SATURDAY).state == MailingState.SENDING, "two are still in a worker's hands"


# ── At the reader's local time ───────────────────────────────────────────────────────────────────────────────────────
def test_each_reader_is_due_when_their_own_clock_shows_that_time(edition: Edition) -> None:
    readers = make_readers(edition.newsletter, 5)
    where = [("Asia/Tokyo", ""), ("", "PT"), ("", ""), ("America/New_York", "PL"), ("", "US")]
    for reader, (time_zone, country) in zip(readers, where, strict=True):
        Subscriber.objects.filter(pk=reader.pk).update(time_zone=time_zone, country=country)
    mailing = make_mailing(edition, wall_time=EIGHT.isoformat(timespec="minutes"))
    now = dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)  # in Tokyo it is three in the afternoon
    while preparing.prepare(mailing_id=mailing.pk, now=now):
        pass
    dues = [row.due_at for row in Delivery.objects.order_by("subscriber")]
    assert [due and due.astimezone(dt.UTC).hour for due in dues] == [None, 8, 7, 13, 7]


def test_it_begins_with_the_first_clock_and_spans_them_all(newsletter: Newsletter) -> None:
    reader = make_readers(newsletter, 1)[0]
    Subscriber.objects.filter(pk=reader.pk).update(time_zone="Pacific/Auckland")
    first, last = local_times.span(newsletter=newsletter, wall=EIGHT)
    assert (first.day, first.hour, last.day, last.hour) == (23, 19, 24, 7)


def test_launched_at_local_time_it_is_due_with_the_first_and_nobody_before(edition: Edition) -> None:
    plant(now=TUESDAY)
    planted = Edition.objects.exclude(pk=edition.pk).get()
    tomorrow = TUESDAY + dt.timedelta(days=1)
    mailing = launching.launch(edition=planted, now=TUESDAY, due_at=tomorrow, at_local_time=True)
    assert mailing.wall == dt.datetime(2026, 11, 25, 12)  # noqa: DTZ001 (a wall clock has no zone)
    assert mailing.due_at <= tomorrow
    assert mailing.state == MailingState.SCHEDULED


def test_where_every_clock_is_past_it_everybody_gets_it_at_once(edition: Edition) -> None:
    make_readers(edition.newsletter, 3)
    mailing = make_mailing(edition, wall_time="2020-01-01T08:00")
    assert look(mailing, timezone.now()).state == MailingState.SENDING
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {None}


# ── Two people ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna")


@pytest.fixture
def ben() -> User:
    return User.objects.create_user("ben")


def urgent(edition: Edition, by: User, **more: object) -> Mailing:
    return scheduled(edition, TUESDAY, lane=Lane.URGENT, launched_by=by, **more)


def test_an_urgent_mailing_waits_until_a_second_person_releases_it(edition: Edition, anna: User, ben: User) -> None:
    mailing = look(urgent(edition, anna), TUESDAY + MINUTE)
    assert mailing.state == MailingState.SCHEDULED
    assert mailing.waits_for.startswith("Waits for a second person's release")
    with pytest.raises(releasing.SamePersonError):
        releasing.release(mailing_id=mailing.pk, by=anna, now=TUESDAY + 5 * HOUR)
    mailing = releasing.release(mailing_id=mailing.pk, by=ben, now=TUESDAY + 5 * HOUR)
    assert (mailing.released_by, mailing.waits_for) == (ben, "")
    assert look(mailing, TUESDAY + 5 * HOUR).state == MailingState.SENDING
    with pytest.raises(releasing.NothingToReleaseError):
        releasing.release(mailing_id=mailing.pk, by=ben, now=TUESDAY)


def test_pausing_and_resuming_is_no_way_round_the_second_person(edition: Edition, anna: User) -> None:
    mailing = urgent(edition, anna)
    steering.pause(mailing_id=mailing.pk, now=TUESDAY)
    steering.resume(mailing_id=mailing.pk, now=TUESDAY + HOUR)
    assert look(mailing, TUESDAY + HOUR).state == MailingState.SCHEDULED


def test_the_database_knows_that_two_people_are_two(edition: Edition, anna: User) -> None:
    with pytest.raises(IntegrityError):
        urgent(edition, anna, released_by=anna, released_at=TUESDAY)


def test_who_may_launch_at_once_is_the_operator_and_at_any_hour(anna: User) -> None:
    plant(now=SATURDAY)
    keeps_office_hours(Edition.objects.get().newsletter)
    edition = Edition.objects.get()
    mailing = launching.launch(edition=edition, now=SATURDAY, lane=Lane.URGENT)
    assert mailing.state == MailingState.PREPARING
    steering.cancel(mailing_id=mailing.pk, now=SATURDAY)
    mailing = launching.launch(edition=edition, now=SATURDAY, lane=Lane.URGENT, by=anna)
    assert mailing.state == MailingState.SCHEDULED
    assert "second person" in mailing.waits_for
