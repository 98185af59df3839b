"""A mail server in threads of the test that fails exactly where it is told, in one of the ways servers fail.

It keeps count of the copies it takes: a copy counts as soon as the server is certain to deliver it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

POINTS = ("greeting", "ehlo", "mail", "rcpt", "data", "text", "dot", "between")
"""Instead of the answer to each; in the middle of the text; behind the answer to a dot."""
WAYS = ("goodbye", "hangs up", "silence")
"""421 and the end; the end without a word; no word any more, and no end either. Any other way is a reply instead of yes."""
GOODBYE = "421 4.3.2 shutting down"
SIZE = re.compile(rb"BDAT (\d+) LAST", re.IGNORECASE)
ADDRESS = re.compile(rb"<([^>]*)>")
FRAGMENT = 7


class OverError(Exception):
    """This conversation has ended."""


@dataclass
class Faulty:
    """The running server."""

    offers: tuple[str, ...] = ()
    way: str = ""
    point: str = ""
    numbers: frozenset[int] = frozenset()
    """At which of the times it comes to `point`, over all connections, it fails."""
    is_lenient: bool = False
    """Whether it wants the text although it refused the reader."""
    style: str = ""
    """`cut`: every reply comes in pieces; `long`: in many long lines; `padded`: with lines of the least form."""
    port: int = 0
    copies: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    heard: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """One connection at a time: whatever the machine is busy with, no second one is opened beside it."""
        return f"smtp://127.0.0.1:{self.port}?tls=none&connections=1"


class _Caller:
    """One conversation."""

    def __init__(self, server: Faulty, connected: socket.socket) -> None:
        self.server = server
        self.socket = connected
        self.lines: BinaryIO = connected.makefile("rb")
        self.recipient = ""
        self.refused = False

    def talk(self) -> None:
        self.at("greeting")
        self.say("220 peer.example.org ready")
        while line := self.lines.readline():
            self.server.heard.append(line.decode().strip())
            self.answer(line)
        raise OverError

    def answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self.at("ehlo")
            lines = ["peer.example.org", *self.server.offers]
            self.socket.sendall("".join(f"250{'- '[each is lines[-1]]}{each}\r\n" for each in lines).encode())
        elif verb == b"DATA":
            self.data()
        elif verb == b"BDAT":
            found = SIZE.match(line)
            assert found
            read = self.chunk(int(found[1]))
            if not self.at("data"):
                self.take(read)
        elif verb in (b"MAIL", b"RCPT"):
            self.recipient = ADDRESS.findall(line)[0].decode()
            self.refused = self.at(verb.decode().lower()) or (self.refused and verb == b"RCPT" and self.no("no sender"))
            if not self.refused:
                self.say("250 2.0.0 ok")
        else:
            self.say("221 2.0.0 bye" if verb == b"QUIT" else "250 2.0.0 ok")
            if verb == b"QUIT":
                raise OverError

    def data(self) -> None:
        if self.at("data") or (self.refused and not self.server.is_lenient and self.no("no recipient")):
            return
        self.say("354 go ahead")
        self.take(self.text())

    def no(self, why: str) -> bool:
        self.say(f"503 5.5.1 {why}")
        return True

    def text(self) -> int:
        length = len(self.lines.readline())
        if length == len(b".\r\n"):
            return 0
        self.at("text")
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise OverError
            length += len(line)
        return length

    def chunk(self, size: int) -> int:
        read = len(self.lines.read(size // 2))
        self.at("text")
        read += len(self.lines.read(size - read))
        if read < size:
            raise OverError
        return read

    def take(self, length: int) -> None:
        if self.refused or not length:
            self.no("no recipient, no text")
            return
        server = self.server
        if server.way == "hangs up" and server.point == "dot":
            server.copies[self.recipient] += 1  # it has it, and never says so
            self.at("dot")
        elif self.at("dot"):
            return
        else:
            server.copies[self.recipient] += 1
        self.say("250 2.0.0 taken")
        self.at("between")

    def at(self, point: str) -> bool:
        """Fail here, if this is where; whether another answer was given."""
        server = self.server
        server.seen[point] += 1
        if point != server.point or server.seen[point] not in server.numbers:
            return False
        if server.way not in WAYS:
            self.say(server.way)
            return True
        if server.way == "goodbye":
            self.say(GOODBYE)
            self.socket.shutdown(socket.SHUT_WR)
        if server.way != "hangs up":
            while self.socket.recv(65536):
                pass
        raise OverError

    def say(self, reply: str) -> None:
        code, text = reply.split(" ", 1)
        data = f"{reply}\r\n".encode()
        if self.server.style == "long":
            data = b"".join(f"{code}-{text} {'x' * 900}\r\n".encode() for _ in range(6)) + data
        elif self.server.style == "padded":
            data = f"{code}-{text}\r\n{code}-\r\n{code}\r\n".encode()
        if self.server.style != "cut":
            return self.socket.sendall(data)
        for at in range(0, len(data), FRAGMENT):
            self.socket.sendall(data[at : at + FRAGMENT])
            time.sleep(0.001)
        return None


@contextlib.contextmanager
def running(server: Faulty) -> Iterator[Faulty]:
    """`server`, answering at its `port`; its conversations end with the block."""
    callers: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        accepting = threading.Thread(target=_accept, args=(listening, server, callers), daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            for caller in callers:
                with contextlib.suppress(OSError):
                    caller.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, server: Faulty, callers: list[socket.socket]) -> None:
    while True:
        try:
            caller, _ = listening.accept()
        except OSError:
            return
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.connections += 1
        callers.append(caller)
        threading.Thread(target=_serve, args=(caller, server), daemon=True).start()


def _serve(caller: socket.socket, server: Faulty) -> None:
    talk = _Caller(server, caller)
    with caller, talk.lines, contextlib.suppress(OverError, OSError):
        talk.talk()
