"""Keeps connections to our mail servers open over many messages, opens more where they help, and finds another server.

Mail is shared out by the servers' weights. A server that does not answer rests for half a minute; one of weight 0 is asked
only while all others rest. The first connection is opened while the caller waits; further ones are opened beside the sending.
None is opened that `holding` does not allow, and those it wants back are closed between two messages.
"""

from __future__ import annotations

import contextlib
import functools
import math
import queue
import select
import socket
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.delivery import holding
from newsletter.delivery.conversing import SmtpError
from newsletter.delivery.holding import Slots
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.delivery.ways import Ways
from newsletter.delivery.wires import READABLE, WRITABLE, Wire
from newsletter.lib.servers import Server, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BATCH = 1000
"""Rows per claim: two commits for so many recipients. Twice as many were not measurably quicker, and all that is in hand is
unknown where a worker dies and Redis forgets at the same time."""
IDLE_SECONDS = 60.0
"""S11: servers hang up on silence; we go first."""
REST_SECONDS = 30.0
"""How long a server that did not let us in is left alone, while there are others."""
UNUSED_SECONDS = 5.0
"""How long a worker that does something else keeps its connections from the others."""
ROOM_SECONDS = 2.0
"""How long to wait for others to give up a connection: they notice within one second."""
LOOK_SECONDS = 0.2
GROWING_SECONDS = 5.0
"""For so long after it could have used one more connection a transport asks for its whole share."""


class NoServerError(Exception):
    """None of our servers takes mail now; `failures` holds each one's host and what went wrong (empty: none is set)."""

    def __init__(self, failures: Sequence[tuple[str, SmtpError]]) -> None:
        super().__init__(f"{len(failures)} servers tried")
        self.failures = failures


