"""One whole mailing, from launch to finished, and what it used on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db import connection
from django.utils import timezone

from newsletter import tasks
from newsletter.delivery.launching import launch
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.lib import redis
from tests.benchmarks.processes import cpu_seconds
from tests.benchmarks.readers import fresh
from tests.benchmarks.workers import settle

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.editions.models import Edition
    from tests.benchmarks.sinks import Sink, Taken
    from tests.benchmarks.workers import Worker

LOOK = 0.02
MOST_LOOKS = 60_000
TOLD_WITHIN = 1.1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What serves a mailing."""

    edition: Edition
    sink: Sink
    worker: Worker
    postmaster: int | None
    """Process id of a database of our own, whose processor time can be counted."""


@dataclass(frozen=True, slots=True)
class Run:
    """One mailing that is finished."""

    recipients: int
    seconds: float
    """From the call of launch to the row that says finished."""
    preparing_seconds: float
    """Until the last row was written, composing included; the first messages leave before."""
    cpu: dict[str, float]
    """Processor seconds of worker, database (where it is ours), redis and sink."""
    commits: int | None
    """All transactions of the database, reading ones included, without our own looks; None on SQLite."""
    writes: int | None
    """Those that wrote something."""
    taken: Taken
    mailing_id: int

    @property
    def per_second(self) -> float:
        return self.recipients / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """Per recipient, all but the sink."""
        return 1e6 * sum(used for who, used in self.cpu.items() if who != "sink") / self.recipients


def mail(around: Surroundings, recipients: int) -> Run:
    """Mail a fresh edition to everybody who reads it, and see that each got exactly one copy."""
    edition = fresh(around.edition)
    settle()
    around.sink.taken()
    commits, before, looks, started = _transactions(), _cpu(around), 0, time.perf_counter()
    mailing = launch(edition=edition, now=timezone.now())
    tasks.nudge(mailing_id=mailing.pk)
    prepared = 0.0
    while (found := _look(mailing))[0] != MailingState.FINISHED:
        looks += 1
        if found[1] and not prepared:
            prepared = time.perf_counter() - started
        time.sleep(LOOK)
        assert around.worker.process.poll() is None, "the worker died"
        assert looks < MOST_LOOKS, "the mailing does not finish"
    seconds = time.perf_counter() - started
    used = {who: after - before[who] for who, after in _cpu(around).items()}
    taken = around.sink.taken()
    used["sink"] = taken.cpu_seconds - before["sink"]
    done, written = _transactions()
    _demand_one_copy_each(mailing, taken, recipients)
    return Run(
        recipients=recipients,
        seconds=seconds,
        preparing_seconds=prepared,
        cpu=used,
        commits=done - commits[0] - looks if connection.vendor == "postgresql" else None,
        writes=written - commits[1] if connection.vendor == "postgresql" else None,
        taken=taken,
        mailing_id=mailing.pk,
    )


def _look(mailing: Mailing) -> tuple[str, dt.datetime | None]:
    """Its state, and when its last row was written."""
    return Mailing.objects.values_list("state", "prepared_at").get(pk=mailing.pk)


def _demand_one_copy_each(mailing: Mailing, taken: Taken, recipients: int) -> None:
    sent = Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENT).count()
    assert sent == taken.copies == recipients, f"{recipients} readers, {sent} sent, {taken.copies} copies"
    assert taken.recipients in (recipients, None), "somebody got two copies"


def _cpu(around: Surroundings) -> dict[str, float]:
    facts = cast("dict[str, float]", redis.connection().info("cpu"))
    used = {
        "worker": around.worker.cpu_seconds(),
        "redis": facts["used_cpu_user"] + facts["used_cpu_sys"],
        "sink": cpu_seconds(around.sink.process.pid),
    }
    if around.postmaster:
        used["database"] = cpu_seconds(around.postmaster)
    return used


def _transactions() -> tuple[int, int]:
    """How many transactions this database has committed so far, and how many wrote; zeros on SQLite, which does not count.

    A session tells of its commits at most once a second: what it keeps for itself at the end it kept at the beginning too.
    """
    if connection.vendor != "postgresql":
        return 0, 0
    time.sleep(TOLD_WITHIN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        committed = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return committed, int(cursor.fetchone()[0])
