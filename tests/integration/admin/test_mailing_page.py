"""A mailing's page: what it says, what it offers to whom, and what moves without being loaded again."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from newsletter.delivery import sentences
from newsletter.delivery.bookkeeping import Stream
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from tests.integration.delivery.conftest import brought_to, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]
STEER = ("newsletter.view_mailing", "newsletter.change_mailing")
PEOPLE = "newsletter.view_delivery"
STEPS = ("pause", "resume", "cancel", "choose", "decide")


@pytest.fixture
def mailing(edition: Edition) -> Mailing:
    """Of its five copies two are held and one was put off."""
    made = prepared(edition, 5, unknown_policy=UnknownPolicy.HOLD)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    facts = {"unknowns": 1, "resolved_at": timezone.now(), "reply": sentences.HUNG_UP}
    brought_to(Delivery.objects.filter(pk__in=ids[:2]), DeliveryState.UNKNOWN, **facts)
    brought_to(
        Delivery.objects.filter(pk=ids[2]), DeliveryState.DEFERRED, due_at=timezone.now() + dt.timedelta(hours=1)
    )
    told = {"code": 452, "enhanced_code": "4.2.2", "reply": "over quota"}
    Attempt.objects.create(delivery_id=ids[2], mailing=made, number=1, at=timezone.now(), state="deferred", **told)
    return made


def url(name: str, mailing: Mailing) -> str:
    return reverse(f"admin:mailing_{name}", args=[mailing.pk])


def page_of(mailing: Mailing) -> str:
    return reverse("admin:newsletter_mailing_change", args=[mailing.pk])


def look(client: Client, mailing: Mailing, **headers: str) -> str:
    return client.get(page_of(mailing), headers=headers).content.decode()


def held() -> list[int]:
    return list(Delivery.objects.filter(state="unknown", decided_at=None).order_by("pk").values_list("pk", flat=True))


def test_it_shows_figures_states_providers_answers_and_what_is_held(chief: Client, mailing: Mailing) -> None:
    page = look(chief, mailing)
    for words in (
        "It is being sent, also while nobody watches.",
        "2 of 5 people have an outcome",
        'value="2"',
        "put off, and tried again by itself",
        "All others",
        "The mailbox is full.",
        "1 × deferred (All others: 1)",
        "452 4.2.2 over quota",
        "2 copies wait for your decision",
        "reader000000@example.org",
        "The server hung up.",
    ):
        assert words in page
    assert "SMTP" not in re.sub(r"<[^>]*>", "", page)


def test_it_speaks_polish(chief: Client, mailing: Mailing) -> None:
    page = look(chief, mailing, accept_language="pl")
    for words in ("Wynik jest dla 2 z 5 osób", "Skrzynka jest pełna.", "2 egzemplarze czekają na Twoją decyzję"):
        assert words in page


def test_it_says_how_long_a_providers_readers_have_waited_and_how_many_were_put_off(
    chief: Client, mailing: Mailing
) -> None:
    Mailing.objects.update(started_at=timezone.now() - dt.timedelta(minutes=12))
    said = {
        "en": ("waiting for 12 minutes", "33 % of those tried are put off"),
        "pl": ("czeka już: 12 minut", "odroczone: 33 % z dotąd wysyłanych"),
    }
    for language, words in said.items():
        page = look(chief, mailing, accept_language=language)
        assert all(f">{each}</span>" in page for each in words), language


def test_it_says_why_a_provider_gets_nothing(chief: Client, mailing: Mailing) -> None:
    Stream.objects.update(waits_for=sentences.PACED, waits_until=timezone.now() + dt.timedelta(minutes=1))
    assert sentences.PACED in look(chief, mailing)


# ── what moves ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_moves_comes_every_time_and_the_rest_only_where_it_changed(chief: Client, mailing: Mailing) -> None:
    shown = chief.get(page_of(mailing)).context["standing"]
    same = chief.get(url("progress", mailing), {"shown": shown}).content.decode()
    for part in ("figures", "states", "providers", "answers"):
        assert f'id="mailing-{part}" hx-swap-oob="true"' in same
    assert "mailing-buttons" not in same
    assert "<form" not in same
    chief.post(url("pause", mailing))
    changed = chief.get(url("progress", mailing), {"shown": shown}).content.decode()
    assert 'hx-swap-oob="innerHTML:#mailing-standing"' in changed
    assert "mailing-resume" in changed


def test_who_was_logged_out_loads_the_page_again_and_so_logs_in(client: Client, mailing: Mailing) -> None:
    answer = client.get(url("progress", mailing), headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (200, "true", b"")


def test_who_may_not_see_mailings_sees_no_progress(staff: Callable[..., Client], mailing: Mailing) -> None:
    nosy = staff("newsletter.view_edition")
    assert nosy.get(url("progress", mailing)).status_code == 403
    assert nosy.get(page_of(mailing)).status_code == 403


def test_there_is_no_progress_of_what_is_not_there(chief: Client, mailing: Mailing) -> None:
    mailing.pk += 1
    assert chief.get(url("progress", mailing)).status_code == 404
    for step in STEPS:
        assert chief.post(url(step, mailing)).status_code == 404


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("step", STEPS)
def test_no_button_acts_for_who_may_not(staff: Callable[..., Client], mailing: Mailing, step: str) -> None:
    reader = staff("newsletter.view_mailing", PEOPLE)
    assert url(step, mailing) not in look(reader, mailing)
    assert reader.post(url(step, mailing), {"resend": "yes", "policy": "resend"}).status_code == 403
    row = Mailing.objects.get()
    assert (row.state, row.unknown_policy, len(held())) == (MailingState.SENDING, UnknownPolicy.HOLD, 2)


@pytest.mark.parametrize("step", ["pause", "resume", "choose", "decide"])
def test_no_button_acts_by_looking(chief: Client, mailing: Mailing, step: str) -> None:
    assert chief.get(url(step, mailing)).status_code == 405


def test_the_policy_is_chosen_while_something_may_become_unknown(
    staff: Callable[..., Client], mailing: Mailing
) -> None:
    editor = staff(*STEER)
    assert "From now on send them again" in look(editor, mailing)
    answer = editor.post(url("choose", mailing), {"policy": "resend"}, follow=True).content.decode()
    assert Mailing.objects.get().unknown_policy == UnknownPolicy.RESEND
    assert "From now on such copies are sent again" in answer
    assert "From now on hold them" in answer
    editor.post(url("choose", mailing), {"policy": "hold"})
    assert Mailing.objects.get().unknown_policy == UnknownPolicy.HOLD
    Mailing.objects.update(state=MailingState.FINISHED)
    assert url("choose", mailing) not in look(editor, mailing)
    late = editor.post(url("choose", mailing), {"policy": "resend"}, follow=True).content.decode()
    assert "The mailing has moved on meanwhile" in late


@pytest.mark.parametrize(("resend", "words"), [("yes", "1 copy is sent again."), ("no", "1 copy is left as it is.")])
def test_one_held_copy_is_decided(staff: Callable[..., Client], mailing: Mailing, resend: str, words: str) -> None:
    editor, (first, second) = staff(*STEER), held()
    wish = {"delivery": str(first), "resend": resend}
    assert words in editor.post(url("decide", mailing), wish, follow=True).content.decode()
    assert held() == [second]
    assert "Somebody decided that already." in editor.post(url("decide", mailing), wish, follow=True).content.decode()


def test_all_held_copies_are_decided_at_once(staff: Callable[..., Client], mailing: Mailing) -> None:
    editor = staff(*STEER)
    assert "Send all 2 again" in look(editor, mailing)
    answer = editor.post(url("decide", mailing), {"resend": "yes"}, follow=True).content.decode()
    assert "2 copies are sent again." in answer
    assert (held(), "wait for your decision" in answer) == ([], False)


def test_more_held_copies_than_fit_are_shown_in_turn(chief: Client, mailing: Mailing, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsletter.admin.progress.HELD_SHOWN", 1)
    page = look(chief, mailing)
    assert "Only the first are shown" in page
    assert "reader000001@example.org" not in page


def test_a_cancelled_mailings_copies_can_only_be_left(chief: Client, mailing: Mailing) -> None:
    Mailing.objects.update(state=MailingState.CANCELLED)
    page = look(chief, mailing)
    assert "so nothing is sent again" in page
    assert "Leave as it is" in page
    assert 'value="yes"' not in page


def test_who_may_not_see_deliveries_sees_no_address_x14(staff: Callable[..., Client], mailing: Mailing) -> None:
    page = look(staff(*STEER), mailing)
    assert "reader0" not in page
    assert f"Delivery {held()[0]}" in page
    assert "Every delivery of this mailing" not in page


def test_addresses_of_held_copies_are_shown_to_those_who_may(staff: Callable[..., Client], mailing: Mailing) -> None:
    Delivery.objects.filter(pk=held()[1]).update(subscriber=None)
    page = look(staff(*STEER, PEOPLE), mailing)
    assert "reader000000@example.org" in page
    assert "<strong>erased</strong>" in page


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_list_says_how_far_each_mailing_is_without_counting_rows(
    chief: Client, mailing: Mailing, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16) as queries:
        page = chief.get(reverse("admin:newsletter_mailing_changelist")).content.decode()
    assert "2 of 5" in page
    assert mailing.pk
    assert not [query for query in queries if '"newsletter_delivery"' in query["sql"]]
