"""Delivery when several do the same thing in the same moment: one mailing, one row each, one claim per row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from newsletter.delivery import preparing, recovering, steering
from newsletter.delivery.launching import AlreadyMailedError, launch
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from tests.builders import NOON, an_approved_edition
from tests.crowd import CROWD, at_once
from tests.integration.delivery.conftest import claimed, end_of_leases, make_mailing, make_readers, prepared

if TYPE_CHECKING:
    from newsletter.delivery.claiming import Claim
    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


def test_launching_at_once_is_launching_once_and_the_others_are_told_which() -> None:
    edition = an_approved_edition()

    def one() -> tuple[str, int]:
        try:
            return "launched", launch(edition=edition, now=NOON).pk
        except AlreadyMailedError as error:
            return "told", error.mailing.pk

    answers = at_once(one)
    assert Counter(said for said, _ in answers) == {"launched": 1, "told": CROWD - 1}
    assert {pk for _, pk in answers} == {Mailing.objects.get().pk}
    assert Mailing.objects.get().messages.count() == 2


def test_a_launch_that_fails_for_another_reason_is_not_called_a_second_one() -> None:
    with pytest.raises(IntegrityError):
        launch(edition=an_approved_edition(), now=NOON, by=User(pk=404))
    assert not Mailing.objects.exists()


def test_preparing_at_once_writes_everybody_once(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "IDS_PER_STEP", 7)
    first = make_readers(edition.newsletter, 50)[0].pk
    mailing = make_mailing(edition, prepared_to=first - 1)

    def one() -> None:
        while preparing.prepare(mailing_id=mailing.pk, now=NOON):
            pass

    at_once(one)
    assert Delivery.objects.count() == Delivery.objects.values("subscriber").distinct().count() == 50
    assert Mailing.objects.get().state == MailingState.SENDING


def test_claiming_at_once_gives_no_row_to_two_and_leaves_none(edition: Edition) -> None:
    mailing = prepared(edition, 300)

    def one() -> list[Claim]:
        mine: list[Claim] = []
        while claims := claimed(mailing, 11).claims:
            mine += claims
        return mine

    ours = [claim.delivery_id for claims in at_once(one) for claim in claims]
    assert len(ours) == len(set(ours)) == 300
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.SENDING, 1)}


def test_recovering_at_once_settles_each_row_once(edition: Edition) -> None:
    mailing = prepared(edition, 40)
    for _ in range(4):
        claimed(mailing, 10)
    until = end_of_leases()
    settled = at_once(lambda: recovering.recover(now=until))
    assert sum(settled) == 40, "without a journal each row is unknown once"
    assert set(Delivery.objects.values_list("state", "unknowns")) == {(DeliveryState.QUEUED, 1)}


def test_cancelling_while_others_claim_leaves_no_row_between_two_chairs(edition: Edition) -> None:
    mailing = prepared(edition, 200)

    def one() -> int:
        ours = len(claimed(mailing, 5).claims)
        steering.cancel(mailing_id=mailing.pk, now=timezone.now())
        return ours

    taken = sum(at_once(one))
    steering.skip_the_rest(mailing_id=mailing.pk, now=timezone.now())
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {DeliveryState.SENDING: taken, DeliveryState.SKIPPED: 200 - taken}
