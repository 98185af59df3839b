"""A PostgreSQL cluster for one run: made with initdb's own settings, fsync on, and thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running one."""

    url: str
    pid: int
    """Its postmaster."""


def binaries() -> Path | None:
    """The newest installed PostgreSQL's folder, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parent.parent.name))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def throwaway(*, settings: Sequence[str] = (), address: str = LOOPBACK) -> Iterator[Cluster]:
    """A cluster on loopback, with `settings` (`name=value`) beyond the defaults; open to the /24 around `address`."""
    folder, programs, port = Path(tempfile.mkdtemp(prefix="wici-postgres-")), binaries(), free_port()
    assert programs is not None, "no PostgreSQL is installed"
    shutil.chown(folder, user="postgres") if os.geteuid() == 0 else None
    options = " ".join([f"-p {port} -h {address} -k {folder}", *(f"-c {setting}" for setting in settings)])
    try:
        _run(folder, [programs / "initdb", "-D", folder / "data", "-U", "wici", "-A", "trust", "-E", "UTF8"])
        with (folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {address}/24 trust\n")
        _run(folder, [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"])
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        yield Cluster(f"postgres://wici@{address}:{port}/postgres", pid)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(folder, [programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, words: Sequence[str | Path]) -> None:
    """As the user `postgres` where we are root: the server refuses to run as root."""
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_postgres, *map(str, words)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
