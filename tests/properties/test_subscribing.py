"""Whatever people and strangers do in whatever order: few letters, and nobody active who did not say so."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.audience import corresponding, subscribing
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription
from tests.integration.audience.conftest import NOON, at, make_newsletter

if TYPE_CHECKING:
    from newsletter.editions.models import Newsletter

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask for one", "ask for both", "confirm", "leave", "come back", "sweep"]),
        st.integers(0, 60),  # hours until the next step
    ),
    min_size=1,
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_steps_breaks_a_promise(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        _live_through(steps)
        transaction.set_rollback(True)


def _live_through(steps: list[tuple[str, int]]) -> None:
    newsletters = [make_newsletter("wici"), make_newsletter("alerts")]
    hours, done = 0, set[str]()
    letters: list[int] = []
    for act, pause in steps:
        hours += pause
        done.add(act)
        mail.outbox.clear()
        _do(act, hours, newsletters)
        letters += [hours for letter in mail.outbox if "/c/" in str(letter.body)]
        active = Subscription.objects.filter(state="active")
        assert "confirm" in done or not active.exists()
        assert act != "leave" or not active.exists()
        for one in active:
            assert ConsentEvent.objects.filter(kind="given", newsletter=one.newsletter).exists()
    assert all(later - sooner >= 24 for sooner, later in itertools.pairwise(letters))
    assert all(later - first >= 24 * 30 for first, later in zip(letters, letters[3:], strict=False))


def _do(act: str, hours: int, newsletters: list[Newsletter]) -> None:
    origin, anna = at(hours=hours), Subscriber.objects.first()
    if act.startswith("ask"):
        asked = newsletters if act == "ask for both" else newsletters[:1]
        subscribing.sign_up(address="anna@example.org", first_name="", language="en", newsletters=asked, origin=origin)
    elif act == "sweep":
        corresponding.send_due(clock=lambda: NOON + dt.timedelta(hours=hours), limit=9)
    elif anna:
        change = {"confirm": subscribing.confirm, "leave": subscribing.unsubscribe}.get(act, subscribing.resubscribe)
        change(subscriber_id=anna.public_id, newsletter_id=0, origin=origin)
