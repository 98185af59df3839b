"""The connections one transport may have open to our servers: leases in Redis, shared by all workers on all hosts (S11)."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import throttling
from newsletter.delivery.throttling import Limit, LimitsAwayError

if TYPE_CHECKING:
    from newsletter.lib.servers import Server

HOLD_SECONDS = 15.0
"""What a worker held that died, or was cut off, is free for others after this."""
RENEW_SECONDS = 1.0
"""So often at most Redis is asked, per server."""


@dataclass(slots=True)
class _Lease:
    told: int
    until: float


class Slots:
    """How many connections are ours, per server. Nothing here opens or closes one."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._holder = secrets.token_hex(8)
        self._leases: dict[str, _Lease] = {}

    def number(self, server: Server) -> int:
        """Connections to `server` that may be open now; 0 where none was asked for or nobody renewed them in time."""
        lease = self._leases.get(server.name)
        return lease.told if lease and time.monotonic() < lease.until else 0

    def ask(self, server: Server, *, wanted: int, still_open: int) -> int:
        """How many may be open from now on, where `wanted` would be good; `still_open` are, and count until closed.

        Raises:
            LimitsAwayError: what was held is held until it runs out.
        """
        now, had = time.monotonic(), self.number(server)
        limit = Limit(f"server:{server.name}", connections=server.connections)
        lease = self._leases.setdefault(server.name, _Lease(0, now))
        lease.told = throttling.hold(
            limit=limit,
            holder=self._holder,
            wanted=max(wanted, 1),
            seconds=HOLD_SECONDS,
            still_open=still_open,
            had=had,
        )
        lease.until = now + HOLD_SECONDS
        return lease.told

    def let_go(self, server: Server) -> None:
        """All connections to `server` are closed. Where Redis is away the others wait for the end of the lease."""
        if self._leases.pop(server.name, None) is not None:
            try:
                throttling.let_go(limit=Limit(f"server:{server.name}", connections=1), holder=self._holder)
            except LimitsAwayError:
                return
