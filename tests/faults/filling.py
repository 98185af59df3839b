"""A disk without room: a small file system of its own filled up, or, where none can be mounted, a limit on file sizes."""

from __future__ import annotations

import contextlib
import errno
import resource
from typing import TYPE_CHECKING

from tests.benchmarks.processes import family

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.databases import SQLite

BLOCK = b"\0" * 4096


@contextlib.contextmanager
def full(database: SQLite, writer: int) -> Iterator[str]:
    """No room for what the process `writer` and its children write; in which manner, in words. There is room afterwards."""
    if database.has_own_disk:
        ballast = database.folder / "ballast"
        try:
            _fill(ballast)
            yield "a small file system, filled up"
        finally:
            ballast.unlink()
        return
    everybody = [each.pid for each in family(writer)]
    most = max(file.stat().st_size for file in database.folder.iterdir())
    try:
        _limit(everybody, most)
        yield "a limit on the size of files, for no file system can be mounted here"
    finally:
        _limit(everybody, resource.RLIM_INFINITY)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(BLOCK)
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 (it is how the loop ends)


def _limit(pids: list[int], most: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
