"""Signs and reads every public link. Each purpose has its own key, so a token for one opens nothing else (X4).

A token is base64url over `person (16 bytes) | newsletter id (4) | [issued at (4)] | MAC (16)`: fixed length, opaque, no
secret of the reader's inside. Keys derive from SECRET_KEY and, for reading, from each of SECRET_KEY_FALLBACKS, so links in
old mails outlive a rotation (H6).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import functools
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

MAC_BYTES = 16
TOKEN_LENGTH = 48
"""Characters of a token without a moment: 36 bytes."""
URL_SAFE = bytes.maketrans(b"+/", b"-_")
EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class Purpose(StrEnum):
    """What a link may do, and nothing else."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


MAX_AGE = {Purpose.CONFIRM: dt.timedelta(hours=72)}
"""Purposes whose links expire. The others live as long as the mail they stand in."""

PATHS = {Purpose.CONFIRM: "c", Purpose.UNSUBSCRIBE: "u", Purpose.PREFERENCES: "p"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token says: this person, this newsletter."""

    subscriber: uuid.UUID
    newsletter_id: int


class LinkError(Exception):
    """A link that opens nothing.

    LinkError
    ├── LinkTamperedError   not ours, cut short, or for another purpose: answer 404
    └── LinkExpiredError    ours, but too old: answer 410
    """


class LinkTamperedError(LinkError):
    """The token was not issued by us for this purpose."""


class LinkExpiredError(LinkError):
    """The token was ours and is too old; `grant` says for whom it was."""

    def __init__(self, grant: Grant) -> None:
        super().__init__("link expired")
        self.grant = grant


def url_for(purpose: Purpose, *, subscriber: uuid.UUID, newsletter_id: int, now: dt.datetime) -> str:
    """The absolute address of a signed link."""
    return address_of(purpose) + sign(purpose, subscriber=subscriber, newsletter_id=newsletter_id, now=now)


def address_of(purpose: Purpose) -> str:
    """What stands before the token, the same for everybody."""
    return f"{settings.SITE_URL}/{PATHS[purpose]}/"


def tokens(purpose: Purpose, *, newsletter_id: int) -> Callable[[uuid.UUID], bytes]:
    """What writes the token (`TOKEN_LENGTH` octets of ASCII) of one purpose and newsletter for one person after the other.

    As `sign` does, at a third of its cost, and only for a purpose whose links do not expire.
    """
    assert purpose not in MAX_AGE  # noqa: S101 (its token would need the moment)
    which, block = newsletter_id.to_bytes(4, "big"), _keys(purpose)[0].ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(octet ^ pad for octet in block)) for pad in (0x36, 0x5C))

    def token_of(subscriber: uuid.UUID) -> bytes:
        body, inside, mac = subscriber.bytes + which, inner.copy(), outer.copy()  # HMAC as RFC 2104 writes it
        inside.update(body)
        mac.update(inside.digest())
        signed = body + mac.digest()[:MAC_BYTES]
        return binascii.b2a_base64(signed, newline=False).translate(URL_SAFE)  # 36 bytes need no padding

    return token_of


def sign(purpose: Purpose, *, subscriber: uuid.UUID, newsletter_id: int, now: dt.datetime) -> str:
    """A token for one purpose, person and newsletter; carries its hour of issue only where the purpose expires."""
    body = subscriber.bytes + newsletter_id.to_bytes(4, "big")
    if purpose in MAX_AGE:
        body += int((now - EPOCH).total_seconds()).to_bytes(4, "big")
    return base64.urlsafe_b64encode(body + _mac(_keys(purpose)[0], body)).rstrip(b"=").decode()


def read(purpose: Purpose, token: str, *, now: dt.datetime) -> Grant:
    """The grant in `token`.

    Raises:
        LinkTamperedError: not a token of this purpose.
        LinkExpiredError: issued longer ago than the purpose allows.
    """
    raw = _decoded(token)
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    expires = purpose in MAX_AGE
    if len(body) != (24 if expires else 20) or not _is_ours(purpose, body, mac):
        raise LinkTamperedError
    grant = Grant(subscriber=uuid.UUID(bytes=body[:16]), newsletter_id=int.from_bytes(body[16:20], "big"))
    if expires and now - EPOCH > MAX_AGE[purpose] + dt.timedelta(seconds=int.from_bytes(body[20:], "big")):
        raise LinkExpiredError(grant)
    return grant


def _decoded(token: str) -> bytes:
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise LinkTamperedError from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise LinkTamperedError  # a second spelling of the same bytes is not a token we wrote
    return raw


def _is_ours(purpose: Purpose, body: bytes, mac: bytes) -> bool:
    return any(hmac.compare_digest(_mac(key, body), mac) for key in _keys(purpose))


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:MAC_BYTES]


def _keys(purpose: Purpose) -> tuple[bytes, ...]:
    return _derived(purpose, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@functools.lru_cache(maxsize=64)
def _derived(purpose: Purpose, *secrets: str) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(f"wici.links.{purpose}.{secret}".encode()).digest() for secret in secrets)
