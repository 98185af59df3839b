"""A mail server of one conversation, for what happens before the first message: it runs a function as its script."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.peers.certificates import Certificate


class Wire:
    """The server's end of one connection."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.buffer = b""
        self.caller = ""

    def say(self, *lines: str) -> None:
        """Each line with its CRLF, in one packet."""
        self.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self) -> str:
        """The next line without its CRLF; empty when the caller has gone."""
        while b"\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return ""
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def ask(self, words: bytes) -> bytes:
        """A challenge of an AUTH exchange, and its answer."""
        self.say(f"334 {base64.b64encode(words).decode()}")
        return base64.b64decode(self.hear())

    def encrypt(self, certificate: Certificate) -> None:
        """The server's side of TLS."""
        self.socket = certificate.server_context().wrap_socket(self.socket, server_side=True)

    def reset(self) -> None:
        """End it as a firewall does: no goodbye, and whatever is said afterwards fails."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def greet(self, *offers: str) -> None:
        """220, and the answer to EHLO."""
        self.say("220 peer.example.org ready")
        self.answer_hello(*offers)

    def answer_hello(self, *offers: str) -> None:
        """The next line, which must be EHLO, answered."""
        assert self.hear().startswith("EHLO ")
        lines = ["peer.example.org", *offers]
        self.say(*(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines))


@contextlib.contextmanager
def speaking(*scripts: Callable[[Wire], None]) -> Iterator[int]:
    """The port of a server that talks to one caller after the other, each by its own script, and lists what it heard."""
    wrong: list[BaseException] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        talk = threading.Thread(target=_talk, args=(listening, scripts, wrong), daemon=True)
        talk.start()
        yield listening.getsockname()[1]
        talk.join(20)
    assert not wrong, f"the script went wrong: {wrong[0]!r}"


def _talk(listening: socket.socket, scripts: tuple[Callable[[Wire], None], ...], wrong: list[BaseException]) -> None:
    for script in scripts:
        try:
            caller, address = listening.accept()
            caller.settimeout(20)
            wire = Wire(caller)
            wire.caller = address[0]
            with contextlib.suppress(OSError):
                script(wire)
            wire.socket.close()
        except (AssertionError, TimeoutError, ValueError) as error:
            wrong.append(error)
            return
