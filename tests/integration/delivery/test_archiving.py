"""delivery.archiving: rows leave the database once they are safe in a file, and the figures stay."""

from __future__ import annotations

import contextlib
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.delivery import archiving, tallying
from newsletter.delivery.archiving import StillNeededError, archive
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState
from tests.integration.delivery.conftest import NOON, make_mailing, prepared

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 25


def settled(edition: Edition, state: DeliveryState = DeliveryState.SENT) -> Mailing:
    """A finished mailing: everybody is in `state`, one of them at the second try."""
    mailing = prepared(edition, READERS)
    rows = Delivery.objects.filter(mailing=mailing)
    rows.update(state=DeliveryState.SENDING, lease=1, attempts=1)
    rows.update(state=state, lease=None, resolved_at=NOON, code=250, reply="taken")
    first = rows.earliest("id")
    Attempt.objects.create(delivery=first, mailing=mailing, number=1, at=NOON, state=DeliveryState.DEFERRED, code=451)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.FINISHED, finished_at=NOON)
    mailing.refresh_from_db()
    return mailing


def lines_in(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.rglob("*.jsonl.gz"))
    return [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "ROWS_PER_STEP", 10)


def test_rows_become_lines_without_addresses_and_the_figures_stay(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    people = set(map(str, Subscriber.objects.values_list("public_id", flat=True)))
    before = tallying.sums_of(mailing_ids=[mailing.pk])
    archived = archive(mailing_id=mailing.pk, folder=tmp_path)
    lines = lines_in(tmp_path)
    assert archived.rows == len(lines) == READERS
    assert {line["subscriber"] for line in lines} == people
    assert "@" not in json.dumps(lines)
    assert [line["history"][0]["code"] for line in lines if line["history"]] == [451]
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()
    assert tallying.sums_of(mailing_ids=[mailing.pk]) == before
    facts = json.loads((archived.folder / "mailing.json").read_text())
    assert facts["counts"]["sent"] == READERS
    assert facts["edition"] == edition.code


def test_twice_is_once(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    assert archive(mailing_id=mailing.pk, folder=tmp_path).rows == READERS
    assert archive(mailing_id=mailing.pk, folder=tmp_path).rows == 0
    assert len(lines_in(tmp_path)) == READERS


def test_a_stop_between_the_file_and_the_deletion_loses_and_repeats_nobody(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        archive(mailing_id=mailing.pk, folder=tmp_path)
        _ = 1 / 0  # the database forgets the deletions; the files are there
    assert Delivery.objects.count() == len(lines_in(tmp_path)) == READERS
    archive(mailing_id=mailing.pk, folder=tmp_path)
    assert len({line["id"] for line in lines_in(tmp_path)}) == len(lines_in(tmp_path)) == READERS
    assert not Delivery.objects.exists()


def test_a_dry_run_only_counts(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    assert archive(mailing_id=mailing.pk, folder=tmp_path, dry_run=True).rows == READERS
    assert Delivery.objects.count() == READERS
    assert list(tmp_path.iterdir()) == []


def test_an_erased_readers_line_names_nobody(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    Delivery.objects.update(subscriber=None)
    archive(mailing_id=mailing.pk, folder=tmp_path)
    assert {line["subscriber"] for line in lines_in(tmp_path)} == {None}


@pytest.mark.parametrize("state", [MailingState.SENDING, MailingState.PAUSED, MailingState.PREPARING])
def test_a_mailing_that_goes_on_keeps_its_rows(edition: Edition, tmp_path: Path, state: MailingState) -> None:
    mailing = settled(edition)
    Mailing.objects.filter(pk=mailing.pk).update(state=state)
    with pytest.raises(StillNeededError, match=state):
        archive(mailing_id=mailing.pk, folder=tmp_path)


def test_rows_on_their_way_stay(edition: Edition, tmp_path: Path) -> None:
    mailing = prepared(edition, 3)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.CANCELLED)
    with pytest.raises(StillNeededError, match="on their way"):
        archive(mailing_id=mailing.pk, folder=tmp_path)


def test_rows_somebody_must_decide_about_stay(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition, DeliveryState.UNKNOWN)
    Delivery.objects.update(unknowns=1)
    with pytest.raises(StillNeededError, match="decision"):
        archive(mailing_id=mailing.pk, folder=tmp_path)
    Delivery.objects.update(decided_at=timezone.now())
    assert archive(mailing_id=mailing.pk, folder=tmp_path).rows == READERS


def test_a_cancelled_mailings_rows_stay_until_its_edition_has_gone_out(edition: Edition, tmp_path: Path) -> None:
    mailing = settled(edition)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.CANCELLED)
    with pytest.raises(StillNeededError, match="twice"):
        archive(mailing_id=mailing.pk, folder=tmp_path)
    make_mailing(edition, state=MailingState.FINISHED, finished_at=NOON)
    assert archive(mailing_id=mailing.pk, folder=tmp_path).rows == READERS
