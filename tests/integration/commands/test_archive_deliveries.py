"""`manage.py archive_deliveries`: what it chooses, and what it says."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.delivery.models import Delivery, Mailing, MailingState
from tests.integration.delivery.conftest import edition, newsletter
from tests.integration.delivery.test_archiving import READERS, settled

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Edition

__all__ = ["edition", "newsletter"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's fixture takes any setting
    return tmp_path / "archive"


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("archive_deliveries", *words, stdout=out)
    return out.getvalue()


def test_only_mailings_that_finished_long_ago_are_chosen(edition: Edition, folder: Path) -> None:
    mailing = settled(edition)
    Mailing.objects.update(finished_at=timezone.now() - dt.timedelta(days=10))
    assert said() == "No mailing is old enough.\n"
    assert said("--older-than", "9", "--dry-run") == (
        f"Mailing {mailing.pk}: {READERS} rows would be moved to {folder}/mailing-{mailing.pk}.\n"
    )
    told = json.loads(said("--older-than", "9", "--json"))
    assert told["mailings"] == [{"mailing": mailing.pk, "rows": READERS, "folder": f"{folder}/mailing-{mailing.pk}"}]
    assert not Delivery.objects.exists()


def test_a_mailing_that_is_needed_or_missing_is_refused_in_a_sentence(edition: Edition) -> None:
    mailing = settled(edition)
    Mailing.objects.update(state=MailingState.PAUSED)
    with pytest.raises(CommandError, match=r"is paused: its rows stay\."):
        said(str(mailing.pk))
    with pytest.raises(CommandError, match="There is no mailing 99999"):
        said("99999")


def test_a_folder_that_cannot_be_written_is_named(edition: Edition, folder: Path) -> None:
    mailing = settled(edition)
    folder.write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="Nothing is lost"):
        said(str(mailing.pk))
    assert Delivery.objects.count() == READERS
