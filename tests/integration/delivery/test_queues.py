"""delivery.queues: what waits for each provider, for how long, and how much was put off (S20)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.delivery import preparing
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.queues import longer_than, queues
from tests.integration.delivery.conftest import NOON, brought_to, make_mailing, make_readers

if TYPE_CHECKING:
    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


def after(minutes: int) -> dt.datetime:
    return NOON + minutes * MINUTE


def under_way(edition: Edition, number: int = 20, **more: object) -> Mailing:
    """Begun at noon; every other reader is a Gmail one."""
    make_readers(edition.newsletter, number)
    mailing = make_mailing(edition, due_at=NOON, **more)
    while preparing.prepare(mailing_id=mailing.pk, now=NOON):
        pass
    for row in Delivery.objects.filter(mailing=mailing).order_by("pk")[::2]:
        Delivery.objects.filter(pk=row.pk).update(provider="google")
    Mailing.objects.filter(pk=mailing.pk).update(started_at=NOON)
    return mailing


def test_each_provider_has_its_depth_ages_deferral_rate_and_unknowns(edition: Edition) -> None:
    mailing = under_way(edition)
    google = list(Delivery.objects.filter(provider="google").values_list("pk", flat=True))
    brought_to(Delivery.objects.filter(pk__in=google[:3]), DeliveryState.SENT, resolved_at=after(1))
    brought_to(Delivery.objects.filter(pk__in=google[3:5]), DeliveryState.DEFERRED, due_at=after(20))
    brought_to(Delivery.objects.filter(pk__in=google[5:6]), DeliveryState.UNKNOWN, unknowns=1)
    for asked in (queues(now=after(5)), queues(now=after(5), mailing_id=mailing.pk)):
        others, gmail = asked
        assert (others.provider, others.name, others.depth, others.deferral_rate) == (
            "",
            "the other providers",
            10,
            None,
        )
        assert (gmail.name, gmail.depth, gmail.unknown) == ("Gmail (Google)", 6, 1)
        assert gmail.deferral_rate == pytest.approx(2 / 6)
        assert gmail.oldest_half == gmail.oldest_twentieth == 5 * MINUTE


def test_several_mailings_are_seen_together_and_those_that_are_over_are_not(edition: Edition) -> None:
    first = under_way(edition)
    Mailing.objects.filter(pk=first.pk).update(started_at=after(-60), state=MailingState.PAUSED)
    edition.pk, edition.slug, edition.code = None, "wici-2", "W-2"
    edition.save()
    second = make_mailing(edition, started_at=NOON)
    message = first.messages.all()[0]
    Delivery.objects.bulk_create(
        Delivery(mailing=second, subscriber_id=pk, message=message)
        for pk in Delivery.objects.values_list("subscriber", flat=True)
    )
    others = next(each for each in queues(now=after(5)) if not each.provider)
    assert others.depth == 30
    assert (others.oldest_half, others.oldest_twentieth) == (5 * MINUTE, 65 * MINUTE)
    Mailing.objects.update(state=MailingState.CANCELLED)
    assert queues(now=after(5)) == []


def test_at_the_readers_local_time_a_delivery_waits_from_the_moment_it_was_due(edition: Edition) -> None:
    mailing = under_way(edition, 4, wall_time="2026-11-23T12:00")
    for row, minutes in zip(Delivery.objects.filter(provider="").order_by("pk"), (10, 300), strict=True):
        Delivery.objects.filter(pk=row.pk).update(due_at=after(minutes))
    Delivery.objects.filter(provider="google").update(due_at=after(300))
    by_provider = {each.provider: each for each in queues(now=after(25), mailing_id=mailing.pk)}
    assert by_provider[""].depth == by_provider["google"].depth == 2
    assert by_provider[""].oldest_half == by_provider[""].oldest_twentieth == 15 * MINUTE
    assert by_provider["google"].oldest_half is None, "nobody's hour has come"


def test_asking_costs_the_same_however_many_wait(edition: Edition, django_assert_num_queries: Any) -> None:
    under_way(edition)
    with django_assert_num_queries(2):
        queues(now=after(5))


@pytest.mark.parametrize(
    ("part", "minutes"), [(0.0, 9), (0.01, 9), (0.05, 5), (0.5, 2), (1.0, 1)], ids=["oldest", "1%", "5%", "half", "all"]
)
def test_a_part_of_all_waits_for_longer_than(part: float, minutes: int) -> None:
    ages = [(1 * MINUTE, 40), (2 * MINUTE, 50), (5 * MINUTE, 9), (9 * MINUTE, 1), (60 * MINUTE, 0)]
    assert longer_than(ages, part=part) == minutes * MINUTE
    assert longer_than([], part=part) is None
    assert longer_than([(MINUTE, 0)], part=part) is None
