"""A PostgreSQL cluster for one run: made with initdb's own settings, fsync on, and thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.processes import family, is_alive
from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running one."""

    url: str
    folder: Path
    options: str

    @property
    def pid(self) -> int:
        """Its postmaster."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Answering when this returns; after a kill it mends itself first."""
        words: list[str | Path] = ["-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", self.options]
        _run(self.folder, [_programs() / "pg_ctl", *words, "start"])

    def kill(self) -> None:
        """kill -9 of the postmaster and every process below it; returns when none is left."""
        victims = [each.pid for each in family(self.pid)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(is_alive(pid) for pid in victims):
            time.sleep(0.01)
        # Dead as they are: where nobody buries a container's orphans, the postmaster's process id would pass for alive.
        for lock in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
            lock.unlink()


def binaries() -> Path | None:
    """The newest installed PostgreSQL's folder, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parent.parent.name))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def throwaway(*, settings: Sequence[str] = (), address: str = LOOPBACK) -> Iterator[Cluster]:
    """A cluster on loopback, with `settings` (`name=value`) beyond the defaults; open to the /24 around `address`."""
    folder, programs, port = Path(tempfile.mkdtemp(prefix="wici-postgres-")), _programs(), free_port()
    shutil.chown(folder, user="postgres") if os.geteuid() == 0 else None
    options = " ".join([f"-p {port} -h {address} -k {folder}", *(f"-c {setting}" for setting in settings)])
    cluster = Cluster(f"postgres://wici@{address}:{port}/postgres", folder, options)
    try:
        _run(folder, [programs / "initdb", "-D", folder / "data", "-U", "wici", "-A", "trust", "-E", "UTF8"])
        with (folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {address}/24 trust\n")
        cluster.start()
        yield cluster
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(folder, [programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = binaries()
    assert found is not None, "no PostgreSQL is installed"
    return found


def _run(folder: Path, words: Sequence[str | Path]) -> None:
    """As the user `postgres` where we are root: the server refuses to run as root."""
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_postgres, *map(str, words)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
