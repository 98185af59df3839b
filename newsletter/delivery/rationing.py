"""How many messages our servers may still carry: tokens of their limits, taken in handfuls as messages go out (S11).

A server without a limit costs nothing. What was taken and not used within a second or two is given back, so that the moment
of taking is about the moment of sending.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import recounting, throttling
from newsletter.delivery.throttling import Limit, LimitsAwayError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from newsletter.lib.servers import Server

HANDFUL = 100
"""Tokens asked for at once; a limit per second gives a quarter of a second's worth at most."""
FRESH_SECONDS = 1.0
"""Tokens older than this go back."""
ASK_AGAIN = 1.0
"""Seconds to wait while Redis is away."""


@dataclass(slots=True)
class _Hand:
    limit: Limit
    counts: bool
    tokens: int = 0
    taken: float = 0.0
    again: float = 0.0
    """When (`time.monotonic()`) asking is worth it, where no token is left."""
    is_away: bool = False


class Purse:
    """The tokens in one process's hand, per server."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        """Hold nothing yet; `clock` tells the time (aware)."""
        self._clock = clock
        self._hands: dict[str, _Hand] = {}

    def may_carry(self, server: Server) -> bool:
        """Whether `server` may be given one more message now; takes a handful where that is due."""
        hand = self._hands.get(server.name)
        if hand is None:
            limit = limit_of(server)
            hand = self._hands[server.name] = _Hand(limit, limit.counts)
        if not hand.counts:
            return True
        if not hand.tokens and time.monotonic() >= hand.again:
            self._take(hand)
        return hand.tokens > 0

    def spend(self, server: Server) -> None:
        """One message goes to `server`."""
        self._hands[server.name].tokens -= 1

    def wait(self, servers: Iterable[Server]) -> float:
        """Seconds until the first of `servers` may carry again; 0 where one may now."""
        hands = [self._hands.get(server.name) for server in servers]
        waits = [hand.again - time.monotonic() if hand and hand.counts and not hand.tokens else 0 for hand in hands]
        return max(0.0, min(waits, default=0.0))

    def is_away(self) -> bool:
        """Whether nobody knows what some server may carry, because Redis did not answer."""
        return any(hand.is_away for hand in self._hands.values())

    def give_back(self, *, older_than: float = -1.0) -> None:
        """Return the tokens taken more than so many seconds ago. Where Redis is away they stay taken: rather too little."""
        for hand in self._hands.values():
            if hand.counts and hand.tokens > 0 and time.monotonic() - hand.taken > older_than:
                tokens, hand.tokens = hand.tokens, 0
                with contextlib.suppress(LimitsAwayError):
                    throttling.give_back(limits=[hand.limit], number=tokens)

    def _take(self, hand: _Hand) -> None:
        now = time.monotonic()
        try:
            handful = throttling.take(
                limits=[hand.limit],
                wanted=HANDFUL,
                recount=lambda lost: recounting.recount(limit=lost, now=self._clock()),
            )
        except LimitsAwayError:
            hand.is_away, hand.again = True, now + ASK_AGAIN
        else:
            hand.is_away, hand.tokens, hand.taken = False, handful.granted, now
            hand.again = now + handful.wait


def limit_of(server: Server) -> Limit:
    """What `server` may carry, over all workers."""
    rates = (server.per_second or 0, server.per_hour or 0, server.per_day or 0)
    return Limit(f"server:{server.name}", *rates)
