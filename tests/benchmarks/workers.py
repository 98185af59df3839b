"""A real Celery worker, with beat inside, that sends to one sink; and what it uses while it does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from django.conf import settings

from newsletter.celery import app
from tests.benchmarks.processes import cpu_seconds, resident_megabytes
from tests.integration.delivery.conftest import database_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROCESSES = 2
CONNECTIONS = 40
"""Over all workers, where nothing else is said: as a mail server of one's own takes (Postfix: 50 from one client)."""


class Worker:
    """`celery worker` with its children, as one process group."""

    def __init__(self, folder: Path, smtp_url: str) -> None:
        words = f"-A newsletter worker -B -c {PROCESSES} -l WARNING --without-gossip --without-mingle".split()
        facts = {
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SMTP_URL": smtp_url if "connections=" in smtp_url else f"{smtp_url}&connections={CONNECTIONS}",
        }
        self.log = folder / "worker.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", *words, "-s", str(folder / "beat")],
                env={**os.environ, **facts},
                cwd=settings.BASE_DIR,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def cpu_seconds(self) -> float:
        """Of all its processes, since they started."""
        return cpu_seconds(self.process.pid)

    def wait_until_it_answers(self) -> None:
        while not app.control.ping(timeout=0.5):
            assert self.process.poll() is None, self.log.read_text()

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)


@contextlib.contextmanager
def working(folder: Path, smtp_url: str) -> Iterator[Worker]:
    """A worker that answers when this yields."""
    worker = Worker(folder, smtp_url)
    try:
        worker.wait_until_it_answers()
        yield worker
    finally:
        worker.stop()


class Watch:
    """Looks five times a second how much memory each process of a worker holds."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._done = threading.Event()
        self.most: dict[int, float] = {}
        """The most that each process held, in MB."""
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.2):
            for pid, megabytes in resident_megabytes(self._worker.process.pid).items():
                self.most[pid] = max(megabytes, self.most.get(pid, 0.0))


def settle() -> None:
    """Let the machine come to rest between two runs."""
    time.sleep(0.5)
