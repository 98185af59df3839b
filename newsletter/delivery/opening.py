"""Opens a line to a mail server: connect, greeting, EHLO, TLS, login (RFC 5321, 3207, 8314, 4954)."""

from __future__ import annotations

import base64
import math
import queue
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.delivery import authenticating, sentences
from newsletter.delivery.conversing import (
    SHORTEST,
    TIMEOUTS,
    Line,
    SmtpError,
    SmtpLostError,
    SmtpRefusedError,
    SmtpUnreachableError,
    nothing,
    words_of,
)
from newsletter.delivery.offering import Offer, offer_in
from newsletter.lib.servers import LOOPBACK, TOKEN_MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.delivery.replies import Reply
    from newsletter.lib.servers import Server

GO_ON = 334
NOT_KNOWN = 535
LONGEST_AUTH = 12288 - 2
"""Bytes of an AUTH command (RFC 4954 4); a longer first answer waits until it is asked for."""
LEAST_TOLD = 4
"""Shorter secrets are not looked for in a reply: they would be found in every word."""


class Opening:
    """The steps of one opening; what was learnt stays readable when a step fails."""

    def __init__(
        self, server: Server, *, helo: str, pulse: Callable[[], None] = nothing, until: float = math.inf
    ) -> None:
        """Nothing is done before `run`. Past `until` (of `time.monotonic()`) no step waits for the server."""
        self.server = server
        self.helo = server.helo or helo
        self.greeting: Reply | None = None
        self.offer = Offer()
        self.line: Line | None = None
        self.mechanism = ""
        """How we logged in; empty where we did not."""
        self.addresses: list[tuple[str, int]] = []
        self.tls_version = ""
        """Like TLSv1.3; empty where the line is not encrypted."""
        self.certificate = b""
        """The server's, in DER."""
        self.done: list[str] = []
        """The stages that went well, in their order."""
        self._pulse = pulse
        self._until = until

    def run(self) -> Line:
        """A greeted, encrypted and authenticated line.

        Raises:
            SmtpUnreachableError, SmtpRefusedError: it cannot be used; the line is closed.
        """
        end = min(time.monotonic() + TIMEOUTS["connect"], self._until)
        self.addresses = _found(self.server, until=end)
        self.done.append("resolve")
        self.line = Line(_connected(self.addresses, self.server.source, end), pulse=self._pulse, until=self._until)
        self.done.append("connect")
        try:
            self._open(self.line)
        except SmtpLostError as error:  # refused where the server said so, unreachable where it said nothing
            self.line.close()
            kind = SmtpRefusedError if error.reply else SmtpUnreachableError
            raise kind(error.stage, error.reply, error.text) from error
        except SmtpError:
            self.line.close()
            raise
        return self.line

    def _open(self, line: Line) -> None:
        if self.server.tls == "implicit":
            self._encrypt(line)
        self.greeting, _ = line.read("greeting")
        if not _agreed(self.greeting):
            raise SmtpRefusedError("greeting", self.greeting)
        self.done.append("greeting")
        self.offer = self._hello(line)
        self.done.append("hello")
        if self.server.tls in ("starttls", "opportunistic"):
            self._starttls(line)
        if self.server.username:
            self._log_in(line)
            self.done.append("auth")
        _in_step(line, "hello")

    def _hello(self, line: Line) -> Offer:
        """EHLO, or HELO where that is not known; "not now" is no reason to make do with less (RFC 5321 3.2)."""
        _in_step(line, "hello")
        reply, lines = line.ask(f"EHLO {self.helo}", "hello")
        if _agreed(reply):
            return offer_in(lines)
        if not reply.is_temporary:
            reply, _ = line.ask(f"HELO {self.helo}", "hello")
        if not _agreed(reply):
            raise SmtpRefusedError("hello", reply)
        return Offer()

    # ── encryption ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _starttls(self, line: Line) -> None:
        demanded = self.server.tls == "starttls"
        if not self.offer.starttls:
            if demanded:
                raise SmtpRefusedError("starttls", None, sentences.NO_STARTTLS)
            return
        _in_step(line, "starttls")
        reply, _ = line.ask("STARTTLS", "starttls")
        if _agreed(reply):
            self._encrypt(line)
            self.offer = self._hello(line)
        elif demanded:
            raise SmtpRefusedError("starttls", reply)

    def _encrypt(self, line: Line) -> None:
        try:
            context = self.server.tls_context()
        except OSError as error:
            raise SmtpRefusedError("starttls", None, sentences.NO_AUTHORITIES) from error
        assert context is not None  # noqa: S101 (only called where TLS is on)
        encrypted = line.encrypt(context, host=self.server.host)
        self.tls_version = encrypted.version() or ""
        self.certificate = encrypted.getpeercert(binary_form=True) or b""
        self.done.append("starttls")

    # ── login ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _log_in(self, line: Line) -> None:
        """Every mechanism that may help, until one is taken or the secret itself is refused (S7)."""
        if not line.is_encrypted and self.server.host not in LOOPBACK:
            raise SmtpRefusedError("auth", None, sentences.NOT_ENCRYPTED)
        login = _login_for(self.server)
        for mechanism in self._mechanisms(is_token=login.is_token):
            self.mechanism = mechanism
            reply = _exchanged(line, mechanism, login)
            if _agreed(reply):
                return
            if reply.is_temporary or (reply.code == NOT_KNOWN and mechanism in authenticating.TELLING):
                break
        raise SmtpRefusedError("auth", reply)

    def _mechanisms(self, *, is_token: bool) -> list[str]:
        wanted = self.server.auth
        found = authenticating.to_try(offered=self.offer.auth, is_token=is_token, wanted=wanted)
        if not found:
            missing = sentences.NOT_OFFERED % {"mechanism": wanted} if wanted else sentences.NO_LOGIN
            raise SmtpRefusedError("auth", None, missing)
        return found


