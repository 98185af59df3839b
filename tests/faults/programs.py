"""The product's own processes, each a group that can be killed outright and started again with the same words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from tests.benchmarks.processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "newsletter"]


class Program:
    """One of them. Its lines land in `<folder>/<name>.log`."""

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._words = list(words)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.RLock()
        self.more: dict[str, str] = {}
        """Further environment from its next start on."""
        self.ended_by_itself = 0

    def start(self) -> None:
        with self._turn, self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words,
                env={**os.environ, **self._environment, **self.more},
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9 of the whole group; none of it is left when this returns."""
        with self._turn:
            if self._process is None:
                return
            group = [pid for pid in _everybody() if _group_of(pid) == self._process.pid]
            for pid in group:
                _send(pid)
            self._process.wait(10)
            while any(is_alive(pid) for pid in group):
                time.sleep(0.005)
            self._process = None

    def kill_a_child(self) -> None:
        """kill -9 of one process below the first, as the system does when memory runs out."""
        with self._turn:
            children = [pid for pid in _everybody() if _group_of(pid) == self.pid and pid != self.pid]
            for pid in sorted(children)[-1:]:  # none yet where it was started a moment ago
                _send(pid)

    def look_after(self) -> None:
        """Start it again where it ended by itself, as `manage.py up` and every service manager do."""
        with self._turn:
            if self._process is not None and self._process.poll() is not None:
                self.ended_by_itself += 1
                self.kill()
                self.start()


def worker(environment: Mapping[str, str], folder: Path) -> Program:
    words = "worker --hostname wici@localhost --concurrency 2 --without-gossip --without-mingle --loglevel WARNING"
    return Program("worker", [*CELERY, *words.split()], environment, folder)


def beat(environment: Mapping[str, str], folder: Path, name: str = "beat") -> Program:
    words = ["beat", "--pidfile=", "--loglevel", "WARNING", "--schedule", str(folder / f"{name}.schedule")]
    return Program(name, [*CELERY, *words], environment, folder)


def web(environment: Mapping[str, str], folder: Path, *, port: int) -> Program:
    words = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads 4 --log-level warning"
    command = [sys.executable, "-m", "granian", *words.split(), "newsletter.wsgi:application"]
    return Program("web", command, environment, folder)


def _everybody() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _send(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
