"""One SMTP conversation over one socket (RFC 5321, 2920, 3207, 4954), slow enough for every server (S1) and no slower.

SmtpError                    carries stage, reply, and a text; never an address, never a password
├── SmtpUnreachableError     nobody answers: refused, no such name, no greeting in time
├── SmtpRefusedError         the server does not want to talk to us: greeting, HELO, TLS or password refused
├── SmtpRejectedError        it refused this message or recipient; the connection lives on
├── SmtpLostError            it hung up, said 421 or fell silent before the final dot: nothing was taken
└── SmtpUnknownError         it hung up or fell silent after the final dot: nobody knows (S4)
"""

from __future__ import annotations

import base64
import math
import socket
import ssl
import time
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.offering import Offer, offer_in
from newsletter.delivery.replies import Reply, ReplyMalformedError, ReplyReader
from newsletter.lib.servers import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.lib.servers import Server

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
START_MAIL = 354
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
        self.answer = reply


class SmtpLostError(SmtpError):
    """The connection ended before the final dot."""


class SmtpUnknownError(SmtpError):
    """The connection ended between the final dot and its reply."""


def _nothing() -> None:
    """Nobody needs to know that we still wait."""


class SmtpConnection:
    """A greeted, encrypted and authenticated connection that takes one message after the other."""

    def __init__(
        self, server: Server, *, helo: str, pulse: Callable[[], None] = _nothing, until: float = math.inf
    ) -> None:
        """Open it. Past the moment `until` (of `time.monotonic()`) nobody waits for the server any more, at any stage.

        Raises:
            SmtpUnreachableError, SmtpRefusedError: it cannot be used.
        """
        self.server = server
        self.pulse = pulse
        self.is_used = False
        """Whether it was kept from before: if it ends now, that is its age (S11) and not the message."""
        self._until = until
        self._reader = ReplyReader()
        self._socket = _connected(server, self._seconds("connect"))
        try:
            self._open(helo)
        except (SmtpError, OSError, ValueError) as error:  # ssl.SSLError is an OSError, a bad certificate a ValueError
            self.close()
            raise _not_open(error) from error

    def deliver(self, *, sender: str, recipient: str, message: bytes, announce: Callable[[], None]) -> Reply:
        """Hand over one message; `announce` is called just before its last bytes go out. The reply to the dot.

        `message` has CRLF line ends and is not dot-stuffed.

        Raises:
            SmtpRejectedError, SmtpLostError, SmtpUnknownError: see the tree.
        """
        self._refuse_impossible(recipient, message)
        self._envelope(sender, recipient, len(message))
        announce()
        self._send(_stuffed(message), "block")
        try:
            reply = self._read("dot")[0]
        except SmtpLostError as lost:
            if lost.reply is None:
                raise SmtpUnknownError("dot", None, lost.text) from lost
            raise
        if not reply.is_positive:
            raise SmtpRejectedError("dot", reply)
        return reply

    def quit(self) -> None:
        """Say goodbye and hang up."""
        try:
            self._send(b"QUIT\r\n", "quit")
            self._read("quit")
        except SmtpError:
            pass
        self.close()

    def close(self) -> None:
        """Hang up without a word."""
        self._socket.close()

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _open(self, helo: str) -> None:
        if self.server.tls == "implicit":
            self._encrypt()
        greeting = self._read("greeting")[0]
        if not greeting.is_positive:
            raise SmtpRefusedError("greeting", greeting)
        self.offer = self._hello(helo)
        if self.server.tls in ("starttls", "opportunistic"):
            self._starttls(helo)
        if self.server.username:
            self._log_in()

    def _hello(self, helo: str) -> Offer:
        reply, lines = self._ask(f"EHLO {helo}", "hello")
        if reply.is_positive:
            return offer_in(lines)
        reply, _ = self._ask(f"HELO {helo}", "hello")
        if not reply.is_positive:
            raise SmtpRefusedError("hello", reply)
        return Offer()

    def _starttls(self, helo: str) -> None:
        if not self.offer.starttls:
            if self.server.tls == "starttls":
                raise SmtpRefusedError("starttls", None, sentences.NO_STARTTLS)
            return
        reply, _ = self._ask("STARTTLS", "starttls")
        if not reply.is_positive:
            if self.server.tls == "starttls":
                raise SmtpRefusedError("starttls", reply)
            return
        self._encrypt()
        self.offer = self._hello(helo)

    def _encrypt(self) -> None:
        """Switch to TLS. Whatever a stranger slipped in before it is thrown away (S6, RFC 3207 4.2)."""
        self._reader.forget()
        context = self.server.tls_context()
        assert context is not None  # noqa: S101 (only called where TLS is on)
        self._socket.settimeout(self._seconds("starttls"))
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=self.server.host)
        except ssl.SSLError as error:
            raise SmtpRefusedError("starttls", None, _tls_words(error)) from error
        self._socket.settimeout(PULSE)

    def _log_in(self) -> None:
        if not isinstance(self._socket, ssl.SSLSocket) and self.server.host not in LOOPBACK:
            raise SmtpRefusedError("auth", None, sentences.NOT_ENCRYPTED)
        if "PLAIN" in self.offer.auth:
            secret = _encoded(f"\0{self.server.username}\0{self.server.password}")
            reply, _ = self._ask(f"AUTH PLAIN {secret}", "auth")
        elif "LOGIN" in self.offer.auth:
            reply, _ = self._ask("AUTH LOGIN", "auth")
            for answer in (self.server.username, self.server.password):
                if reply.code == 334:  # noqa: PLR2004 (RFC 4954: go on)
                    reply, _ = self._ask(_encoded(answer), "auth")
        else:
            raise SmtpRefusedError("auth", None, sentences.NO_LOGIN)
        if not 200 <= reply.code < 300:  # noqa: PLR2004 (RFC 4954: 235)
            raise SmtpRefusedError("auth", reply)

    # ── one message ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _refuse_impossible(self, recipient: str, message: bytes) -> None:
        if not recipient.isascii() and not self.offer.smtputf8:  # F10
            raise SmtpRejectedError("rcpt", Reply(553, "5.6.7", sentences.ASCII_ONLY))
        if self.offer.size and len(message) > self.offer.size:  # S9
            raise SmtpRejectedError("mail", Reply(552, "5.3.4", sentences.TOO_LARGE % {"number": self.offer.size}))

    def _envelope(self, sender: str, recipient: str, size: int) -> None:
        mail = f"MAIL FROM:<{sender}>" + (f" SIZE={size}" if self.offer.size else "")
        mail += " SMTPUTF8" if not recipient.isascii() else ""
        commands = [(mail, "mail"), (f"RCPT TO:<{recipient}>", "rcpt"), ("DATA", "data")]
        if self.offer.pipelining:
            self._envelope_at_once(commands)
        else:
            self._envelope_in_turn(commands)

    def _envelope_in_turn(self, commands: list[tuple[str, str]]) -> None:
        for command, stage in commands:
            reply, _ = self._ask(command, stage)
            if not reply.is_positive:
                if stage != "mail":
                    self._ask("RSET", "rset")
                raise SmtpRejectedError(stage, reply)

    def _envelope_at_once(self, commands: list[tuple[str, str]]) -> None:
        """MAIL, RCPT and DATA in one write, three replies in order (S8, RFC 2920)."""
        self._send("".join(f"{command}\r\n" for command, _ in commands).encode(), "mail")
        replies = [self._read(stage)[0] for _, stage in commands]
        refused = next(((stage, r) for (_, stage), r in zip(commands, replies, strict=True) if not r.is_positive), None)
        if refused is None:
            return
        if replies[2].code == START_MAIL:  # refused, and yet it wants the text: nothing, then (RFC 2920 3.1)
            self._send(b".\r\n", "block")
            self._read("dot")
        self._ask("RSET", "rset")
        raise SmtpRejectedError(*refused)

    # ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _ask(self, command: str, stage: str) -> tuple[Reply, list[str]]:
        self._send(f"{command}\r\n".encode(), stage)
        return self._read(stage)

    def _send(self, data: bytes, stage: str) -> None:
        view, deadline = memoryview(data), time.monotonic() + self._seconds(stage)
        while view:
            _in_time(stage, deadline)
            try:
                view = view[self._socket.send(view) :]
            except TimeoutError:
                self.pulse()
            except OSError as error:
                raise SmtpLostError(stage, None, _words(error)) from error

    def _read(self, stage: str) -> tuple[Reply, list[str]]:
        """The next reply. 421 is the server hanging up, whenever it comes (S9)."""
        deadline = time.monotonic() + self._seconds(stage)
        try:
            while (found := self._reader.next_reply()) is None:
                _in_time(stage, deadline)
                self._receive(stage)
        except ReplyMalformedError as error:
            raise SmtpLostError(stage, None, sentences.NOT_SMTP) from error
        if found[0].code == CLOSING:
            raise SmtpLostError(stage, found[0])
        return found

    def _receive(self, stage: str) -> None:
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            return self.pulse()
        except OSError as error:
            raise SmtpLostError(stage, None, _words(error)) from error
        if not data:
            raise SmtpLostError(stage, None, sentences.HUNG_UP)
        return self._reader.feed(data)

    def _seconds(self, stage: str) -> float:
        """How long this stage may take."""
        return max(min(TIMEOUTS[stage], self._until - time.monotonic()), SHORTEST)


