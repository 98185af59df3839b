"""`manage.py send_edition` and `manage.py mailing`: what they print, and that twice is once."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.delivery.advancing import advance
from newsletter.delivery.models import DeliveryState, Mailing
from newsletter.editions.models import Edition, EditionState
from newsletter.seeding.planting import plant
from tests.environment import free_port
from tests.integration.delivery.conftest import database_url

pytestmark = [pytest.mark.django_db(transaction=True)]

SLUG = "wici-2026-11"


@pytest.fixture
def edition() -> Edition:
    plant(now=timezone.now())
    return Edition.objects.get(slug=SLUG)


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def told(*words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said(*words, "--json"))
    return answer


@pytest.mark.usefixtures("edition", "redis_server")
def test_send_edition_twice_tells_of_the_same_mailing() -> None:
    first, second = told("send_edition", SLUG), told("send_edition", SLUG)
    assert first == second
    assert set(first) == {"mailing", "state", "counts", "second_copies_possible", "held", "started", "finished"}
    assert set(first["counts"]) == set(DeliveryState.values)
    assert "sent already" in said("send_edition", SLUG)
    assert Mailing.objects.count() == 1


@pytest.mark.usefixtures("edition", "redis_server")
def test_a_mailing_shows_its_rows_and_can_be_paused_resumed_and_cancelled() -> None:
    number = str(told("send_edition", SLUG)["mailing"])
    advance(mailing_id=int(number), clock=timezone.now, seconds=5)
    shown = told("mailing", number)
    assert shown["state"] == "sending"
    assert shown["counts"]["queued"] == 30
    assert dt.datetime.fromisoformat(shown["started"]) <= timezone.now()
    (others,) = shown["providers"]
    assert (others["waiting"], others["deferral_rate"]) == (30, None)
    assert others["waited"]["longest"] == others["waited"]["half"] == others["waited"]["one_in_twenty"] < 60
    assert told("mailing", number, "--pause")["state"] == "paused"
    assert told("mailing", number, "--resume")["state"] == "sending"
    cancelled = told("mailing", number, "--cancel")
    assert (cancelled["state"], cancelled["counts"]["skipped"]) == ("cancelled", 30)
    with pytest.raises(CommandError, match="cancelled cannot pause"):
        call_command("mailing", number, "--pause")


@pytest.mark.usefixtures("redis_server")
def test_a_draft_is_sent_back_for_approval(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(state=EditionState.DRAFT)
    with pytest.raises(CommandError, match="Approve it first"):
        call_command("send_edition", SLUG)


@pytest.mark.usefixtures("edition", "redis_server")
def test_an_edition_can_be_sent_later_and_a_wrong_moment_is_explained() -> None:
    for wrong in ("tomorrow", "2026-13-01", "0001-01-01", "9999-12-31T23:59-14:00"):
        with pytest.raises(CommandError, match="2026-11-24T08:00"):
            call_command("send_edition", SLUG, "--at", wrong)
    assert not Mailing.objects.exists()
    assert told("send_edition", SLUG, "--at", "2099-11-24T08:00")["state"] == "scheduled"
    assert Mailing.objects.get().due_at == dt.datetime(2099, 11, 24, 7, tzinfo=dt.UTC)


def test_what_does_not_exist_is_said_in_a_sentence(db: None) -> None:  # noqa: ARG001 (the database is empty)
    with pytest.raises(CommandError, match="no edition"):
        call_command("send_edition", "nothing")
    with pytest.raises(CommandError, match="no mailing"):
        call_command("mailing", "7")


def test_a_broker_that_is_away_does_not_fail_the_launch(edition: Edition) -> None:
    """In a process of its own: this one may know a broker already."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    command = [sys.executable, "manage.py", "send_edition", edition.slug, "--json"]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, check=True, timeout=30)
    assert json.loads(done.stdout)["state"] == "preparing"
