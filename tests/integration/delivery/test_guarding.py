"""guarding: whatever a program does, the database itself takes no step the protocol does not know, and counts every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from newsletter.delivery import tallying
from newsletter.delivery.guarding import STEPS, guard_deliveries
from newsletter.delivery.models import Delivery, DeliveryState, SkipReason
from tests.integration.delivery.conftest import brought_to, prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)


def standing(state: str) -> dict[str, object]:
    """What else is true of a row in `state`."""
    reason = SkipReason.UNSUBSCRIBED if state == DeliveryState.SKIPPED else ""
    return {"lease": 1 if state == DeliveryState.SENDING else None, "skip_reason": reason}


def takes(rows: QuerySet[Delivery], state: str) -> bool:
    """Whether the database lets these rows go to `state`; if so, they are there."""
    try:
        with transaction.atomic():
            rows.update(state=state, **standing(state))
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("old", DeliveryState.values)
def test_from_each_state_a_delivery_goes_where_the_protocol_says_and_nowhere_else(edition: Edition, old: str) -> None:
    prepared(edition, len(DeliveryState.values))
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    for step in [] if old == DeliveryState.QUEUED else [DeliveryState.SENDING, old]:
        assert takes(Delivery.objects.all(), step)
    taken = {new for pk, new in zip(ids, DeliveryState.values, strict=True) if takes(_one(pk), new)}
    assert taken == {old, *STEPS.get(old, ())}


def _one(pk: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=pk)


def test_guards_that_are_put_in_place_again_count_no_step_twice(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    with connection.schema_editor(atomic=False) as editor:
        guard_deliveries(None, editor)
    brought_to(Delivery.objects.all(), DeliveryState.SENT)
    sums = tallying.sums_of(mailing_ids=[mailing.pk])[mailing.pk]
    assert {state: number for state, number in sums.items() if number} == {"sent": 3}
