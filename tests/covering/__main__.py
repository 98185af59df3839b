"""`make coverage`: branch coverage of every stage, each held to its bound. About three minutes, on SQLite.

Real worker processes are not counted (test_killing.py and test_taking_turns.py show what they do); neither is what only
runs on PostgreSQL, where .ci/run runs every test again.
"""

from __future__ import annotations

import subprocess
import sys

BOUND = 100
ROOMS = ("audience", "commands", "composition", "content", "delivery", "editions", "helplines", "lib", "seeding")
STAGES = (
    *(f"campaigns/{stage}" for stage in ("content", "helplines", "safeguarding")),
    *(
        f"newsletter/{stage}"
        for stage in ("lib", "editions", "composition", "audience", "delivery", "reports", "seeding")
    ),
)


def measure() -> int:
    """Run the stages' tests under coverage and print a line per stage; 1 where a test fails or a stage is below."""
    rooms = [f"tests/integration/{room}" for room in ROOMS]
    with_workers = ("test_killing", "test_taking_turns", "test_relaying_killed")
    left_out = [f"--ignore=tests/integration/delivery/{name}.py" for name in with_workers]
    failed = _coverage("run", "-m", "pytest", "-q", "tests/unit", "tests/properties", *rooms, *left_out)
    return int(any([failed, *map(_below, STAGES)]))


def _below(stage: str) -> int:
    sys.stdout.write(f"\n{stage}\n")
    sys.stdout.flush()
    only = ["--include", f"{stage}/*", "--skip-covered", "--show-missing", "--precision", "2"]
    return _coverage("report", *only, "--fail-under", str(BOUND))


def _coverage(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", "coverage", *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(measure())
