"""Keeps a connection to one of our mail servers open over many messages, and finds another when it is gone."""

from __future__ import annotations

import functools
import math
import socket
import time
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.delivery.smtp import SmtpConnection, SmtpError
from newsletter.lib.servers import Server, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

IDLE_SECONDS = 60.0
"""S11: servers hang up on silence; we go first."""


class NoServerError(Exception):
    """None of our servers takes mail now; `failures` holds each one's host and what went wrong (empty: none is set)."""

    def __init__(self, failures: Sequence[tuple[str, SmtpError]]) -> None:
        super().__init__(f"{len(failures)} servers tried")
        self.failures = failures


class Transport:
    """One connection at a time, to the first server that answers."""

    def __init__(self, servers: Sequence[Server], *, until: float = math.inf) -> None:
        """Connect at first use. Past `until` (of `time.monotonic()`) no server is waited for."""
        self._servers = servers
        self._until = until
        self._connection: SmtpConnection | None = None
        self._used = 0.0

    def connection(self, *, pulse: Callable[[], None]) -> SmtpConnection:
        """The open connection, or a new one.

        Raises:
            NoServerError: nobody takes our mail.
        """
        if self._connection is not None and time.monotonic() - self._used > IDLE_SECONDS:
            self.leave()
        if self._connection is None:
            self._connection = self._open(pulse)
        else:
            self._connection.is_used = True
        self._connection.pulse = pulse
        self._used = time.monotonic()
        return self._connection

    def drop(self) -> None:
        """Forget a connection that broke."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def leave(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            self._connection.quit()
            self._connection = None

    def _open(self, pulse: Callable[[], None]) -> SmtpConnection:
        failures: list[tuple[str, SmtpError]] = []
        for server in self._servers:
            try:
                return SmtpConnection(server, helo=our_name(), pulse=pulse, until=self._until)
            except SmtpError as error:
                failures.append((server.host, error))
        raise NoServerError(failures)


@functools.cache
def kept() -> Transport:
    """The process's own transport over settings.SMTP_SERVERS, kept from one task to the next."""
    return to_our_servers()


def to_our_servers(*, until: float = math.inf) -> Transport:
    """A transport of its own over settings.SMTP_SERVERS, for whoever may not share one: `kept` belongs to the worker."""
    return Transport([parse(url) for url in settings.SMTP_SERVERS], until=until)


@functools.cache
def our_name() -> str:
    """What we call ourselves in EHLO: a name with a dot in it, or our address in brackets (RFC 5321 4.1.4)."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
