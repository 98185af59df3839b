"""Does anything grow with the number of recipients? Cost, memory, launching, and looking at the progress."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.delivery.models import Mailing
from newsletter.reports.figures import progress_of
from tests.benchmarks.mailings import Surroundings, mail
from tests.benchmarks.readers import crowd
from tests.benchmarks.workers import Watch, working

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Edition
    from tests.benchmarks.sinks import Sink

SMALL = 20_000
"""Up to so many recipients a mailing is repeated, and the median counts."""
TIMES = 3


def growth(
    edition: Edition, sink: Sink, folder: Path, *, postmaster: int | None, sizes: tuple[int, ...]
) -> list[dict[str, Any]]:
    """One entry per size, smallest first, all in one worker that is never restarted."""
    crowd(edition, sizes[0])
    with working(folder, sink.url) as worker:
        around = Surroundings(edition, sink, worker, postmaster)
        mail(around, sizes[0])
        return [_at(around, size) for size in sizes]


def _at(around: Surroundings, size: int) -> dict[str, Any]:
    crowd(around.edition, size)
    with Watch(around.worker) as watch:
        runs = [mail(around, size) for _ in range(TIMES if size <= SMALL else 1)]
    return {
        "recipients": size,
        "messages_per_second": round(median(run.per_second for run in runs)),
        "wall_microseconds_per_recipient": round(median(1e6 / run.per_second for run in runs), 1),
        "cpu_microseconds_per_recipient": round(median(run.cpu_microseconds for run in runs), 1),
        "preparing_seconds": round(median(run.preparing_seconds for run in runs), 2),
        "worker_megabytes": {str(pid): round(megabytes, 1) for pid, megabytes in watch.most.items()},
        "progress": _progress(runs[-1].mailing_id),
    }


def _progress(mailing_id: int) -> dict[str, float]:
    """What one look at the mailing costs."""
    mailing = Mailing.objects.select_related("edition__newsletter").get(pk=mailing_id)
    with CaptureQueriesContext(connection) as queries:
        progress_of(mailing=mailing, now=timezone.now())
    milliseconds = []
    for _ in range(5):
        started = time.perf_counter()
        progress_of(mailing=mailing, now=timezone.now())
        milliseconds.append(1000 * (time.perf_counter() - started))
    return {"queries": len(queries), "milliseconds": round(median(milliseconds), 2)}
