"""The Message-ID of one reader's copy: the same at every attempt, told by nothing but the mailing's salt (F3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OCTETS = 15


def message_id(*, salt: str, delivery_id: int, domain: str) -> str:
    """`<30 hexadecimal digits>@domain` without angle brackets; unique per delivery, stable over retries."""
    return writer(salt=salt, domain=domain)(delivery_id)


def writer(*, salt: str, domain: str) -> Callable[[int], str]:
    """What writes `message_id` of one mailing for one delivery after the other."""
    keyed, ours = hashlib.blake2b(key=salt.encode(), digest_size=OCTETS), "@" + domain

    def message_id_of(delivery_id: int) -> str:
        key = keyed.copy()
        key.update(delivery_id.to_bytes(8, "big"))
        return key.hexdigest() + ours

    return message_id_of
