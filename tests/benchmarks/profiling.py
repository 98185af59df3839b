"""Where the microseconds of a message go: the sender in this process under cProfile, then PostgreSQL's own account."""

from __future__ import annotations

import cProfile
import pstats
import time
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from newsletter.delivery import advancing, preparing, sending
from newsletter.delivery.launching import launch
from newsletter.delivery.transport import Transport
from newsletter.lib.servers import parse
from tests.benchmarks.readers import crowd, fresh

if TYPE_CHECKING:
    from newsletter.editions.models import Edition
    from tests.benchmarks.sinks import Sink

LINES = 45
STATEMENTS = """
SELECT calls, round(total_exec_time::numeric, 1), rows, shared_blks_hit, shared_blks_dirtied, wal_bytes, regexp_replace(query, '\\s+', ' ', 'g')
FROM pg_stat_statements WHERE query ~ 'newsletter_' ORDER BY total_exec_time DESC LIMIT 12
"""


def profile(edition: Edition, sink: Sink, *, recipients: int) -> None:
    """Print microseconds per message and function, and per statement: once without the profiler, once with it."""
    crowd(edition, recipients)
    _sent(edition, sink, recipients)
    plain = _sent(edition, sink, recipients)
    if connection.vendor == "postgresql":
        _print_statements(edition, sink, recipients)
    profiler = cProfile.Profile()
    slowed = _sent(edition, sink, recipients, profiler)
    print(f"\n{plain:.1f} µs per message in one process; {slowed:.1f} under the profiler, which inflates small calls.")  # noqa: T201
    for order in ("tottime", "cumtime"):
        pstats.Stats(profiler).sort_stats(order).print_stats(LINES)


def _sent(edition: Edition, sink: Sink, recipients: int, profiler: cProfile.Profile | None = None) -> float:
    """Microseconds per message of sending alone, rows being written already."""
    mailing = launch(edition=fresh(edition), now=timezone.now())
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    sink.taken()
    transport = Transport([parse(sink.url)])
    started = time.perf_counter()
    if profiler:
        profiler.enable()
    while sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=60, transport=transport):
        pass
    if profiler:
        profiler.disable()
    seconds = time.perf_counter() - started
    transport.leave()
    assert advancing.finish(mailing_id=mailing.pk, now=timezone.now())
    assert sink.taken().recipients == recipients
    return 1e6 * seconds / recipients


def _print_statements(edition: Edition, sink: Sink, recipients: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute("SELECT pg_stat_statements_reset()")
        _sent(edition, sink, recipients)
        cursor.execute(STATEMENTS)
        print(f"\nPostgreSQL, for {recipients} recipients, rows written included:")  # noqa: T201
        print("µs/recipient  calls  rows  buffers hit  dirtied  WAL bytes/recipient  statement")  # noqa: T201
        for calls, milliseconds, rows, hit, dirtied, wal, query in cursor.fetchall():
            cost = f"{1000 * float(milliseconds) / recipients:10.2f}  {calls:6}  {rows:7}  {hit:8}  {dirtied:7}"
            print(f"{cost}  {float(wal) / recipients:7.0f}  {query[:150]}")  # noqa: T201