class AllInUseError(Exception):
    """Every connection that may be open to `server` is in use by other workers."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.name)
        self.server = server


class UsedUpError(Exception):
    """What these `servers` may carry has been carried; no other one may stand in."""

    def __init__(self, servers: Sequence[Server]) -> None:
        super().__init__(", ".join(server.name for server in servers))
        self.servers = servers


def _anything(_server: Server) -> bool:
    return True


class Transport:
    """The open connections of one process."""

    def __init__(self, servers: Sequence[Server], *, until: float = math.inf) -> None:
        """Connect at first use. Past `until` (of `time.monotonic()`) no server is waited for."""
        self.wires: list[Wire] = []
        self.portion = BATCH
        """Rows worth claiming at once, as the last batch went."""
        self._poll = select.epoll()
        self._by_number: dict[int, Wire] = {}
        self._servers = [server for server in servers if server.kind == "smtp"]
        self.ways = Ways(servers)
        self._until = until
        self._resting: dict[str, float] = {}
        self._without_chunks: set[str] = set()
        self._opened: queue.SimpleQueue[tuple[Server, Wire | None]] = queue.SimpleQueue()
        self._opening: Counter[str] = Counter()
        """How many are being opened beside the sending, per server's name."""
        self._slots = Slots()
        self._tended = self._asked_for_more = self._could_grow = self._full_until = -math.inf
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @contextlib.contextmanager
    def taken_up(self) -> Iterator[None]:
        """Use it for a slice of work; a little after the last one all connections are closed, so that others may have them."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            try:
                yield
            finally:
                for wire in [each for each in self.wires if not each.carried]:
                    self.retire(wire)  # somebody else was quicker with the rows, and may need it
                self._let_go_of_the_rest()
                self._close_later()

    def ensure(self, *, pulse: Callable[[], None], may_carry: Callable[[Server], bool] = _anything) -> None:
        """At least one open connection to a server that `may_carry`; `pulse` is called while one keeps us waiting.

        Raises:
            NoServerError: nobody takes our mail.
            UsedUpError: those who would may not carry any more now.
            AllInUseError: other workers have all the connections.
            LimitsAwayError: nobody knows how many connections are open.
        """
        self._let_idle_ones_go()
        self.arrived()
        self.tend()
        if not any(not wire.retires and may_carry(wire.server) for wire in self.wires):
            self._join(Wire(self._first(pulse, may_carry)))

    def open(self, *, pulse: Callable[[], None]) -> SmtpConnection:
        """A connection of the caller's own, to the first server that lets us in.

        Raises:
            NoServerError: nobody does.
        """
        failures: list[tuple[str, SmtpError]] = []
        for server in self._in_turn():
            if connection := self._opened_now(server, pulse, failures):
                return connection
        raise NoServerError(failures)

    def grow(self, *, may_carry: Callable[[Server], bool] = _anything) -> None:
        """Begin to open one more connection beside the sending, where a server takes one more.

        At most as many at a time as are open: their number doubles with each answer of a slow server, and no server is stormed.
        """
        self._could_grow = time.monotonic()
        if self._opening.total() >= max(1, len(self.wires)) or self._could_grow < self._full_until:
            return
        with contextlib.suppress(LimitsAwayError):
            server = next((one for one in self._growing() if may_carry(one) and self._has_room_for_more(one)), None)
            if server is None:
                self._full_until = self._could_grow + LOOK_SECONDS
                return
            self._opening[server.name] += 1
            threading.Thread(target=self._open_beside, args=(server,), daemon=True).start()

    def arrived(self) -> None:
        """Take in what was opened beside the sending."""
        while not self._opened.empty():
            self._take_in()

    def tend(self) -> None:
        """Renew what we hold, once a second, and close what the others want. While Redis is away, keep what was held.

        Call it while no server waits for a text: such a connection looks idle and is not.
        """
        if time.monotonic() - self._tended < holding.RENEW_SECONDS:
            return
        self._tended = time.monotonic()
        for server in self._servers:
            if number := self._open_to(server):
                self._renew(server, number)
        for wire in [each for each in self.wires if each.retires and each.conversation.is_idle]:
            self.retire(wire)

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

    def hang_up(self) -> None:
        """Drop all, without a word."""
        for wire in list(self.wires):
            self.drop(wire)

    def shrink(self) -> None:
        """Say goodbye to all but one: somebody in a hurry may want them."""
        for wire in self.wires[1:]:
            self.retire(wire)
        self._could_grow = self._tended = -math.inf
        self.tend()

    def leave(self) -> None:
        """Say goodbye to all, and to those that are still being opened."""
        self.ways.leave()
        while self._opening.total():
            self._take_in()
        for wire in list(self.wires):
            self.retire(wire)
        self._let_go_of_the_rest()

    def rest(self, server: Server) -> bool:
        """Leave a server alone for a while; whether another one may be asked meanwhile."""
        self._resting[server.name] = time.monotonic() + REST_SECONDS
        return any(not self._rests(other) for other in self._servers)

    def do_without_chunks(self, server: Server) -> None:
        """From now on this server gets DATA, whatever it offers."""
        self._without_chunks.add(server.name)
        for wire in self.wires:
            wire.conversation.chunks &= wire.server.name != server.name

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

    def _growing(self) -> list[Server]:
        """Those to which one more connection may be worth opening: one of weight 0 only while all others rest."""
        awake = [one for one in self._in_turn() if not self._rests(one)]
        return [one for one in awake if one.weight] or awake

    # ── how many connections ─────────────────────────────────────────────────────────────────────────────────────────
    def _open_to(self, server: Server) -> int:
        return self._wires_to(server) + self._opening[server.name]

    def _has_room(self, server: Server) -> bool:
        """Whether one more connection may be opened, if need be after asking for it."""
        number = self._open_to(server)
        return (
            self._slots.number(server) > number
            or self._slots.ask(server, wanted=number + 1, still_open=number) > number
        )

    def _has_room_for_more(self, server: Server) -> bool:
        """The same beside the sending: Redis is asked once a second at most, and for all we could use."""
        number = self._open_to(server)
        if self._slots.number(server) > number:
            return True
        if number >= server.connections or time.monotonic() - self._asked_for_more < holding.RENEW_SECONDS:
            return False
        self._asked_for_more = time.monotonic()
        return self._slots.ask(server, wanted=server.connections, still_open=number) > number

    def _let_go_of_the_rest(self) -> None:
        for server in self._servers:
            if not self._open_to(server):
                self._slots.let_go(server)

    def _renew(self, server: Server, number: int) -> None:
        grows = time.monotonic() - self._could_grow < GROWING_SECONDS
        with contextlib.suppress(LimitsAwayError):
            self._slots.ask(server, wanted=server.connections if grows else number, still_open=number)
        surplus = number - self._slots.number(server)
        ours = [wire for wire in self.wires if wire.server.name == server.name]
        for place, wire in enumerate(reversed(ours)):
            wire.retires = place < surplus

    # ── opening and parting ──────────────────────────────────────────────────────────────────────────────────────────
    def _first(self, pulse: Callable[[], None], may_carry: Callable[[Server], bool]) -> SmtpConnection:
        def beat() -> None:
            self.tend()
            pulse()

        until = time.monotonic() + ROOM_SECONDS
        while True:
            failures, used_up, in_use = list[tuple[str, SmtpError]](), list[Server](), list[Server]()
            for server in self._in_turn():
                if (used_up or in_use) and (server.weight == 0 or self._rests(server)):
                    continue  # it stands in for servers that do not answer, not for those that are busy
                if not may_carry(server):
                    used_up.append(server)
                elif not self._has_room(server):
                    in_use.append(server)
                elif connection := self._opened_now(server, beat, failures):
                    return connection
            self._despair(failures, used_up, in_use, is_patient=time.monotonic() < until)
            beat()
            time.sleep(LOOK_SECONDS)

    def _opened_now(
        self, server: Server, pulse: Callable[[], None], failures: list[tuple[str, SmtpError]]
    ) -> SmtpConnection | None:
        try:
            return SmtpConnection(server, helo=our_name(), pulse=pulse, until=self._until)
        except SmtpError as error:
            self._resting[server.name] = time.monotonic() + REST_SECONDS
            failures.append((server.host, error))
            return None

    @staticmethod
    def _despair(
        failures: list[tuple[str, SmtpError]], used_up: list[Server], in_use: list[Server], *, is_patient: bool
    ) -> None:
        """Say why there is no connection, unless somebody may give one up in a moment."""
        if used_up:
            raise UsedUpError(used_up)
        if not in_use:
            raise NoServerError(failures)
        if not is_patient:
            raise AllInUseError(in_use[0])

    def _open_beside(self, server: Server) -> None:
        wire = None
        try:
            wire = Wire(SmtpConnection(server, helo=our_name(), until=self._until))
        except SmtpError:
            self._resting[server.name] = time.monotonic() + REST_SECONDS
        finally:
            self._opened.put((server, wire))

    def _take_in(self) -> None:
        """Wait for what is being opened beside the sending."""
        server, wire = self._opened.get()
        self._opening[server.name] -= 1
        if wire is not None:
            self._join(wire)

    def _join(self, wire: Wire) -> None:
        wire.conversation.chunks &= wire.server.name not in self._without_chunks
        self.wires.append(wire)
        self._by_number[wire.number] = wire
        self._poll.register(wire.number, READABLE)

    def _part(self, wire: Wire) -> None:
        """Once: a wire that we just left may turn out to have said goodbye itself."""
        if wire in self.wires:
            self.wires.remove(wire)
            del self._by_number[wire.number]
            self._poll.unregister(wire.number)
            if wire.retires:
                self._tended = -math.inf  # somebody waits for it

    def _let_idle_ones_go(self) -> None:
        for wire in [each for each in self.wires if time.monotonic() - each.since > IDLE_SECONDS]:
            self.retire(wire)
        for wire in self.wait(0):  # nobody asked anything: it said goodbye, or hung up
            if wire.is_gone():
                self.drop(wire)

    def _close_later(self) -> None:
        self._timer = threading.Timer(UNUSED_SECONDS, self._close_unused)
        self._timer.daemon = True
        self._timer.start()

    def _close_unused(self) -> None:
        """In the timer's thread: nobody took it up again."""
        if self._lock.acquire(blocking=False):
            try:
                self.arrived()
                if self._opening.total():  # its server lets us wait, and nobody should wait for that
                    self._close_later()
                else:
                    self.leave()
            finally:
                self._lock.release()


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
