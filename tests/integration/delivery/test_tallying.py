"""tallying: the sums over a mailing's deliveries stay exact while old seconds are folded together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery import tallying
from newsletter.delivery.bookkeeping import Tally
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from tests.crowd import at_once
from tests.integration.delivery.conftest import brought_to, make_mailing, prepared

if TYPE_CHECKING:
    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)

LATER = dt.timedelta(minutes=3)


def sums(mailing: Mailing) -> dict[str, int]:
    return {state: number for state, number in tallying.sums_of(mailing_ids=[mailing.pk])[mailing.pk].items() if number}


def sent(number: int) -> None:
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED).order_by("pk")[:number]
    brought_to(Delivery.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))), DeliveryState.SENT)


def test_old_seconds_become_one_row_per_state_and_the_sums_stay_as_they_were(edition: Edition) -> None:
    mailing = prepared(edition, 6)
    for _twice in range(2):  # the second time there is something to add to
        sent(2)
        before, now = sums(mailing), timezone.now() + LATER
        for _again in range(2):
            tallying.fold(now=now)
            assert sums(mailing) == before
        assert Tally.objects.values("state").distinct().count() == Tally.objects.count() == 3
        assert set(Tally.objects.values_list("at", flat=True)) == {tallying.LONG_AGO}
    assert before == {"queued": 2, "sent": 4}


def test_seconds_off_which_the_pace_is_read_stand_alone(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    sent(1)
    seconds = set(Tally.objects.values_list("at", "state", "change"))
    tallying.fold(now=timezone.now())
    assert set(Tally.objects.values_list("at", "state", "change")) == seconds
    span = dt.timedelta(seconds=30)
    flow = tallying.flow_of(mailing_id=mailing.pk, now=timezone.now() + dt.timedelta(seconds=1), span=span)
    assert flow["", DeliveryState.SENT].lately == 1


def test_whoever_folds_at_the_same_time_adds_nothing_twice(edition: Edition) -> None:
    mailing = prepared(edition, 6)
    sent(4)
    now = timezone.now() + LATER
    at_once(lambda: tallying.fold(now=now))
    assert sums(mailing) == {"queued": 2, "sent": 4}


def test_mailings_are_listed_with_how_many_of_their_deliveries_are_in_some_states(edition: Edition) -> None:
    mailing, empty = prepared(edition, 5), make_mailing(edition, state=MailingState.CANCELLED)
    sent(2)
    people, waiting = tallying.sum_in(DeliveryState.values), tallying.sum_in(tallying.UNSETTLED)
    listed = Mailing.objects.annotate(people=people, waiting=waiting).values_list("pk", "people", "waiting")
    assert set(listed) == {(mailing.pk, 5, 3), (empty.pk, 0, 0)}
