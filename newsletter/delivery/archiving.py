"""Moves an old mailing's rows out of the database into compressed files, so that ten million rows a week do not stay for ever.

The figures stay: they are read off the sums (Tally), which count no departure. Files hold no address, only the reader's
public id, which means nothing once the reader is erased. In `<folder>/mailing-<id>/` lie `mailing.json` with the facts and,
named after the first row inside, `<delivery id>.jsonl.gz` with one JSON object per line and row.

Safe to stop anywhere and to run again: a file is complete on the disk before its rows are deleted, and it is written anew
only while its first row is still in the table.
"""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q
from django.forms.models import model_to_dict

from newsletter.delivery import tallying
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from django.db.models import QuerySet

ROWS_PER_STEP = 10_000
"""One transaction, one file, a few MB of memory."""
FACTS = ("id", "state", "due_at", "created_at", "started_at", "finished_at", "unknown_policy", "lane", "salt")
DELIVERY = (
    *("id", "message_id", "provider", "state", "skip_reason", "attempts", "resolved_at"),
    *("code", "enhanced_code", "reply", "server", "unknowns", "decided_at"),
)
ATTEMPT = ("number", "at", "state", "code", "enhanced_code", "reply", "server", "provider")


class StillNeededError(Exception):
    """The rows of mailing `mailing_id` are needed; `why` is the end of a sentence that begins "Mailing 7"."""

    def __init__(self, mailing_id: int, why: str) -> None:
        super().__init__(f"mailing {mailing_id} {why}")
        self.mailing_id = mailing_id
        self.why = why


@dataclass(frozen=True, slots=True)
class Archived:
    """What was moved."""

    mailing_id: int
    rows: int
    folder: Path


def archive(*, mailing_id: int, folder: Path, dry_run: bool = False) -> Archived:
    """Move all rows of a settled mailing into `folder`/mailing-<id>/; with `dry_run` only count them.

    Raises:
        StillNeededError: it goes on, a person must decide about some of its rows, or its edition can be mailed again.
        OSError: the folder cannot be written; what is there already is complete.
    """
    mailing = Mailing.objects.select_related("edition").get(pk=mailing_id)
    _demand_settled(mailing)
    rows = Delivery.objects.filter(mailing=mailing)
    place = folder / f"mailing-{mailing.pk}"
    if dry_run or not rows.exists():
        return Archived(mailing.pk, rows.count(), place)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(place / "mailing.json", json.dumps(_facts(mailing), indent=2, default=str).encode())
    moved = 0
    while step := _move(rows, place):
        moved += step
    return Archived(mailing.pk, moved, place)


def _demand_settled(mailing: Mailing) -> None:
    if mailing.state not in (MailingState.FINISHED, MailingState.CANCELLED):
        raise StillNeededError(mailing.pk, f"is {mailing.state}")
    if Delivery.objects.filter(mailing=mailing, state__in=tallying.UNSETTLED).exists():
        raise StillNeededError(mailing.pk, "still has rows on their way")
    if Delivery.objects.filter(mailing=mailing, unknowns__gt=0, state=DeliveryState.UNKNOWN, decided_at=None).exists():
        raise StillNeededError(mailing.pk, "has copies of unknown outcome that wait for a decision")
    finished = Q(edition=mailing.edition, state=MailingState.FINISHED)
    if mailing.state == MailingState.CANCELLED and not Mailing.objects.filter(finished).exists():
        raise StillNeededError(mailing.pk, "was cancelled, and its rows say who must not get the edition twice")


def _facts(mailing: Mailing) -> dict[str, Any]:
    sums = tallying.sums_of(mailing_ids=[mailing.pk])[mailing.pk]
    facts: dict[str, Any] = model_to_dict(mailing, fields=FACTS)
    return facts | {"edition": mailing.edition.code, "counts": sums}


@transaction.atomic
def _move(rows: QuerySet[Delivery], place: Path) -> int:
    """Write the next step's file, then delete its rows; how many those were."""
    step = list(rows.select_for_update().order_by("id").values("subscriber_id", *DELIVERY)[:ROWS_PER_STEP])
    if not step:
        return 0
    first, last = step[0]["id"], step[-1]["id"]
    lines = "".join(json.dumps(line, default=str, ensure_ascii=False) + "\n" for line in _lines(rows, step))
    _keep(place / f"{first:020}.jsonl.gz", gzip.compress(lines.encode(), mtime=0))
    _delete(mailing_id=int(rows.values_list("mailing_id", flat=True)[0]), first=first, last=last)
    return len(step)


def _lines(rows: QuerySet[Delivery], step: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One object per row: its columns, who it was for, and the tries that have a row of their own."""
    within = Q(pk__gte=step[0]["id"], pk__lte=step[-1]["id"])
    people = dict(rows.filter(within).values_list("pk", "subscriber__public_id"))
    history: dict[int, list[dict[str, Any]]] = {}
    tries = Attempt.objects.filter(delivery__in=rows.filter(within)).order_by("id")
    for one in tries.values("delivery_id", *ATTEMPT):
        history.setdefault(one.pop("delivery_id"), []).append(one)
    return [
        {name: row[name] for name in DELIVERY}
        | {"subscriber": people[row["id"]], "history": history.get(row["id"], [])}
        for row in step
    ]


def _delete(*, mailing_id: int, first: int, last: int) -> None:
    """Without loading them: nothing else points at these rows."""
    with connection.cursor() as cursor:
        within = [mailing_id, first, last]
        cursor.execute(
            "DELETE FROM newsletter_attempt WHERE delivery_id IN "
            "(SELECT id FROM newsletter_delivery WHERE mailing_id = %s AND id BETWEEN %s AND %s)",
            within,
        )
        cursor.execute("DELETE FROM newsletter_delivery WHERE mailing_id = %s AND id BETWEEN %s AND %s", within)


def _keep(file: Path, content: bytes) -> None:
    """All of it on the disk, or none of it."""
    half = file.with_suffix(".half")
    with half.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    half.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
