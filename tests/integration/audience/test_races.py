"""Audience when everybody presses the button at once: one row, one letter, one entry, and never an error."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from newsletter.audience import corresponding, subscribing
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription
from tests.crowd import CROWD, at_once
from tests.integration.audience.conftest import NOON, at

if TYPE_CHECKING:
    from newsletter.editions.models import Newsletter

pytestmark = pytest.mark.django_db(transaction=True)


def sign_up(newsletters: list[Newsletter]) -> None:
    subscribing.sign_up(address="anna@example.org", first_name="", language="en", newsletters=newsletters, origin=at())


def anna() -> Subscriber:
    return Subscriber.objects.get()


def kinds() -> list[str]:
    return list(ConsentEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_signing_up_at_once_is_signing_up_once(wici: Newsletter, alerts: Newsletter) -> None:
    at_once(lambda: sign_up([wici, alerts]))
    assert anna().subscriptions.count() == 2
    assert kinds() == ["asked", "asked"]


def test_many_workers_send_one_letter(wici: Newsletter, alerts: Newsletter) -> None:
    sign_up([wici, alerts])
    due = corresponding.letters_due(now=NOON, limit=9)
    assert len(due) == 2
    moment = NOON + dt.timedelta(seconds=1)

    def work() -> None:
        for pk in due:
            corresponding.send_confirmation(subscription_id=pk, now=moment)

    at_once(work)
    assert len(mail.outbox) == 1
    assert kinds().count("confirmation_sent") == 2


def test_confirming_at_once_is_confirming_once(wici: Newsletter) -> None:
    sign_up([wici])
    who = anna().public_id
    answers = at_once(lambda: subscribing.confirm(subscriber_id=who, newsletter_id=0, origin=at()))
    assert [len(answer) for answer in answers] == [1] * CROWD
    assert kinds() == ["asked", "given"]


def test_leaving_at_once_is_leaving_once(wici: Newsletter) -> None:
    sign_up([wici])
    who = anna().public_id
    subscribing.confirm(subscriber_id=who, newsletter_id=0, origin=at())
    answers = at_once(lambda: subscribing.unsubscribe(subscriber_id=who, newsletter_id=wici.pk, origin=at()))
    assert sorted(answers) == [False] * (CROWD - 1) + [True]
    assert kinds().count("withdrawn") == 1


def test_joining_by_preferences_at_once_is_joining_once(wici: Newsletter, alerts: Newsletter) -> None:
    sign_up([wici])
    who = anna().public_id
    at_once(
        lambda: subscribing.change_preferences(
            subscriber_id=who, language="en", first_name="", newsletters=[wici, alerts], origin=at()
        )
    )
    assert Subscription.objects.filter(state="active").count() == 2
    assert kinds().count("given") == 2
