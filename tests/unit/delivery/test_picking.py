"""delivery.picking: whose turn is next, as the connections allow it (S11)."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from newsletter.delivery.allowing import Allowance
from newsletter.delivery.claiming import Claim
from newsletter.delivery.picking import Pile

if TYPE_CHECKING:
    from newsletter.delivery.wires import Wire

FREELY = {"": Allowance(100), "wp": Allowance(100)}


@dataclass
class AWire:
    """As much of a wire as the pile looks at."""

    begun: Counter[str] = field(default_factory=Counter)


def wire() -> Wire:
    return cast("Wire", AWire())


def row(number: int, provider: str = "") -> Claim:
    return Claim(number, 1, 1, 0, provider, uuid.UUID(int=number), f"{number}@example.org", "Ula")


def ids(pile: Pile, over: Wire) -> list[int]:
    taken = []
    while (claimed := pile.take(over, [])) is not None:
        taken.append(claimed.delivery_id)
    return taken


def test_providers_take_turns_and_each_keeps_its_order() -> None:
    pile = Pile([row(1), row(2), row(3), row(4, "wp"), row(5, "wp")], FREELY)
    assert len(pile) == 5
    assert ids(pile, wire()) == [1, 4, 2, 5, 3]
    assert len(pile) == 0


def test_what_is_put_back_goes_first() -> None:
    pile = Pile([row(1), row(2)], FREELY)
    first = pile.take(wire(), [])
    assert first is not None
    pile.put_back([first])
    pile.put_back([row(8), row(9)])
    assert ids(pile, wire()) == [8, 9, 1, 2]


def test_a_provider_whose_connections_are_all_busy_lets_the_others_go_first() -> None:
    pile = Pile([row(1, "wp"), row(2, "wp"), row(3)], {"": Allowance(9), "wp": Allowance(9, connections=1)})
    over, busy = wire(), [row(7, "wp")]
    assert pile.take(over, busy) == row(3)
    assert pile.take(over, busy) is None
    assert pile.take(over, []) == row(1, "wp")


def test_a_connection_that_carried_what_it_may_to_a_provider_carries_only_the_others_mail_s11() -> None:
    pile = Pile(
        [row(n, "google" if n % 2 else "") for n in range(8)], FREELY | {"google": Allowance(9, per_connection=2)}
    )
    first, second = wire(), wire()
    assert sorted(ids(pile, first)) == [0, 1, 2, 3, 4, 6]
    assert pile.wears(first)
    assert not pile.wears(second)
    assert ids(pile, second) == [5, 7]
    assert not pile.wears(second), "nobody waits any more"


def test_rows_are_taken_out_by_provider_by_id_and_all_at_once() -> None:
    pile = Pile([row(1), row(2, "wp"), row(3), row(4, "wp"), row(5)], FREELY)
    assert pile.leave_out({3, 4, 77}) == [row(3), row(4, "wp")]
    assert pile.pull("wp") == [row(2, "wp")]
    assert pile.pull("wp") == []
    assert list(pile) == [row(1), row(5)]
    assert pile.empty() == [row(1), row(5)]
    assert (len(pile), pile.take(wire(), [])) == (0, None)
