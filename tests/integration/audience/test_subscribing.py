"""audience.subscribing: nobody is written to who did not say yes, and nobody can see who did."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from newsletter.audience import subscribing
from newsletter.audience.addresses import AddressError
from newsletter.audience.corresponding import letters_due
from newsletter.audience.models import (
    ConsentEvent,
    ConsentKind,
    LedgerIsAppendOnlyError,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from newsletter.audience.names import FirstNameError
from newsletter.audience.segments import matching
from newsletter.audience.suppression import is_suppressed, lift, suppress
from tests.integration.audience.conftest import NOON, at

if TYPE_CHECKING:
    from newsletter.audience.consent import Origin
    from newsletter.editions.models import Newsletter

pytestmark = pytest.mark.django_db


def sign_up(
    *newsletters: Newsletter, address: str = "anna@example.org", origin: Origin | None = None, **said: str
) -> Subscriber | None:
    facts = {"first_name": "Anna", "language": "pl"} | said
    subscribing.sign_up(address=address, newsletters=list(newsletters), origin=origin or at(), **facts)
    return Subscriber.objects.filter(address_key=address.casefold()).first()


def reader(*newsletters: Newsletter, address: str = "anna@example.org") -> Subscriber:
    """Somebody who signed up and confirmed at noon."""
    subscriber = sign_up(*newsletters, address=address)
    assert subscriber
    subscribing.confirm(subscriber_id=subscriber.public_id, newsletter_id=0, origin=at())
    return subscriber


def states(subscriber: Subscriber) -> dict[str, str]:
    return dict(subscriber.subscriptions.values_list("newsletter__slug", "state"))


def ledger(subscriber: Subscriber) -> list[str]:
    return list(subscriber.consent_events.order_by("pk").values_list("kind", flat=True))


def test_signing_up_asks_and_mails_nothing_yet_c2(wici: Newsletter) -> None:
    anna = sign_up(wici, address="Anna@Example.org")
    assert anna
    assert states(anna) == {"wici": "pending"}
    assert not matching(newsletter=wici)
    assert letters_due(now=NOON, limit=10) == list(anna.subscriptions.values_list("pk", flat=True))
    asked = anna.consent_events.get()
    assert (asked.kind, asked.wording, asked.language) == (ConsentKind.ASKED, "Zgadzam się: wici", "pl")
    assert (asked.page, asked.network, asked.agent) == ("/pl/zapisz/", "198.51.100.0/24", "Mozilla/5.0")


def test_confirming_makes_active_once_and_in_the_words_that_were_read(wici: Newsletter) -> None:
    anna = sign_up(wici, language="en")
    assert anna
    for _twice in range(2):
        [confirmed] = subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=wici.pk, origin=at(hours=1))
        assert confirmed.state == SubscriptionState.ACTIVE
    assert ledger(anna) == ["asked", "given"]
    assert anna.consent_events.last()
    assert ConsentEvent.objects.order_by("pk").last().wording == "I agree: wici"  # type: ignore[union-attr]  # just made
    assert list(matching(newsletter=wici)) == [anna]
    assert letters_due(now=NOON, limit=10) == []


def test_one_link_may_confirm_everything_that_was_asked_for(wici: Newsletter, alerts: Newsletter) -> None:
    anna = sign_up(wici, alerts)
    assert anna
    subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=0, origin=at())
    assert states(anna) == {"wici": "active", "alerts": "active"}


def test_confirming_what_nobody_asked_for_does_nothing(wici: Newsletter, alerts: Newsletter) -> None:
    anna = sign_up(wici)
    assert anna
    assert subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=alerts.pk, origin=at()) == []
    assert subscribing.confirm(subscriber_id=uuid.uuid4(), newsletter_id=0, origin=at()) == []
    assert states(anna) == {"wici": "pending"}


def test_an_old_link_does_not_bring_back_who_left(wici: Newsletter) -> None:
    anna = reader(wici)
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=1))
    assert subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=2)) == []
    assert states(anna) == {"wici": "unsubscribed"}


def test_somebody_elses_sign_up_changes_nothing_of_a_reader(wici: Newsletter, alerts: Newsletter) -> None:
    anna = reader(wici)
    sign_up(wici, alerts, first_name="Nikt", language="en", origin=at(hours=1))
    anna.refresh_from_db()
    assert (anna.first_name, anna.language) == ("Anna", "pl")
    assert states(anna) == {"wici": "active", "alerts": "pending"}
    subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=2))
    anna.refresh_from_db()
    assert (anna.first_name, anna.language) == ("Anna", "pl")


def test_the_sign_up_that_is_confirmed_is_the_one_that_is_believed(wici: Newsletter) -> None:
    sign_up(wici, first_name="Nikt", language="en")
    anna = sign_up(wici, first_name="Anna", language="pl", origin=at(hours=80))
    assert anna
    subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=81))
    anna.refresh_from_db()
    assert (anna.first_name, anna.language) == ("Anna", "pl")


def test_asking_a_hundred_times_is_asking_once(wici: Newsletter) -> None:
    for _again in range(100):
        anna = sign_up(wici)
    assert anna
    assert ledger(anna) == ["asked"]
    assert len(letters_due(now=NOON, limit=10)) == 1


def test_a_suppressed_address_leaves_no_trace_and_gets_no_letter_x3(wici: Newsletter) -> None:
    suppress(key="anna@example.org", reason=SuppressionReason.ERASED, now=NOON)
    assert sign_up(wici) is None
    assert letters_due(now=NOON, limit=10) == []


def test_a_suppressed_reader_is_not_mailed_and_cannot_be_confirmed(wici: Newsletter, alerts: Newsletter) -> None:
    anna = reader(wici)
    sign_up(alerts)
    suppress(key=anna.address_key, reason=SuppressionReason.BOUNCED, now=NOON)
    suppress(key=anna.address_key, reason=SuppressionReason.COMPLAINED, now=NOON)
    suppress(key=anna.address_key, reason=SuppressionReason.BOUNCED, now=NOON)
    assert Suppression.objects.get().reason == SuppressionReason.COMPLAINED
    assert not matching(newsletter=wici)
    assert subscribing.confirm(subscriber_id=anna.public_id, newsletter_id=0, origin=at()) == []
    assert lift(key=anna.address_key)
    assert not lift(key=anna.address_key)
    assert not is_suppressed(key=anna.address_key)
    assert list(matching(newsletter=wici)) == [anna]


def test_an_unreadable_address_or_name_is_refused_in_a_sentence(wici: Newsletter) -> None:
    with pytest.raises(AddressError):
        sign_up(wici, address="anna")
    with pytest.raises(FirstNameError):
        sign_up(wici, first_name="Anna\r\nBcc: ola@example.org")
    assert not Subscriber.objects.exists()


def test_leaving_is_done_once_and_written_down(wici: Newsletter, alerts: Newsletter) -> None:
    anna = reader(wici, alerts)
    assert subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=wici.pk, origin=at())
    assert not subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=wici.pk, origin=at())
    assert states(anna) == {"wici": "unsubscribed", "alerts": "active"}
    assert subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at())
    assert states(anna) == {"wici": "unsubscribed", "alerts": "unsubscribed"}
    assert ledger(anna).count("withdrawn") == 2
    assert not subscribing.unsubscribe(subscriber_id=uuid.uuid4(), newsletter_id=0, origin=at())


def test_leaving_by_mistake_is_undone_for_a_day_and_only_what_was_left_together(
    wici: Newsletter, alerts: Newsletter
) -> None:
    anna = reader(wici, alerts)
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=alerts.pk, origin=at())
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=1))
    assert subscribing.resubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at(hours=2))
    assert states(anna) == {"wici": "active", "alerts": "unsubscribed"}
    assert ledger(anna)[-1] == "given"
    assert not subscribing.resubscribe(subscriber_id=anna.public_id, newsletter_id=alerts.pk, origin=at(hours=26))
    assert not subscribing.resubscribe(subscriber_id=uuid.uuid4(), newsletter_id=0, origin=at())


def test_who_never_confirmed_cannot_come_back_by_undo(wici: Newsletter) -> None:
    anna = sign_up(wici)
    assert anna
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at())
    assert not subscribing.resubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at())


def test_preferences_are_what_the_page_says(wici: Newsletter, alerts: Newsletter) -> None:
    anna = reader(wici)
    subscribing.change_preferences(
        subscriber_id=anna.public_id, language="en", first_name=" Ania ", newsletters=[alerts], origin=at(hours=1)
    )
    anna.refresh_from_db()
    assert (anna.first_name, anna.language) == ("Ania", "en")
    assert states(anna) == {"wici": "unsubscribed", "alerts": "active"}
    assert ledger(anna) == ["asked", "given", "changed", "withdrawn", "given"]
    assert anna.consent_events.order_by("pk").last().wording == "I agree: alerts"  # type: ignore[union-attr]  # just made
    subscribing.change_preferences(
        subscriber_id=anna.public_id, language="en", first_name="Ania", newsletters=[alerts], origin=at(hours=2)
    )
    assert len(ledger(anna)) == 5


@pytest.mark.parametrize(
    ("said", "kept"), [("America/New_York", "America/New_York"), ("", ""), (None, "Europe/Warsaw")]
)
def test_a_time_zone_becomes_what_was_said_and_stays_where_nothing_was(
    wici: Newsletter, said: str | None, kept: str
) -> None:
    anna = reader(wici)
    Subscriber.objects.update(time_zone="Europe/Warsaw")
    subscribing.change_preferences(
        subscriber_id=anna.public_id, language="pl", first_name="Anna", newsletters=[wici], origin=at(), time_zone=said
    )
    anna.refresh_from_db()
    assert anna.time_zone == kept
    assert ledger(anna) == ["asked", "given"], "where somebody lives is nothing they consent to"


def test_preferences_of_nobody_change_nothing(wici: Newsletter) -> None:
    subscribing.change_preferences(
        subscriber_id=uuid.uuid4(), language="en", first_name="", newsletters=[wici], origin=at()
    )
    assert not Subscription.objects.exists()


def test_a_suppressed_person_may_leave_but_not_join(wici: Newsletter, alerts: Newsletter) -> None:
    anna = reader(wici)
    suppress(key=anna.address_key, reason=SuppressionReason.COMPLAINED, now=NOON)
    subscribing.change_preferences(
        subscriber_id=anna.public_id, language="tlh", first_name="", newsletters=[alerts], origin=at()
    )
    anna.refresh_from_db()
    assert anna.language == "pl"
    assert states(anna) == {"wici": "unsubscribed"}
    assert not subscribing.resubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at())


def test_the_ledger_cannot_be_rewritten_c3(wici: Newsletter) -> None:
    anna = sign_up(wici)
    assert anna
    event = anna.consent_events.get()
    with pytest.raises(LedgerIsAppendOnlyError):
        event.save()
    with pytest.raises(LedgerIsAppendOnlyError):
        event.delete()
