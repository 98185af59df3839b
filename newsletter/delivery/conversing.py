"""One line to one mail server: commands out, whole replies in, slow enough for every server (S1) and no slower.

SmtpError                    carries stage, reply, and a text; never an address, never a password
├── SmtpUnreachableError     nobody answers: refused, no such name, no greeting in time
├── SmtpRefusedError         the server does not want to talk to us: greeting, HELO, TLS or password refused
├── SmtpRejectedError        it refused this message or recipient; the connection lives on
└── SmtpLostError            it hung up, said 421 or fell silent; what had its final dot may have been taken (S4)
"""

from __future__ import annotations

import math
import ssl
import time
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.replies import Reply, ReplyMalformedError, ReplyReader

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

TIMEOUTS = {
    "connect": 30.0,
    "greeting": 300.0,
    "hello": 300.0,
    "starttls": 120.0,
    "auth": 120.0,
    "mail": 300.0,
    "rcpt": 300.0,
    "data": 120.0,
    "block": 180.0,
    "dot": 600.0,
    "rset": 300.0,
    "quit": 5.0,
}
"""Seconds per stage (S1, RFC 5321 4.5.3.2). QUIT is a courtesy; nobody waits for its answer."""
SHORTEST = 0.1
PULSE = 5.0
"""How often, while a server keeps us waiting, the caller is asked to renew its lease."""
CLOSING = 421


class SmtpError(Exception):
    """A conversation that did not end as hoped; see the tree at the top."""

    def __init__(self, stage: str, reply: Reply | None = None, text: str = "") -> None:
        self.stage = stage
        self.reply = reply
        self.text = str(reply) if reply else text
        super().__init__(f"{stage}: {self.text}")


class SmtpUnreachableError(SmtpError):
    """Nobody answers at this address."""


class SmtpRefusedError(SmtpError):
    """The server is there and does not let us in."""


class SmtpRejectedError(SmtpError):
    """The server refused this one message; `reply` says why and is always set."""

    def __init__(self, stage: str, reply: Reply) -> None:
        super().__init__(stage, reply)


class SmtpLostError(SmtpError):
    """The connection ended."""


def nothing() -> None:
    """Nobody needs to know that we still wait."""


class Line:
    """A socket that speaks in commands and replies. Past `until` (of `time.monotonic()`) nothing is waited for."""

    def __init__(
        self, connected: socket.socket, *, pulse: Callable[[], None] = nothing, until: float = math.inf
    ) -> None:
        """Take over a connected socket; whoever holds the line closes it."""
        self.socket = connected
        self.reader = ReplyReader()
        self.pulse = pulse
        self.until = until
        self.socket.settimeout(PULSE)

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody on the way can read along."""
        return isinstance(self.socket, ssl.SSLSocket)

    def ask(self, command: str, stage: str) -> tuple[Reply, list[str]]:
        """One command and its reply, with the reply's lines."""
        self.send(f"{command}\r\n".encode(), stage)
        return self.read(stage)

    def send(self, data: bytes, stage: str) -> None:
        """All of `data`.

        Raises:
            SmtpLostError: the connection ended, or the server does not read.
        """
        view, deadline = memoryview(data), time.monotonic() + self.seconds(stage)
        while view:
            _in_time(stage, deadline)
            try:
                view = view[self.socket.send(view) :]
            except TimeoutError:
                self.pulse()
            except OSError as error:
                raise SmtpLostError(stage, None, words_of(error)) from error

    def read(self, stage: str) -> tuple[Reply, list[str]]:
        """The next reply. 421 is the server hanging up, whenever it comes (S9).

        Raises:
            SmtpLostError: it hung up, fell silent, or does not speak SMTP.
        """
        deadline = time.monotonic() + self.seconds(stage)
        try:
            while (found := self.reader.next_reply()) is None:
                _in_time(stage, deadline)
                self._receive(stage)
        except ReplyMalformedError as error:
            raise SmtpLostError(stage, None, sentences.NOT_SMTP) from error
        if found[0].code == CLOSING:
            raise SmtpLostError(stage, found[0])
        return found

    def encrypt(self, context: ssl.SSLContext, *, host: str) -> ssl.SSLSocket:
        """Switch to TLS. Whatever a stranger slipped in before it is thrown away (S6, RFC 3207 4.2).

        Raises:
            SmtpRefusedError: no agreement, or the certificate cannot be trusted.
            SmtpUnreachableError: the line broke, or nothing came in time.
        """
        self.reader.forget()
        self.socket.settimeout(self.seconds("starttls"))
        try:
            self.socket = encrypted = context.wrap_socket(self.socket, server_hostname=host)
        except ssl.SSLError as error:
            raise SmtpRefusedError("starttls", None, _tls_words(error)) from error
        except (OSError, ValueError) as error:  # ValueError: a host that no certificate could name
            raise SmtpUnreachableError("starttls", None, words_of(error)) from error
        self.socket.settimeout(PULSE)
        return encrypted

    def seconds(self, stage: str) -> float:
        """How long this stage may take."""
        return max(min(TIMEOUTS[stage], self.until - time.monotonic()), SHORTEST)

    def close(self) -> None:
        """Hang up without a word."""
        self.socket.close()

    def _receive(self, stage: str) -> None:
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            return self.pulse()
        except OSError as error:
            raise SmtpLostError(stage, None, words_of(error)) from error
        if not data:
            raise SmtpLostError(stage, None, sentences.HUNG_UP)
        return self.reader.feed(data)


def words_of(error: Exception) -> str:
    """What the system says about it, in a few words."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]


def _in_time(stage: str, deadline: float) -> None:
    """Also a server that sends one letter at a time comes to its end here."""
    if time.monotonic() > deadline:
        raise SmtpLostError(stage, None, sentences.SILENT)


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return sentences.BAD_CERTIFICATE % {"reason": error.verify_message.rstrip(".")}
    return sentences.NOT_ENCRYPTABLE % {"reason": error.reason or words_of(error)}
