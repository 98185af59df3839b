"""The rows in hand that were not begun yet, and whose turn is next: per receiving provider, one after the other (S11)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from newsletter.delivery.allowing import Allowance
    from newsletter.delivery.claiming import Claim
    from newsletter.delivery.wires import Wire


class Pile:
    """What waits, in queues per receiving provider that take turns."""

    def __init__(self, claims: Iterable[Claim], allowed: Mapping[str, Allowance]) -> None:
        """`allowed` says how many connections may carry mail to a provider at a time, and how much each."""
        self._most = {key: each.connections for key, each in allowed.items() if each.connections}
        self._each = {key: each.per_connection for key, each in allowed.items() if each.per_connection}
        self._queues: dict[str, deque[Claim]] = {}
        self._turns: deque[str] = deque()
        self._number = 0
        for claimed in claims:
            self._add(claimed)

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Claim]:
        return (claimed for rows in self._queues.values() for claimed in rows)

    def take(self, wire: Wire, on_the_way: Collection[Claim]) -> Claim | None:
        """The next row that may go over `wire` while these are on the way; counted as gone over it. None: none may."""
        for _ in range(len(self._turns)):
            provider = self._turns[0]
            self._turns.rotate(-1)
            if self._is_free(provider, on_the_way) and not self._is_worn(wire, provider):
                return self._taken(provider, wire)
        return None

    def wears(self, wire: Wire) -> bool:
        """Whether somebody waits who would have to go over a fresh connection instead."""
        return any(self._is_worn(wire, provider) for provider in self._turns)

    def put_back(self, claims: Iterable[Claim]) -> None:
        """Before all others of their providers, in this order."""
        for claimed in reversed(list(claims)):
            self._add(claimed, first=True)

    def pull(self, provider: str) -> list[Claim]:
        """Take out all rows of one provider."""
        gone = list(self._queues.pop(provider, ()))
        self._number -= len(gone)
        self._turns = deque(self._queues)
        return gone

    def leave_out(self, delivery_ids: Collection[int]) -> list[Claim]:
        """Take out the rows with these ids."""
        gone = [claimed for claimed in self if claimed.delivery_id in delivery_ids]
        for provider in {claimed.provider for claimed in gone}:
            kept = [each for each in self.pull(provider) if each.delivery_id not in delivery_ids]
            self.put_back(kept)
        return gone

    def empty(self) -> list[Claim]:
        """Take out everything."""
        return [claimed for provider in list(self._queues) for claimed in self.pull(provider)]

    def _add(self, claimed: Claim, *, first: bool = False) -> None:
        if claimed.provider not in self._queues:
            self._queues[claimed.provider] = deque()
            self._turns.append(claimed.provider)
        rows = self._queues[claimed.provider]
        (rows.appendleft if first else rows.append)(claimed)
        self._number += 1

    def _taken(self, provider: str, wire: Wire) -> Claim:
        rows = self._queues[provider]
        claimed = rows.popleft()
        self._number -= 1
        if not rows:
            del self._queues[provider]
            self._turns.remove(provider)
        if provider in self._each:
            wire.begun[provider] += 1
        return claimed

    def _is_free(self, provider: str, on_the_way: Collection[Claim]) -> bool:
        most = self._most.get(provider)
        return not most or sum(each.provider == provider for each in on_the_way) < most

    def _is_worn(self, wire: Wire, provider: str) -> bool:
        most = self._each.get(provider)
        return bool(most) and wire.begun[provider] >= (most or 0)
