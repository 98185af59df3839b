"""A process that outlives `manage.py up` by seconds: should up be killed outright, it stops what up had started.

Runs by itself, with nothing but the standard library: `python watching.py`. Each line it reads is the id of a process
group, `+` when it was started and `-` when it is gone. The end of its input is the end of `up`.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 3.0
"""Seconds between asking and killing; whoever is still there then waits for a Redis that has gone."""


def watch() -> None:
    """Follow the list to its end, then stop every group that is still on it."""
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            _tell(group, number)
        if groups and number is signal.SIGTERM:
            time.sleep(GRACE)


def _tell(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # nobody is left (macOS says: not permitted)
        return


if __name__ == "__main__":
    watch()
