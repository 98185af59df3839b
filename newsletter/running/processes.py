"""Runs programs as one group: starts, prefixes what they say, starts again what died, stops all of it.

Every program leads a process group of its own, so that Ctrl-C reaches only us and whatever a program started itself can
be stopped with it. Should we be killed outright, `watching` stops what is left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from newsletter.running import watching
from newsletter.settings import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from newsletter.running.printing import Printer
    from newsletter.running.programs import Program

RESTART_AFTER = 1.0
QUICK = 10.0
"""A program that lived fewer seconds than this failed quickly."""
QUICK_FAILURES = 5
GRACE = 6.0
"""Seconds a program gets to finish what it does; then it is killed, and the rows say what is still to do."""
LINGER = 2.0


class Running:
    """One program: its process now, and how often it failed quickly."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[str] | None = None
        self.started_at = 0.0
        self.quick_failures = 0
        self.again_at = 0.0


class Group:
    """The programs of one `manage.py up`. Use from one thread; `stop()` may be called from any, or by a signal."""

    def __init__(self, *, programs: Iterable[Program], folder: Path, printer: Printer) -> None:
        self._all = [Running(program) for program in programs]
        self._folder = folder
        self._printer = printer
        self._stop = threading.Event()
        self._watcher = subprocess.Popen(
            [sys.executable, watching.__file__], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        self.failed = ""

    @property
    def stopping(self) -> threading.Event:
        """Set as soon as the group is to stop."""
        return self._stop

    def stop(self, *, because: str = "") -> None:
        """Ask the group to stop; `because` is a sentence when it is not what somebody wanted."""
        self.failed = self.failed or because
        self._stop.set()

    def run(self) -> str:
        """Keep every program running until `stop()`; then stop them all. Returns why it failed, or nothing."""
        try:
            for running in self._all:
                self._start(running)
            while not self._stop.wait(0.1):
                for running in self._all:
                    self._look_after(running)
        finally:
            self._stop_all()
        return self.failed

    def _start(self, running: Running) -> None:
        program = running.program
        running.started_at = time.monotonic()
        running.process = subprocess.Popen(
            program.arguments,
            cwd=self._folder,
            env=environment(PYTHONUNBUFFERED="1", **program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self._note("+", running.process.pid)
        threading.Thread(target=self._echo, args=(program, running.process), daemon=True).start()

    def _echo(self, program: Program, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            if line.strip() and not any(words in line for words in program.hushed):
                self._printer.line(program.name, line)

    def _look_after(self, running: Running) -> None:
        if running.process is not None and running.process.poll() is not None:
            self._mourn(running, running.process.returncode)
        elif running.process is None and time.monotonic() >= running.again_at:
            self._start(running)

    def _mourn(self, running: Running, code: int) -> None:
        lived = time.monotonic() - running.started_at
        running.quick_failures = running.quick_failures + 1 if lived < QUICK else 1
        _signal(running, signal.SIGKILL)  # what it started itself must not outlive it
        self._note("-", running.process.pid if running.process else 0)
        running.process, running.again_at = None, time.monotonic() + RESTART_AFTER
        name = running.program.name
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        if running.quick_failures >= QUICK_FAILURES:
            return self.stop(because=f"{name} {how} {QUICK_FAILURES} times in a row; its lines above say why.")
        return self._printer.line("wici", f"{name} {how}; it is started again")

    def _stop_all(self) -> None:
        first = [running for running in self._all if not running.program.outlives]
        last = [running for running in self._all if running.program.outlives]
        _end(first, within=GRACE)
        _end(last, within=LINGER)
        for running in self._all:
            self._note("-", running.process.pid if running.process else 0)
        self._watcher.communicate()

    def _note(self, sign: str, group: int) -> None:
        """Tell the watcher what to stop should we be killed."""
        with contextlib.suppress(OSError):  # somebody ended the watcher: everything else goes on
            print(f"{sign}{group}", file=self._watcher.stdin, flush=True)


def signals_stop(stop: Callable[[], None]) -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal call `stop`; a second one changes nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop())


def _end(these: list[Running], *, within: float) -> None:
    for running in these:
        if running.process is not None:
            running.process.terminate()
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and any(one.process and one.process.poll() is None for one in these):
        time.sleep(0.05)
    for running in these:
        _signal(running, signal.SIGKILL)
        if running.process is not None:
            running.process.wait()


def _signal(running: Running, number: signal.Signals) -> None:
    """Send `number` to a program and whatever it started that is still there."""
    if running.process is None:
        return
    try:
        os.killpg(running.process.pid, number)
    except (ProcessLookupError, PermissionError):  # nobody is left (macOS says: not permitted)
        return
