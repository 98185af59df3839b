"""The Message-ID of one reader's copy: the same at every attempt, told by nothing but the mailing's salt (F3)."""

from __future__ import annotations

import base64
import hashlib

OCTETS = 15


def message_id(*, salt: str, delivery_id: int, domain: str) -> str:
    """`<24 letters and digits>@domain` without angle brackets; unique per delivery, stable over retries."""
    key = hashlib.blake2b(delivery_id.to_bytes(8, "big"), key=salt.encode(), digest_size=OCTETS)
    return f"{base64.b32encode(key.digest()).decode().lower()}@{domain}"
