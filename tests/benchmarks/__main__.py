"""`python -m tests.benchmarks [part …]`: measure on PostgreSQL and on SQLite, print one table, write one JSON file.

`wording` needs neither: how well the rules about words find, on the labelled sentences.

Each database is measured by a process of its own, so that nothing of one stays in memory for the other. PostgreSQL is a
throw-away cluster with initdb's settings where its programs are installed, or the server DATABASE_URL names (in a
database of its own beside the named one). Never touches data of yours.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import clusters, wording
from tests.benchmarks.table import as_table

PARTS = ("wording", "speed", "growth", "latency")
NEEDS_NO_SERVER = {"wording"}
FILE = Path("var/bench.json")
EXTENDED = ("shared_preload_libraries=pg_stat_statements", "track_io_timing=on")


def main() -> None:
    """Measure, print, write; a figure that misses its bound is marked, and is no failure."""
    wish = _wish()
    if wish.parts == ["profile"]:
        _measure_postgresql(["profile"], wish.extent, settings=EXTENDED)
        return
    figures: dict[str, Any] = {}
    if "wording" in wish.parts:
        print(wording.as_table(), end="\n\n")  # noqa: T201 (its answer)
        figures["wording"] = wording.figures()
        wish.parts = [part for part in wish.parts if part not in NEEDS_NO_SERVER]
    if wish.parts:
        figures |= _measured(wish)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(figures, indent=2) + "\n")


def _measured(wish: argparse.Namespace) -> dict[str, Any]:
    """What the parts that send find, per database; the table is printed."""
    figures: dict[str, Any] = {}
    if wish.database != "sqlite" and (os.environ.get("DATABASE_URL") or clusters.binaries()):
        figures["postgresql"] = _measure_postgresql(wish.parts, wish.extent)
    if wish.database != "postgresql":
        figures["sqlite"] = _measure([part for part in wish.parts if part == "speed"], wish.extent, {})
    print(as_table(figures))  # noqa: T201 (its answer)
    return figures


def _wish() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="part", help=f"{', '.join(PARTS)} or profile")
    parser.add_argument("--quick", dest="extent", action="store_const", const="quick", default="usual")
    parser.add_argument("--full", dest="extent", action="store_const", const="full", help="up to a million recipients")
    parser.add_argument("--database", choices=["postgresql", "sqlite", "both"], default="both")
    wish = parser.parse_args()
    if unknown := set(wish.parts) - {*PARTS, "profile"}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return wish


def _measure_postgresql(parts: list[str], extent: str, *, settings: tuple[str, ...] = ()) -> dict[str, Any]:
    if url := os.environ.get("DATABASE_URL"):
        return _measure(parts, extent, {"DATABASE_URL": url})
    with clusters.throwaway(settings=settings) as cluster:
        return _measure(parts, extent, {"DATABASE_URL": cluster.url, "POSTMASTER": str(cluster.pid)})


def _measure(parts: list[str], extent: str, surroundings: dict[str, str]) -> dict[str, Any]:
    """What a process of its own finds."""
    with tempfile.NamedTemporaryFile(prefix="wici-bench-", suffix=".json") as answer:
        words = ["-m", "tests.benchmarks.measuring", extent, answer.name, *parts]
        without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        subprocess.run([sys.executable, *words], env=without | surroundings, check=True)
        found: dict[str, Any] = json.loads(Path(answer.name).read_text() or "{}")
        return found


if __name__ == "__main__":
    main()
