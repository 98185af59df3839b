"""Measures on one database, in a process of its own: `python -m tests.benchmarks.measuring EXTENT ANSWER PART …`."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import place

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    recipients: int
    rounds: int
    sizes: tuple[int, ...]
    seconds: float
    """For each figure with slow replies."""
    connections: int
    """The most that are tried with slow replies."""


EXTENTS = {
    "quick": Extent(recipients=5000, rounds=1, sizes=(1000, 5000), seconds=1, connections=2),
    "usual": Extent(recipients=50_000, rounds=5, sizes=(1000, 2000, 10_000, 200_000), seconds=4, connections=32),
    "full": Extent(
        recipients=50_000, rounds=5, sizes=(1000, 2000, 10_000, 100_000, 200_000, 1_000_000), seconds=8, connections=64
    ),
}


def main(extent: str, answer: str, *parts: str) -> None:
    """Write what the parts found."""
    postmaster = int(os.environ.pop("POSTMASTER", "0")) or None
    folder = place.prepare()
    with _database():
        figures = _figures(EXTENTS[extent], folder, parts, postmaster)
    Path(answer).write_text(json.dumps(figures))


def _figures(extent: Extent, folder: Path, parts: tuple[str, ...], postmaster: int | None) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415 (only once Django is set up; so below)

    from tests.benchmarks import growth, latency, profiling, readers, sinks, speed  # noqa: PLC0415
    from tests.peers.valkey import lasting_server  # noqa: PLC0415

    figures: dict[str, Any] = {"machine": _machine(postmaster)}
    edition = readers.demo_edition()
    with lasting_server(folder, port=settings.EMBEDDED_REDIS_PORT), sinks.running(sinks.Sink(folder)) as sink:
        if "profile" in parts:
            profiling.profile(edition, sink, recipients=extent.recipients)
        if "speed" in parts:
            how_much = {"recipients": extent.recipients, "rounds": extent.rounds}
            figures["speed"] = speed.speed(edition, sink, folder, postmaster=postmaster, **how_much)
            if sinks.postfix_program() and extent.rounds > 1:
                with sinks.running(sinks.PostfixSink(folder)) as postfix:
                    figures["speed_postfix"] = speed.speed(edition, postfix, folder, postmaster=postmaster, **how_much)
        if "growth" in parts:
            figures["growth"] = growth.growth(edition, sink, folder, postmaster=postmaster, sizes=extent.sizes)
        if "latency" in parts:
            figures["latency"] = latency.latency(edition, folder, seconds=extent.seconds, most=extent.connections)
    return figures


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """Tables in a database that is ours alone: a file in our folder, or one beside the named one."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


def _machine(postmaster: int | None) -> dict[str, Any]:
    import django  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        version = "SELECT version()" if connection.vendor == "postgresql" else "SELECT 'SQLite ' || sqlite_version()"
        cursor.execute(version)
        database = str(cursor.fetchone()[0]).partition(" on ")[0]
    own = " (a cluster of our own with default settings, fsync on)" if postmaster else ""
    return {
        "cores": os.cpu_count(),
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()) + " before we began",
        "processor": _processor(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": database + own,
        "redis": "embedded server, appendonly yes, appendfsync no, as `manage.py up` starts it",
        "shared": "worker, database, Redis and sink share these cores; injector and loop share them with the sink",
    }


def _processor() -> str:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.machine()


if __name__ == "__main__":
    main(*sys.argv[1:])
