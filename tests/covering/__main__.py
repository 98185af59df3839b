"""`make coverage`: branch coverage of every stage, each held to its bound. Ten minutes or so.

The tests run on SQLite, and those that reach what only PostgreSQL does once more on PostgreSQL: on the one that DATABASE_URL
names, else on a cluster that is made for it and thrown away. Without either nothing is left out silently: those lines count as
missing. Real worker processes are not counted (test_killing.py and test_taking_turns.py show what they do).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.benchmarks import clusters

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUND = 100
ROOMS = (
    "audience",
    "calendar",
    "commands",
    "composition",
    "content",
    "delivery",
    "editions",
    "helplines",
    "lib",
    "reports",
    "seeding",
)
WITH_WORKERS = ("test_killing", "test_taking_turns", "test_relaying_killed")
ON_POSTGRESQL = ("test_sending", "test_tallying")
"""Of tests/integration/delivery: they prepare, claim, record and fold."""
STAGES = (
    *(f"campaigns/{stage}" for stage in ("calendar", "content", "helplines", "safeguarding")),
    *(
        f"newsletter/{stage}"
        for stage in ("lib", "editions", "composition", "audience", "delivery", "reports", "seeding")
    ),
)
NO_POSTGRESQL = """
There is no PostgreSQL here: what only runs on it was not run, is listed below as missing, and so this cannot pass.
Install PostgreSQL (its initdb is enough), or let DATABASE_URL name a server where databases may be made.
"""


def measure() -> int:
    """Run the stages' tests under coverage and print a line per stage; 1 where a test fails or a stage is below."""
    _coverage("erase")
    failed = _run("tests/unit", "tests/properties", *_on_sqlite(), database="")
    with _postgresql() as url:
        if url:
            failed |= _run(*(f"tests/integration/delivery/{name}.py" for name in ON_POSTGRESQL), database=url)
        else:
            _say(NO_POSTGRESQL)
    return int(any([failed, *map(_below, STAGES)]))


def _on_sqlite() -> Iterator[str]:
    yield from (f"tests/integration/{room}" for room in ROOMS)
    yield from (f"--ignore=tests/integration/delivery/{name}.py" for name in WITH_WORKERS)


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    """The address of a server; empty where there is none."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
    elif clusters.binaries() is None:
        yield ""
    else:
        with clusters.throwaway(settings=["fsync=off"]) as cluster:
            yield cluster.url


def _run(*words: str, database: str) -> int:
    _say(f"\nThe tests on {'PostgreSQL' if database else 'SQLite'}\n")
    return _coverage("run", "--append", "-m", "pytest", "-q", *words, DATABASE_URL=database)


def _below(stage: str) -> int:
    _say(f"\n{stage}\n")
    only = ["--include", f"{stage}/*", "--skip-covered", "--show-missing", "--precision", "2"]
    return _coverage("report", *only, "--fail-under", str(BOUND))


def _coverage(*words: str, **environment: str) -> int:
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(measure())
