from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, SubscriptionState, Suppression
from newsletter.audience.segments import matching
from newsletter.editions.models import Newsletter

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]

LIST = "/admin/newsletter/subscriber/"


def test_people_are_taken_off_on_request_and_the_ledger_says_by_staff(chief: Client) -> None:
    person = Subscriber.objects.order_by("pk")[0]
    chief.post(LIST, {"action": "unsubscribe", "_selected_action": [person.pk]})
    assert set(person.subscriptions.values_list("state", flat=True)) == {SubscriptionState.UNSUBSCRIBED}
    last = ConsentEvent.objects.filter(subscriber=person).order_by("pk").last()
    assert last
    assert (last.kind, last.method) == ("withdrawn", "staff")


def test_a_suppressed_address_is_mailed_no_more_and_found_by_who_knows_it(chief: Client) -> None:
    person = Subscriber.objects.order_by("pk")[0]
    chief.post(LIST, {"action": "suppress_on_request", "_selected_action": [person.pk]})
    assert person not in matching(newsletter=Newsletter.objects.get(slug="wici"))
    page = chief.get("/admin/newsletter/suppression/", {"q": person.address})
    assert page.context["cl"].result_count == 1
    assert person.address not in str(page.context["cl"].result_list[0])
    assert Suppression.objects.get().reason == "manual"


def test_who_only_reads_takes_nobody_off(staff: Callable[..., Client]) -> None:
    person = Subscriber.objects.order_by("pk")[0]
    staff("newsletter.view_subscriber").post(LIST, {"action": "unsubscribe", "_selected_action": [person.pk]})
    assert Subscription.objects.filter(subscriber=person, state=SubscriptionState.ACTIVE).exists()


def test_nobody_adds_changes_or_deletes_people_or_what_they_said(chief: Client) -> None:
    for model in ("subscriber", "consentevent", "suppression", "delivery", "mailing"):
        assert chief.get(f"/admin/newsletter/{model}/add/").status_code == 403
    person = Subscriber.objects.order_by("pk")[0]
    for step in ("change", "delete"):
        assert chief.post(f"{LIST}{person.pk}/{step}/", {"post": "yes", "first_name": "X"}).status_code == 403
    assert "Nobody is added by hand" in chief.get(LIST).content.decode()
