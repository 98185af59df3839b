"""`manage.py up`: everything started, the demo sent once, and nothing left behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from newsletter.running.folder import held
from newsletter.settings import environment
from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

LONGEST = 110
"""Seconds from nothing to the first mail that can be read, on a machine that does other things too."""
READY = "Wici is ready"


class Site:
    """A `manage.py up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = environment(
            VAR_DIR=str(folder),
            DATABASE_URL=f"sqlite:///{folder / 'wici.sqlite3'}",
            SITE_URL="",
            EMBEDDED_REDIS_PORT=str(free_port()),
            CATCHER_PORT=str(free_port()),
            PYTHONUNBUFFERED="1",
        )
        self.log = folder.with_suffix(".log")

    @property
    def said(self) -> str:
        """Everything that was printed so far, by every start."""
        return self.log.read_text()

    def up(self, *words: str) -> subprocess.Popen[str]:
        with self.log.open("a") as out:
            return self._started(out, words)

    def _started(self, out: IO[str], words: tuple[str, ...]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port), *words],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def hear(self, started: subprocess.Popen[str], words: str) -> float:
        """Listen until `words` were said; returns the seconds it took."""
        began = time.monotonic()
        while words not in self.said:
            assert time.monotonic() - began < LONGEST, self.said
            assert started.poll() is None or words in self.said, self.said
            time.sleep(0.05)
        return time.monotonic() - began

    def end(self, started: subprocess.Popen[str], number: signal.Signals) -> float:
        """Send `number`, wait for the end; returns the seconds it took."""
        began = time.monotonic()
        started.send_signal(number)
        started.wait(30)
        return time.monotonic() - began

    def refused(self) -> str:
        """What a start says that ends at once."""
        before = len(self.said) if self.log.exists() else 0
        assert self.up().wait(60) == 1
        return self.said[before:].strip()

    def processes(self) -> list[int]:
        """Every process anywhere that was started for this folder."""
        mark = f"VAR_DIR={self.folder}\0"
        redis = f"127.0.0.1:{self.environment['EMBEDDED_REDIS_PORT']}"  # it writes its title over its environment
        pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        return [pid for pid in pids if mark in _read(Path(f"/proc/{pid}/environ")) or redis in _command_line(pid)]

    def programs(self, words: str) -> set[int]:
        """Those of these processes whose command line holds `words`."""
        return {pid for pid in self.processes() if words in _command_line(pid)}

    def mails(self) -> int:
        return len(list((self.folder / "inbox" / "new").iterdir()))

    def get(self, path: str) -> tuple[int, str]:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(asking):
            asking.request("GET", path, headers={"Accept-Language": "en"})
            answer = asking.getresponse()
            return answer.status, answer.read().decode()


def _read(file: Path) -> str:
    """A file of a process; empty when the process is gone or only waits to be counted."""
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _command_line(pid: int) -> str:
    return _read(Path("/proc") / str(pid) / "cmdline").replace("\0", " ")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "var")
    yield site
    for pid in site.processes():  # only where a test failed half-way
        os.kill(pid, signal.SIGKILL)


def test_the_demo_is_sent_once_and_everything_stops(site: Site) -> None:
    first = site.up("--demo")
    site.hear(first, "30 sent; read them at")
    assert f"Site   http://127.0.0.1:{site.port}/" in site.said
    assert re.search(r"log in as demo with \S{12,}", site.said)
    assert site.mails() == 30
    assert site.get("/inbox/")[0] == 200
    assert f"http://127.0.0.1:{site.port}/" in next((site.folder / "inbox" / "new").iterdir()).read_text()
    assert (site.folder / "demo_password").stat().st_mode & 0o777 == 0o600
    assert site.end(first, signal.SIGTERM) < 10
    assert first.returncode == 0
    assert site.processes() == []

    second = site.up("--demo")
    site.hear(second, "it is not sent again")
    assert site.end(second, signal.SIGINT) < 10
    assert site.mails() == 30
    assert site.processes() == []
    assert "Traceback" not in site.said


def test_what_dies_is_started_again_and_what_is_orphaned_stops(site: Site) -> None:
    started = site.up()
    site.hear(started, READY)
    for words in ("celery --quiet -A newsletter worker", "granian", "127.0.0.1:"):
        before = site.programs(words)
        os.kill(min(before), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while not site.programs(words) - before and time.monotonic() < deadline:
            time.sleep(0.1)
        assert site.programs(words) - before
    started.kill()
    started.wait()
    deadline = time.monotonic() + 15
    while site.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert site.processes() == []
    site.log.unlink()
    again = site.up()
    site.hear(again, READY)
    site.end(again, signal.SIGTERM)
    assert site.processes() == []


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        ("--port", "is taken, and the site needs it. Choose another one: manage.py up --port"),
        ("EMBEDDED_REDIS_PORT", "is taken, and our Redis needs it. Set EMBEDDED_REDIS_PORT="),
        ("CATCHER_PORT", "is taken, and the mail catcher needs it. Set CATCHER_PORT="),
    ],
)
def test_a_taken_port_gets_one_sentence(site: Site, variable: str, sentence: str) -> None:
    port = site.port if variable == "--port" else int(site.environment[variable])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = site.refused()
    assert len(said.splitlines()) == 1
    assert f"Port {port} {sentence}" in said


@pytest.mark.parametrize("port", [0, -5, 70000])
def test_a_port_that_is_none_gets_one_sentence(site: Site, port: int) -> None:
    site.port = port
    said = site.refused()
    assert len(said.splitlines()) == 1
    assert f"--port {port} cannot be used" in said


def test_two_of_ours_cannot_have_the_same_port(site: Site) -> None:
    site.environment["CATCHER_PORT"] = str(site.port)
    said = site.refused()
    assert len(said.splitlines()) == 1
    assert f"Port {site.port} is taken, and the mail catcher needs it." in said


def test_a_folder_that_cannot_be_written_gets_one_sentence(site: Site) -> None:
    site.folder.write_text("a file stands where the folder should be")
    said = site.refused()
    assert len(said.splitlines()) == 1
    assert "cannot be written" in said
    assert "VAR_DIR" in said


def test_a_second_one_in_the_same_folder_gets_one_sentence(site: Site) -> None:
    with held(folder=site.folder):
        said = site.refused()
    assert "already runs from" in said
    assert len(said.splitlines()) == 1
