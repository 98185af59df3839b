"""The Message-ID of one reader's copy: the same at every attempt, told by nothing but the mailing's salt (F3)."""

from __future__ import annotations

import hashlib
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OCTETS = 15
PAIRS = ["".join(pair) for pair in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]
"""Base 32 (RFC 4648) in lower case, ten bits at a time."""
SHIFTS = range(OCTETS * 8 - 10, -1, -10)


def message_id(*, salt: str, delivery_id: int, domain: str) -> str:
    """`<24 letters and digits>@domain` without angle brackets; unique per delivery, stable over retries."""
    return writer(salt=salt, domain=domain)(delivery_id)


def writer(*, salt: str, domain: str) -> Callable[[int], str]:
    """What writes `message_id` of one mailing for one delivery after the other."""
    keyed = hashlib.blake2b(key=salt.encode(), digest_size=OCTETS)

    def message_id_of(delivery_id: int) -> str:
        key = keyed.copy()
        key.update(delivery_id.to_bytes(8, "big"))
        bits = int.from_bytes(key.digest(), "big")
        return "".join([PAIRS[bits >> shift & 1023] for shift in SHIFTS]) + "@" + domain

    return message_id_of
