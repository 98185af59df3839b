"""What people decide about copies of unknown outcome, and what is noted about each receiving provider."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery import sentences, steering, waiting
from newsletter.delivery.allowing import Allowance
from newsletter.delivery.bookkeeping import Stream
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from newsletter.delivery.steering import MailingTransitionError
from tests.integration.delivery.conftest import brought_to, prepared

if TYPE_CHECKING:
    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(edition: Edition) -> Mailing:
    """Three of its four copies are held."""
    made = prepared(edition, 4, unknown_policy=UnknownPolicy.HOLD)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    brought_to(Delivery.objects.filter(pk__in=ids[:3]), DeliveryState.UNKNOWN, unknowns=1)
    return made


def held() -> list[int]:
    return list(steering.held(mailing_id=Mailing.objects.get().pk).values_list("pk", flat=True))


def decide(*, resend: bool, only: int | None = None) -> int:
    return steering.decide(mailing_id=Mailing.objects.get().pk, resend=resend, only=only, now=timezone.now())


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.usefixtures("mailing")
def test_one_copy_is_sent_again_and_the_others_still_wait() -> None:
    first, second, third = held()
    assert decide(resend=True, only=second) == 1
    assert held() == [first, third]
    again = Delivery.objects.get(pk=second)
    assert (again.state, again.due_at is not None, again.unknowns) == (DeliveryState.QUEUED, True, 1)


@pytest.mark.usefixtures("mailing")
def test_one_copy_is_left_as_it_is_and_stays_unknown() -> None:
    first = held()[0]
    assert decide(resend=False, only=first) == 1
    assert Delivery.objects.get(pk=first).state == DeliveryState.UNKNOWN
    assert first not in held()


@pytest.mark.usefixtures("mailing")
def test_a_second_decision_changes_nothing() -> None:
    first = held()[0]
    decide(resend=False, only=first)
    assert decide(resend=True, only=first) == decide(resend=False, only=first) == 0


def test_a_copy_of_another_mailing_is_not_decided_here(mailing: Mailing) -> None:
    first = held()[0]
    assert steering.decide(mailing_id=mailing.pk + 1, resend=False, only=first, now=timezone.now()) == 0
    assert first in held()


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize("resend", [True, False])
def test_all_are_decided_step_by_step(monkeypatch: pytest.MonkeyPatch, *, resend: bool) -> None:
    monkeypatch.setattr(steering, "DECIDED_PER_STEP", 2)
    assert decide(resend=resend) == 3
    assert held() == []
    assert states().count("queued") == (4 if resend else 1)


@pytest.mark.usefixtures("mailing")
def test_sent_again_a_finished_mailing_goes_on() -> None:
    Mailing.objects.update(state=MailingState.FINISHED, finished_at=timezone.now())
    assert decide(resend=True) == 3
    assert Mailing.objects.get().state == MailingState.SENDING


def test_a_finished_mailing_does_not_begin_anew_for_nobody(edition: Edition) -> None:
    prepared(edition, 1)
    Mailing.objects.update(state=MailingState.FINISHED)
    assert decide(resend=True) == 0
    assert Mailing.objects.get().state == MailingState.FINISHED


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    "facts", [{"state": MailingState.CANCELLED}, {"expires_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}]
)
def test_what_is_cancelled_or_no_longer_news_is_not_sent_again_but_can_be_left(facts: dict[str, object]) -> None:
    Mailing.objects.update(**facts)
    with pytest.raises(MailingTransitionError):
        decide(resend=True)
    assert states().count("unknown") == 3
    assert decide(resend=False) == 3


def test_the_policy_changes_what_comes_and_not_what_is_held(mailing: Mailing) -> None:
    now = timezone.now()
    changed = steering.choose_policy(mailing_id=mailing.pk, policy=UnknownPolicy.RESEND, now=now)
    assert (changed.unknown_policy, len(held())) == (UnknownPolicy.RESEND, 3)
    steering.pause(mailing_id=mailing.pk, now=now)
    assert steering.choose_policy(mailing_id=mailing.pk, policy=UnknownPolicy.HOLD, now=now).unknown_policy == "hold"


@pytest.mark.parametrize("state", [MailingState.FINISHED, MailingState.CANCELLED])
def test_the_policy_of_what_is_over_does_not_change(mailing: Mailing, state: MailingState) -> None:
    Mailing.objects.update(state=state)
    with pytest.raises(MailingTransitionError):
        steering.choose_policy(mailing_id=mailing.pk, policy=UnknownPolicy.RESEND, now=timezone.now())
    assert Mailing.objects.get().unknown_policy == UnknownPolicy.HOLD


# ── receiving providers ──────────────────────────────────────────────────────────────────────────────────────────────
LIMIT = sentences.PROVIDER_LIMIT % {"provider": "Gmail (Google)", "time": "14:05"}


def noted() -> tuple[str, dt.datetime | None]:
    stream = Stream.objects.get()
    return stream.waits_for, stream.waits_until


def test_why_nothing_leaves_to_a_provider_is_noted_and_forgotten(mailing: Mailing) -> None:
    now = timezone.now()
    stop = Allowance(0, wait=300, sentence=LIMIT)
    waiting.for_providers(mailing=mailing, allowed={"": stop}, now=now)
    assert noted() == (LIMIT, now + dt.timedelta(seconds=300))
    waiting.for_providers(mailing=mailing, allowed={"": stop}, now=now + dt.timedelta(seconds=60))
    assert noted() == (LIMIT, now + dt.timedelta(seconds=300)), "the same reason is not written again and again"
    later = now + dt.timedelta(seconds=301)
    waiting.for_providers(mailing=mailing, allowed={"": stop}, now=later)
    assert noted() == (LIMIT, later + dt.timedelta(seconds=300))
    other = Allowance(0, wait=300, sentence=sentences.PACED)
    waiting.for_providers(mailing=mailing, allowed={"": other}, now=later)
    assert noted()[0] == sentences.PACED
    waiting.for_providers(mailing=mailing, allowed={"": Allowance(5)}, now=later)
    assert noted() == ("", None)


def test_a_wait_of_a_moment_is_not_noted(mailing: Mailing) -> None:
    busy = Allowance(0, wait=1.0, sentence=sentences.BUSY % {"provider": "Gmail (Google)"})
    waiting.for_providers(mailing=mailing, allowed={"": busy}, now=timezone.now())
    assert noted() == ("", None)
