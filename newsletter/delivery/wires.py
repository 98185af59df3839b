"""One opened connection as the sending loop sees it: says and hears without ever waiting."""

from __future__ import annotations

import contextlib
import select
import ssl
import time
from collections import Counter
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.conversing import PULSE, TIMEOUTS, SmtpLostError, words_of
from newsletter.delivery.replies import ReplyMalformedError
from newsletter.delivery.transferring import Conversation

if TYPE_CHECKING:
    import socket

    from newsletter.delivery.replies import Reply
    from newsletter.delivery.smtp import SmtpConnection
    from newsletter.delivery.transferring import Event
    from newsletter.lib.servers import Server

READABLE, WRITABLE = select.EPOLLIN, select.EPOLLOUT
LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Wire:
    """A socket, the conversation on it, and what could not be sent yet."""

    def __init__(self, connection: SmtpConnection) -> None:
        """Take over an opened connection."""
        self.conversation = Conversation(connection.offer)
        self.server: Server = connection.server
        self.socket: socket.socket = connection.socket
        self.carried = 0
        """Messages answered so far. If it ends when it has carried some, that is its age (S11) and not the message."""
        self.begun: Counter[str] = Counter()
        """Messages begun so far, per receiving provider that counts them (S11)."""
        self.begun_at = 0.0
        """When (`time.monotonic()`) the last of them was begun."""
        self.retires = False
        """Whether others want it: no new message goes over it."""
        self.unsent = b""
        self.since = time.monotonic()
        """When something moved last."""
        limits = [limit for limit in (self.server.mails, self.conversation.offer.mailmax) if limit]
        self._most = min(limits, default=0)
        """Messages it may carry; 0 for any number."""
        self.number = self.socket.fileno()
        self.watched_for = READABLE
        self._connection = connection
        self.socket.settimeout(0)

    @property
    def is_spent(self) -> bool:
        """Whether it has carried as much as the server or its setting allows (RFC 9422 MAILMAX), or others want it."""
        return self.retires or 0 < self._most <= self.carried

    @property
    def may_follow(self) -> bool:
        """Whether the next envelope may go out behind this message's dot."""
        talk = self.conversation
        return talk.offer.pipelining and not (talk.chunks or self.retires or 0 < self._most <= self.carried + 1)

    @property
    def is_overdue(self) -> bool:
        """Whether the server has kept us waiting longer than anybody must (S1)."""
        stage = self.conversation.stage
        return bool(stage) and time.monotonic() - self.since > TIMEOUTS[stage]

    def say(self, data: bytes) -> None:
        """Send `data`, or as much of it as the connection takes now.

        Raises:
            SmtpLostError: the connection ended.
        """
        data = self.unsent + data if self.unsent else data
        try:
            sent = self.socket.send(data)
        except LATER:
            sent = 0
        except OSError as error:
            raise SmtpLostError("block", None, words_of(error)) from error
        self.unsent = data[sent:] if sent < len(data) else b""
        self.since = time.monotonic()

    def hear(self) -> list[Event]:
        """What the server has said since.

        Raises:
            SmtpLostError: it hung up, or does not speak SMTP.
        """
        try:
            events = self.conversation.received(self._read())
        except ReplyMalformedError as error:
            raise SmtpLostError(self.conversation.stage or "data", None, sentences.NOT_SMTP) from error
        self.since = time.monotonic()
        if say := self.conversation.outgoing():
            with contextlib.suppress(SmtpLostError):  # what came before counts; that it broke is heard next time
                self.say(say)
        return events

    def ending(self, ended: Reply) -> SmtpLostError:
        """What it means that the server ended the conversation with `ended`, as the failure of whatever is outstanding."""
        stage = self.conversation.stage or "mail"
        return SmtpLostError(stage, None, sentences.OUT_OF_STEP) if ended.is_positive else SmtpLostError(stage, ended)

    def is_gone(self) -> bool:
        """Whether the server has ended the conversation while nothing was asked; what it may say then is heard."""
        try:
            self.hear()
        except SmtpLostError:
            return True
        return self.conversation.ended is not None

    def leave(self) -> None:
        """Say goodbye and hang up."""
        self.socket.settimeout(PULSE)
        self._connection.quit()

    def close(self) -> None:
        """Hang up without a word."""
        self._connection.close()

    def _read(self) -> bytes:
        try:
            data = self.socket.recv(65536)  # more than a TLS record holds, so nothing is left that epoll does not show
        except LATER:
            return b""
        except OSError as error:
            raise SmtpLostError(self.conversation.stage or "data", None, words_of(error)) from error
        if not data:
            raise SmtpLostError(self.conversation.stage or "data", None, sentences.HUNG_UP)
        return data
