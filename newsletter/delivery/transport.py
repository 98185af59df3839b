"""Keeps connections to our mail servers open over many messages, opens more where they help, and finds another server.

Mail is shared out by the servers' weights. A server that does not answer rests for half a minute; one of weight 0 is asked
only while all others rest. The first connection is opened while the caller waits; further ones are opened beside the sending.
"""

from __future__ import annotations

import functools
import math
import queue
import select
import socket
import threading
import time
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.delivery.smtp import SmtpConnection, SmtpError
from newsletter.delivery.ways import Ways
from newsletter.delivery.wires import READABLE, WRITABLE, Wire
from newsletter.lib.servers import Server, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

IDLE_SECONDS = 60.0
"""S11: servers hang up on silence; we go first."""
REST_SECONDS = 30.0
"""How long a server that did not let us in is left alone, while there are others."""


class NoServerError(Exception):
    """None of our servers takes mail now; `failures` holds each one's host and what went wrong (empty: none is set)."""

    def __init__(self, failures: Sequence[tuple[str, SmtpError]]) -> None:
        super().__init__(f"{len(failures)} servers tried")
        self.failures = failures


class Transport:
    """The open connections of one process."""

    def __init__(self, servers: Sequence[Server], *, until: float = math.inf) -> None:
        """Connect at first use. Past `until` (of `time.monotonic()`) no server is waited for."""
        self.wires: list[Wire] = []
        self._poll = select.epoll()
        self._by_number: dict[int, Wire] = {}
        self._servers = [server for server in servers if server.kind == "smtp"]
        self.ways = Ways(servers)
        self._until = until
        self._resting: dict[str, float] = {}
        self._opened: queue.SimpleQueue[Wire | None] = queue.SimpleQueue()
        self._opening = 0

    def ensure(self, *, pulse: Callable[[], None]) -> None:
        """At least one open connection; `pulse` is called while a server keeps us waiting.

        Raises:
            NoServerError: nobody takes our mail.
        """
        self._let_idle_ones_go()
        self.arrived()
        if not self.wires:
            self._join(Wire(self.open(pulse=pulse)))

    def open(self, *, pulse: Callable[[], None]) -> SmtpConnection:
        """A connection of the caller's own, to the first server that lets us in.

        Raises:
            NoServerError: nobody does.
        """
        failures: list[tuple[str, SmtpError]] = []
        for server in self._in_turn():
            try:
                return SmtpConnection(server, helo=our_name(), pulse=pulse, until=self._until)
            except SmtpError as error:
                self._resting[server.name] = time.monotonic() + REST_SECONDS
                failures.append((server.host, error))
        raise NoServerError(failures)

    def grow(self) -> None:
        """Begin to open one more connection beside the sending, where a server takes one more."""
        server = next((one for one in self._in_turn() if self._has_room(one)), None)
        if server is not None and not self._opening:
            self._opening = 1
            threading.Thread(target=self._open_beside, args=(server,), daemon=True).start()

    def arrived(self) -> None:
        """Take in what was opened beside the sending."""
        while not self._opened.empty():
            self._opening = 0
            if (wire := self._opened.get()) is not None:
                self._join(wire)

    def wait(self, seconds: float) -> list[Wire]:
        """Connections on which something can be heard, or more can be said; none after `seconds`."""
        for wire in self.wires:
            if (wanted := READABLE | WRITABLE if wire.unsent else READABLE) != wire.watched_for:
                self._poll.modify(wire.number, wanted)
                wire.watched_for = wanted
        return [self._by_number[number] for number, _event in self._poll.poll(seconds)]

    def drop(self, wire: Wire) -> None:
        """Forget a connection that broke."""
        self._part(wire)
        wire.close()

    def retire(self, wire: Wire) -> None:
        """Say goodbye to one connection."""
        self._part(wire)
        wire.leave()

    def leave(self) -> None:
        """Say goodbye to all."""
        self.ways.leave()
        for wire in list(self.wires):
            self.retire(wire)

    def rest(self, server: Server) -> bool:
        """Leave a server alone for a while; whether another one may be asked meanwhile."""
        self._resting[server.name] = time.monotonic() + REST_SECONDS
        return any(not self._rests(other) for other in self._servers)

    # ── which server ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _in_turn(self) -> list[Server]:
        """The servers in the order in which to ask them: who has the least of its share first, who rests last."""
        return sorted(self._servers, key=lambda one: (self._rests(one), one.weight == 0, self._share(one)))

    def _rests(self, server: Server) -> bool:
        return self._resting.get(server.name, 0.0) > time.monotonic()

    def _share(self, server: Server) -> float:
        return self._wires_to(server) / (server.weight or 1)

    def _wires_to(self, server: Server) -> int:
        return sum(wire.server.name == server.name for wire in self.wires)

    def _has_room(self, server: Server) -> bool:
        return not self._rests(server) and self._wires_to(server) < max(1, server.connections // settings.SENDERS)

    # ── opening and parting ──────────────────────────────────────────────────────────────────────────────────────────
    def _open_beside(self, server: Server) -> None:
        try:
            self._opened.put(Wire(SmtpConnection(server, helo=our_name(), until=self._until)))
        except SmtpError:
            self._resting[server.name] = time.monotonic() + REST_SECONDS
            self._opened.put(None)

    def _join(self, wire: Wire) -> None:
        self.wires.append(wire)
        self._by_number[wire.number] = wire
        self._poll.register(wire.number, READABLE)

    def _part(self, wire: Wire) -> None:
        self.wires.remove(wire)
        del self._by_number[wire.number]
        self._poll.unregister(wire.number)

    def _let_idle_ones_go(self) -> None:
        for wire in [each for each in self.wires if time.monotonic() - each.since > IDLE_SECONDS]:
            self.retire(wire)


@functools.cache
def kept(servers: tuple[Server, ...]) -> Transport:
    """The process's own transport over `servers`, kept from one task to the next."""
    return Transport(servers)


def to_our_servers(*, until: float = math.inf) -> Transport:
    """A transport of its own over settings.SMTP_SERVERS, for whoever may not share one: `kept` belongs to the worker."""
    return Transport([parse(url) for url in settings.SMTP_SERVERS], until=until)


@functools.cache
def our_name() -> str:
    """What we call ourselves in EHLO: a name with a dot in it, or our address in brackets (RFC 5321 4.1.4)."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
