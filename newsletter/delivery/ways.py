"""Which way the next batch goes: over SMTP, or by one of the e-mail backends; by weight, and past whoever takes nothing now.

All mail servers are one way, and share out among themselves what goes it (`transport`). Each process counts for itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from newsletter.delivery.carrying import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsletter.lib.servers import Server

SMTP = ""
REST_SECONDS = 30.0
"""How long a way that took nothing is left alone, while there are others."""
MIXED = 200
"""Rows in a batch where there are several ways, or a backend: small enough to be shared out."""


class Ways:
    """The ways out of one process."""

    def __init__(self, servers: Sequence[Server], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is opened. `clock` tells seconds."""
        self._clock = clock
        self._desks = {server.name: Desk(server) for server in servers if server.kind == "backend"}
        over_smtp = [server.weight for server in servers if server.kind == "smtp"]
        self._weights = {server.name: server.weight for server in servers if server.kind == "backend"}
        if over_smtp or not self._desks:
            self._weights[SMTP] = sum(over_smtp)
        self._turns = dict.fromkeys(self._weights, 0)
        self._resting = dict.fromkeys(self._weights, 0.0)

    def choose(self) -> Desk | None:
        """The backend whose turn it is; None: SMTP."""
        open_ones = self._open() or [min(self._resting, key=lambda name: self._resting[name])]
        for name in open_ones:
            self._turns[name] += self._weights[name]
        chosen = max(open_ones, key=lambda name: self._turns[name])
        self._turns[chosen] -= sum(self._weights[name] for name in open_ones)
        return self._desks.get(chosen)

    def rest(self, desk: Desk | None) -> bool:
        """Leave this way alone for a while; whether another is open meanwhile."""
        self._resting[desk.server.name if desk else SMTP] = self._clock() + REST_SECONDS
        return bool(self._open())

    def portion(self, batch: int) -> int:
        """How many rows to claim at once, where `batch` would be good for SMTP alone."""
        return min(batch, MIXED) if self._desks else batch

    def leave(self) -> None:
        """Close every session with a backend."""
        for desk in self._desks.values():
            desk.leave()

    def _open(self) -> list[str]:
        """Those that do not rest; of weight 0 only where there is no other."""
        awake = [name for name, until in self._resting.items() if until <= self._clock()]
        return [name for name in awake if self._weights[name]] or awake