def _in_time(stage: str, deadline: float) -> None:
    """Also a server that sends one letter at a time comes to its end here."""
    if time.monotonic() > deadline:
        raise SmtpLostError(stage, None, sentences.SILENT)


def _not_open(error: Exception) -> SmtpError:
    """Why a connection could not be opened: refused where the server said so, unreachable where it said nothing."""
    if isinstance(error, SmtpLostError):
        kind = SmtpRefusedError if error.reply else SmtpUnreachableError
        return kind(error.stage, error.reply, error.text)
    return error if isinstance(error, SmtpError) else SmtpUnreachableError("greeting", None, _words(error))


def _connected(server: Server, seconds: float) -> socket.socket:
    try:
        connection = socket.create_connection((server.host, server.port), timeout=seconds)
    except OSError as error:
        raise SmtpUnreachableError("connect", None, _words(error)) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(PULSE)
    return connection


def _stuffed(message: bytes) -> bytes:
    """The message with leading dots doubled, ended by CRLF, dot, CRLF (RFC 5321 4.5.2)."""
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    if message.startswith(b"."):
        message = b"." + message
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")


def _encoded(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode()


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return sentences.BAD_CERTIFICATE % {"reason": error.verify_message.rstrip(".")}
    return f"It could not agree with us on encryption ({error.reason})."


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]
