"""Starts a mail server that swallows everything and counts it: our own `sink.py`, or Postfix's smtp-sink beside it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.benchmarks.processes import cpu_seconds
from tests.environment import free_port
from tests.peers import debian, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

Manner = Literal["each", "line"]
COUNTERS = re.compile(rb"sess=(\d+)\s+quit=\d+\s+mesg=(\d+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sink took since it was last asked."""

    copies: int
    recipients: int | None
    """How many different ones; None where the sink does not look."""
    several: list[str] | None
    """Addresses that got more than one copy."""
    octets: int | None
    connections: int | None
    """That carried at least one message."""
    connections_at_once: int | None
    cpu_seconds: float
    """Since the sink started."""


class Sink:
    """Our own."""

    name = "our own (tests/benchmarks/sink.py)"

    def __init__(self, folder: Path, *, delay: float = 0.0, manner: Manner = "each", host: str = "127.0.0.1") -> None:
        self.host, self.port = host, free_port()
        self._file = folder / f"sink-{self.port}.json"
        words = ["-m", "tests.benchmarks.sink", host, str(self.port), str(self._file), str(delay), manner]
        self.process = subprocess.Popen([sys.executable, *words])

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}?tls=none"

    def taken(self) -> Taken:
        """What came since the last question."""
        self._file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + 30
        while not self._file.exists():
            assert self.process.poll() is None, "the sink died"
            assert time.monotonic() < end, "the sink does not tell"
            time.sleep(0.01)
        return Taken(**json.loads(self._file.read_text()))


class PostfixSink(Sink):
    """Postfix's smtp-sink: written in C, reads a message character by character, and counts copies, not recipients."""

    name = "Postfix's smtp-sink"

    def __init__(self, folder: Path) -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self._file = folder / f"smtp-sink-{self.port}.log"
        self._told = 0
        program = postfix_program()
        assert program is not None, "smtp-sink was asked for and is not there"
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        library = program.parent.parent / "lib" / "postfix"
        with self._file.open("wb") as out:
            self.process = subprocess.Popen(
                [str(program), "-c", *user, f"127.0.0.1:{self.port}", "1024"],
                stdout=out,
                env={**os.environ, "LD_LIBRARY_PATH": str(library)},
            )

    def taken(self) -> Taken:
        """What came since the last question; its counter runs a moment behind."""
        time.sleep(0.2)
        found = COUNTERS.findall(self._file.read_bytes()[-4096:])
        copies = int(found[-1][1]) if found else 0
        since, self._told = copies - self._told, copies
        return Taken(since, None, None, None, None, None, cpu_seconds(self.process.pid))


def postfix_program() -> Path | None:
    """Where smtp-sink is: WICI_SMTP_SINK, the one installed, or unpacked from Debian's package (needs root and apt); or None."""
    if named := os.environ.get("WICI_SMTP_SINK") or shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin"):
        return Path(named)
    unpacked = debian.ROOT / "usr" / "sbin" / "smtp-sink"
    if not unpacked.exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        with contextlib.suppress(subprocess.CalledProcessError, OSError):
            debian.unpack(servers.PACKAGES)
    return unpacked if unpacked.exists() else None


@contextlib.contextmanager
def running(sink: Sink) -> Iterator[Sink]:
    """`sink`, answering when this yields; gone afterwards."""
    try:
        _wait_until_it_answers(sink)
        yield sink
    finally:
        sink.process.terminate()
        sink.process.wait(10)


def _wait_until_it_answers(sink: Sink) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((sink.host, sink.port), 1):
            return
        assert sink.process.poll() is None, "the sink did not start"
        time.sleep(0.05)
    raise AssertionError("the sink does not answer")
