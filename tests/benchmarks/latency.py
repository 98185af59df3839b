"""With slow replies, throughput comes from connections: how much, and does the formula hold?

A server that thinks DELAY before each of a message's four replies (dot, MAIL, RCPT, DATA) lets one connection carry
1 / (4 x DELAY) messages a second, however they are pipelined; so connections / (4 x DELAY) in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.delivery.models import Delivery
from tests.benchmarks.mailings import Surroundings, mail
from tests.benchmarks.readers import crowd
from tests.benchmarks.sinks import Sink, running
from tests.benchmarks.workers import working

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Edition

DELAYS = (0.02, 0.1)
REPLIES_PER_MESSAGE = 4
LEAST = 40
"""Recipients of the shortest mailing."""


def latency(edition: Edition, folder: Path, *, seconds: float, most: int) -> list[dict[str, Any]]:
    """One entry per delay and number of connections (2, doubled up to `most`), each measured for about `seconds`.

    A worker begins with one connection and opens more while it waits, so the first second or two are slower: the rate of the
    middle half, between the first quarter and the last, stands beside that of the whole mailing.
    """
    steps = [1 << power for power in range(1, most.bit_length())]
    return [_at(edition, folder, delay, connections, seconds) for delay in DELAYS for connections in steps]


def _at(edition: Edition, folder: Path, delay: float, connections: int, seconds: float) -> dict[str, Any]:
    expected = connections / (REPLIES_PER_MESSAGE * delay)
    recipients = max(LEAST, int(expected * seconds))
    crowd(edition, recipients)
    server = Sink(folder, delay=delay)
    with running(server) as sink, working(folder, f"{server.url}&connections={connections}") as worker:
        run = mail(Surroundings(edition, sink, worker, None), recipients)
    return {
        "delay_seconds": delay,
        "most_connections": connections,
        "connections": run.taken.connections_at_once,
        "messages_per_second": round(run.per_second, 1),
        "in_the_middle": round(_in_the_middle(run.mailing_id), 1),
        "by_formula": round(expected, 1),
    }


def _in_the_middle(mailing_id: int) -> float:
    """Messages a second between the answer to the first quarter's last and to the third quarter's."""
    rows = Delivery.objects.filter(mailing=mailing_id).order_by("resolved_at")
    answered = [at for at in rows.values_list("resolved_at", flat=True) if at]
    first, last = len(answered) // 4, 3 * len(answered) // 4
    return (last - first) / (answered[last] - answered[first]).total_seconds()
