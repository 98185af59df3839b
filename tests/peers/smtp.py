"""A scripted SMTP server in a process of its own. It notes every copy it takes, and misbehaves exactly as told.

Run as `python -m tests.peers.smtp PORT LOG SCRIPT`, SCRIPT being a `Script` as JSON. Every copy that it answers with 250, or
would have answered, becomes one line `message-id <tab> recipient` in LOG before the answer goes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = re.compile(rb"<([^>]*)>")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass
class Script:
    """How to behave. A recipient's entry: [stage (mail, rcpt, data, dot), reply, how many times (0: always)]."""

    offers: list[str] = field(
        default_factory=lambda: ["PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"]
    )
    greeting: str = "220 peer.example.org ready"
    replies: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    drop_after_dot: dict[str, int] = field(default_factory=dict)
    """Recipients whose copy is taken and then answered by hanging up, this many times."""
    most_per_connection: int = 0
    """After so many messages 421 and goodbye; 0: never."""
    mail: str = "250 2.1.0 sender ok"
    """The answer to MAIL."""
    delay: float = 0.0
    """Seconds before every reply."""
    keep_messages: bool = False
    """Whether to write each message's bytes beside the log, as <log>.<number>.eml."""


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, script: Script, log: int, folder: str) -> None:
        self.script, self.log, self.folder = script, log, folder
        self.buffer = bytearray()
        self.in_data = False
        self.taken = 0
        self.recipient = ""
        self.refused = False
        self.replies: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.scanned = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.script.delay:
            self.talking = asyncio.get_running_loop().create_task(self._talk_slowly())
        self._say(self.script.greeting)
        if not self.script.greeting.startswith("220"):
            self._hang_up()

    def connection_lost(self, _error: Exception | None) -> None:
        if self.script.delay:
            self.replies.put_nowait(None)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        if self.in_data:
            return self._message()
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        self._command(line)
        return True

    def _message(self) -> bool:
        if self.buffer.startswith(b".\r\n"):
            end, length = 0, 3
        else:
            end, length = self.buffer.find(b"\r\n.\r\n", max(0, self.scanned - 5)), 5
        if end < 0:
            self.scanned = len(self.buffer)
            return False
        message = bytes(self.buffer[: end + 2])
        del self.buffer[: end + length]
        self.in_data, self.scanned = False, 0
        self._take(message)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            lines = ["peer.example.org", *self.script.offers]
            self._say("\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{each}" for n, each in enumerate(lines)))
        elif verb == b"MAIL":
            self.recipient, self.refused = "", False
            if self.script.most_per_connection and self.taken >= self.script.most_per_connection:
                self._say("421 4.3.2 enough for one connection")
                self._hang_up()
            else:
                self._say(self.script.mail)
        elif verb == b"RCPT":
            self._rcpt(line)
        elif verb == b"DATA":
            self._data()
        elif verb == b"QUIT":
            self._say("221 2.0.0 bye")
            self._hang_up()
        else:
            self._say("250 2.0.0 ok" if verb in (b"HELO", b"RSET", b"NOOP") else "502 5.5.1 no such command")

    def _rcpt(self, line: bytes) -> None:
        match = ADDRESS.search(line)
        recipient = match[1].decode() if match else ""
        reply = self._scripted(recipient, "rcpt")
        self.refused = reply is not None
        self.recipient = recipient
        self._say(reply or "250 2.1.5 recipient ok")
        if reply and reply.startswith("421"):
            self._hang_up()

    def _data(self) -> None:
        reply = self._scripted(self.recipient, "data")
        if self.refused or reply:
            self._say(reply or "554 5.5.1 no valid recipients")
            return
        self.in_data = True
        self._say("354 go ahead")

    def _take(self, message: bytes) -> None:
        reply = self._scripted(self.recipient, "dot")
        if reply:
            self._say(reply)
            if reply.startswith("421"):
                self._hang_up()
            return
        self.taken += 1
        self._note(message)
        if self.script.drop_after_dot.get(self.recipient, 0):
            self.script.drop_after_dot[self.recipient] -= 1
            self._hang_up()
            return
        self._say("250 2.0.0 taken")

    def _note(self, message: bytes) -> None:
        match = MESSAGE_ID.search(message[:2000])
        os.write(self.log, b"%b\t%b\n" % (match[1] if match else b"", self.recipient.encode()))
        if self.script.keep_messages:
            name = f"{self.folder}.{time.monotonic_ns()}.eml"
            Path(name).write_bytes(message)

    def _scripted(self, recipient: str, stage: str) -> str | None:
        for entry in self.script.replies.get(recipient, []):
            if entry[0] == stage and entry[2] >= 0:
                entry[2] = -1 if entry[2] == 1 else max(entry[2] - 1, 0)  # type: ignore[index]  # JSON makes it a list
                return entry[1]
        return None

    def _say(self, reply: str) -> None:
        data = reply.encode() + b"\r\n"
        if self.script.delay:
            self.replies.put_nowait(data)
        else:
            self.transport.write(data)

    def _hang_up(self) -> None:
        if self.script.delay:
            self.replies.put_nowait(None)
        else:
            self.transport.close()

    async def _talk_slowly(self) -> None:
        while (data := await self.replies.get()) is not None:
            await asyncio.sleep(self.script.delay)
            self.transport.write(data)
        self.transport.close()


async def _serve(port: int, log: str, script: Script) -> None:
    note = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(lambda: Conversation(script, note, log), "127.0.0.1", port)
    async with server:
        await stop.wait()


@dataclass
class Peer:
    """The running server, as a test sees it."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def copies(self) -> Counter[tuple[str, str]]:
        """How many copies it took, by (Message-ID, recipient)."""
        if not self.log.exists():
            return Counter()
        lines = self.log.read_text().splitlines()
        return Counter((line.split("\t")[0], line.split("\t")[1]) for line in lines if line.count("\t") == 1)

    def taken(self) -> int:
        """How many copies it took in all."""
        return self.copies().total()

    def messages(self) -> list[bytes]:
        """The bytes of every message, oldest first (only with keep_messages)."""
        return [file.read_bytes() for file in sorted(self.log.parent.glob(f"{self.log.name}.*.eml"))]

    def stop(self) -> None:
        """Stop and wait."""
        self.process.terminate()
        self.process.wait(10)


@contextlib.contextmanager
def running(*, port: int, log: Path, script: Script | None = None) -> Iterator[Peer]:
    """The peer in a process of its own, answering when this yields."""
    arguments = [str(port), str(log), json.dumps(asdict(script or Script()))]
    process = subprocess.Popen([sys.executable, "-m", "tests.peers.smtp", *arguments])
    try:
        _wait_until_it_answers(port, process)
        yield Peer(port, log, process)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "the peer did not start"
        time.sleep(0.05)
    raise AssertionError("the peer does not answer")


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], Script(**json.loads(sys.argv[3]))))
