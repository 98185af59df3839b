from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions.models import Edition

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted", "redis_server")]


def launch_url() -> str:
    return reverse("admin:edition_launch", args=[Edition.objects.get().pk])


def step_url(name: str) -> str:
    return reverse(f"admin:mailing_{name}", args=[Mailing.objects.get().pk])


def page_url() -> str:
    return reverse("admin:newsletter_mailing_change", args=[Mailing.objects.get().pk])


@pytest.fixture
def launched(chief: Client, planted: None) -> Mailing:  # noqa: ARG001 (the edition must be there first)
    chief.post(launch_url(), {"when": "now"})
    return Mailing.objects.get()


def test_before_launching_it_says_how_many_people_in_which_language(chief: Client) -> None:
    page = chief.get(launch_url(), {"when": "now"})
    assert page.context["total"] == sum(people for _name, people in page.context["readers"]) > 0
    assert f"Send to {page.context['total']} people" in page.content.decode()
    assert not Mailing.objects.exists()


def test_launching_now_makes_one_mailing_and_shows_it(chief: Client) -> None:
    page = chief.post(launch_url(), {"when": "now"})
    mailing = Mailing.objects.get()
    assert page["Location"] == page_url()
    assert mailing.state == MailingState.PREPARING
    assert mailing.launched_by
    assert mailing.launched_by.username == "chief"


def test_a_double_click_sends_nothing_twice_and_says_so(chief: Client) -> None:
    chief.post(launch_url(), {"when": "now"})
    page = chief.post(launch_url(), {"when": "now"}, follow=True)
    assert "Nothing was sent twice." in page.content.decode()
    assert Mailing.objects.count() == 1


def test_launching_later_keeps_the_moment_in_the_sites_zone(chief: Client) -> None:
    later = timezone.localtime() + dt.timedelta(days=2)
    at = later.strftime("%Y-%m-%dT%H:%M")
    asked = chief.get(launch_url(), {"when": "later", "at": at})
    assert "Europe/Warsaw" in asked.content.decode()
    assert f'value="{at}"' in asked.content.decode()
    chief.post(launch_url(), {"when": "later", "at": at})
    mailing = Mailing.objects.get()
    assert mailing.state == MailingState.SCHEDULED
    assert timezone.localtime(mailing.due_at).strftime("%Y-%m-%dT%H:%M") == at


@pytest.mark.parametrize("at", ["", "2020-01-01T10:00", "soon", "2026-02-30T10:00"])
def test_a_moment_that_cannot_be_is_told_and_nothing_is_launched(chief: Client, at: str) -> None:
    for answer in (
        chief.get(launch_url(), {"when": "later", "at": at}),
        chief.post(launch_url(), {"when": "later", "at": at}),
    ):
        assert answer.status_code == 200
        assert answer.context["form"].errors["at"]
    assert not Mailing.objects.exists()


def test_an_unapproved_edition_is_not_launched(chief: Client) -> None:
    chief.post(reverse("admin:edition_reopen", args=[Edition.objects.get().pk]))
    page = chief.post(launch_url(), {"when": "now"}, follow=True)
    assert "Approve it, then launch." in page.content.decode()
    assert not Mailing.objects.exists()


@pytest.mark.usefixtures("launched")
def test_it_is_paused_resumed_and_cancelled(chief: Client) -> None:
    for step, state in (("pause", "paused"), ("resume", "preparing"), ("pause", "paused"), ("cancel", "cancelled")):
        assert chief.post(step_url(step))["Location"] == page_url()
        assert Mailing.objects.get().state == state
    assert "Nobody else gets this mailing." in chief.get(page_url()).content.decode()


@pytest.mark.usefixtures("launched")
def test_a_step_that_came_too_late_is_a_sentence(chief: Client) -> None:
    chief.post(step_url("cancel"))
    page = chief.post(step_url("resume"), follow=True)
    assert "The mailing has moved on meanwhile" in page.content.decode()


@pytest.mark.usefixtures("launched")
def test_cancelling_asks_first(chief: Client) -> None:
    page = chief.get(step_url("cancel"))
    assert "Cancel this mailing?" in page.content.decode()
    assert Mailing.objects.get().state == MailingState.PREPARING


@pytest.mark.usefixtures("launched")
def test_no_step_is_taken_by_looking(chief: Client) -> None:
    for step in ("pause", "resume", "decide"):
        assert chief.get(step_url(step)).status_code == 405
    assert Mailing.objects.get().state == MailingState.PREPARING


@pytest.mark.usefixtures("launched")
def test_the_moving_part_stops_asking_when_nothing_moves(chief: Client) -> None:
    assert "every 2s" in chief.get(step_url("progress")).content.decode()
    chief.post(step_url("cancel"))
    assert "every 2s" not in chief.get(step_url("progress")).content.decode()


@pytest.mark.usefixtures("launched")
def test_who_only_reads_follows_it_without_buttons(staff: Callable[..., Client]) -> None:
    reader = staff("newsletter.view_mailing")
    page = reader.get(page_url())
    assert page.status_code == 200
    assert step_url("pause") not in page.content.decode()
    for step in ("pause", "resume", "cancel", "decide"):
        assert reader.post(step_url(step)).status_code == 403
