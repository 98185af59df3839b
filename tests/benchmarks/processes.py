"""What a group of processes used, read from /proc: processor seconds and resident memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class _Process(NamedTuple):
    pid: int
    parent: int
    ticks: int
    ended_children_ticks: int
    resident_pages: int


def cpu_seconds(root: int) -> float:
    """What `root` and everything below it has used so far, ended children that were waited for included."""
    below = family(root)
    top = sum(each.ended_children_ticks for each in below)
    return (sum(each.ticks for each in below) + top) / TICKS


def resident_megabytes(root: int) -> dict[int, float]:
    """Resident memory (private and shared) of `root`'s descendants by process id, in MB."""
    return {each.pid: each.resident_pages * PAGE / 1e6 for each in family(root) if each.pid != root}


def family(root: int) -> list[_Process]:
    """`root` and everything below it."""
    everybody = _everybody()
    known = {root}
    grown = True
    while grown:
        more = {each.pid for each in everybody if each.parent in known} - known
        known |= more
        grown = bool(more)
    return [each for each in everybody if each.pid in known]


def is_alive(pid: int) -> bool:
    """Whether it still runs: one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _everybody() -> list[_Process]:
    found = (_process(int(folder.name)) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return [each for each in found if each is not None]


def _process(pid: int) -> _Process | None:
    """As proc(5) writes it; the name in brackets may hold spaces."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    numbers = [int(field) for field in fields[1:]]
    return _Process(pid, numbers[0], numbers[10] + numbers[11], numbers[12] + numbers[13], numbers[20])