def _agreed(reply: Reply) -> bool:
    return 200 <= reply.code < 300  # noqa: PLR2004 (RFC 5321 4.2.1: 2yz)


def _in_step(line: Line, stage: str) -> None:
    """Whoever answers before the question would have its answers taken for those to the next ones."""
    if not line.reader.is_empty:
        raise SmtpRefusedError(stage, None, sentences.OUT_OF_STEP)


def _login_for(server: Server) -> authenticating.Login:
    is_token = bool(server.token_file) or server.auth in TOKEN_MECHANISMS
    try:
        secret = Path(server.token_file).read_text().strip() if server.token_file else server.password
    except (OSError, ValueError) as error:
        raise SmtpRefusedError("auth", None, sentences.NO_TOKEN) from error
    return authenticating.Login(server.username, secret, is_token=is_token, host=server.host, port=server.port)


def _exchanged(line: Line, mechanism: str, login: authenticating.Login) -> Reply:
    """The reply that ends the exchange of one mechanism, what we said blotted out of it."""
    said = [login.secret]
    talk = authenticating.exchange(mechanism=mechanism, login=login)
    try:
        turn = next(talk)
        reply = _first(line, mechanism, turn, said)
        while reply.code == GO_ON:
            turn = talk.send(reply.text.encode())
            reply = _next(line, turn, said)
    except authenticating.ChallengeError as error:
        raise _cancelled(line, str(error)) from error
    except StopIteration as error:
        raise _cancelled(line, sentences.BAD_CHALLENGE) from error
    except SmtpLostError as error:
        raise SmtpLostError("auth", error.reply and _blotted(error.reply, said), error.text) from error
    if _agreed(reply) and not turn.may_end:
        raise SmtpRefusedError("auth", None, sentences.UNPROVEN)
    return _blotted(reply, said)


def _first(line: Line, mechanism: str, turn: authenticating.Turn, said: list[str]) -> Reply:
    """AUTH, with our first answer in the same line where we begin and it fits."""
    if turn.data is None:
        return line.ask(f"AUTH {mechanism}", "auth")[0]
    word = _encoded(turn.data, said)
    command = f"AUTH {mechanism} {word}"
    if len(command) <= LONGEST_AUTH:
        return line.ask(command, "auth")[0]
    reply, _ = line.ask(f"AUTH {mechanism}", "auth")
    return line.ask(word, "auth")[0] if reply.code == GO_ON else reply


def _next(line: Line, turn: authenticating.Turn, said: list[str]) -> Reply:
    return line.ask(_encoded(turn.data or b"", said), "auth")[0]


def _encoded(data: bytes, said: list[str]) -> str:
    said.append(base64.b64encode(data).decode())
    return said[-1]


def _cancelled(line: Line, text: str) -> SmtpRefusedError:
    """We end it (RFC 4954 4: an asterisk); whatever the server says to that."""
    line.ask("*", "auth")
    return SmtpRefusedError("auth", None, text)


def _blotted(reply: Reply, said: list[str]) -> Reply:
    """A server may repeat what it did not understand; nobody may read a secret in it (S7)."""
    text = reply.text
    for word in said:
        if len(word) >= LEAST_TOLD:
            text = text.replace(word, "…")
    return reply._replace(text=text)


# ── connecting ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _found(server: Server, *, until: float) -> list[tuple[str, int]]:
    try:
        return addresses_of(server, until=until)
    except (OSError, ValueError) as error:  # ValueError: a name that no name server could be asked for
        raise SmtpUnreachableError("resolve", None, words_of(error)) from error


def _connected(addresses: list[tuple[str, int]], source: str, end: float) -> socket.socket:
    """A socket to the first address that answers, each getting its share of the time; else as the last one failed."""
    failure: Exception = TimeoutError("timed out")
    for place, address in enumerate(addresses):
        try:
            return _connected_to(address, source, _remaining(end) / (len(addresses) - place))
        except OSError as error:
            failure = error
    raise SmtpUnreachableError("connect", None, words_of(failure)) from failure


def _connected_to(address: tuple[str, int], source: str, seconds: float) -> socket.socket:
    connected = socket.create_connection(address, timeout=seconds, source_address=(source, 0) if source else None)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def addresses_of(server: Server, *, until: float) -> list[tuple[str, int]]:
    """Host and port of each of its addresses; asked on a thread, for the system waits as long as it likes.

    Raises:
        OSError, UnicodeError: the name does not resolve, or not before `until` (of `time.monotonic()`).
    """
    found: queue.SimpleQueue[list[tuple[str, int]] | Exception] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(server, found), daemon=True).start()
    try:
        answer = found.get(timeout=_remaining(until))
    except queue.Empty:
        raise TimeoutError(sentences.NO_NAME_SERVER) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _look_up(server: Server, found: queue.SimpleQueue[list[tuple[str, int]] | Exception]) -> None:
    try:
        answers = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        found.put(list(dict.fromkeys((str(address[0]), server.port) for *_, address in answers)))
    except (OSError, ValueError) as error:
        found.put(error)


def _remaining(end: float) -> float:
    return max(end - time.monotonic(), SHORTEST)
