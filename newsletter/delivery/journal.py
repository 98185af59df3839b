"""What a worker was about to do and what it was told, noted in Redis so that it survives the worker's sudden death.

Per lease one hash `wici:journal:<lease>`: field `begun` holds the Redis server's run id, one field per delivery holds
`announced` just before the final dot and the server's reply after it. Notes are fire-and-forget writes on a connection of
their own that is told not to answer (CLIENT REPLY OFF): what was handed to the kernel arrives even after `kill -9`.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

import redis
from django.conf import settings

from newsletter.delivery.replies import Reply
from newsletter.lib.redis import connection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

KEPT_SECONDS = 5 * 24 * 3600
ANNOUNCED = "announced"
BEGUN = "begun"
PATIENCE = 2.0


class JournalError(Exception):
    """The journal cannot be written or read; without it nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the journal knows about one lease."""

    whole: bool
    """Whether it saw the lease begin and has lost nothing since."""
    replies: Mapping[int, Reply]
    announced: frozenset[int]
    """Deliveries whose dot was announced and never answered."""


class Journal:
    """The writing end, for one process. `begin` a lease, then note its deliveries."""

    def __init__(self) -> None:
        """Connect at first use."""
        self._socket: socket.socket | None = None
        self._prefix = b""

    def begin(self, lease: str) -> None:
        """Mark that `lease` begins, and wait until the journal has it.

        Raises:
            JournalError: Redis is away.
        """
        key = _key(lease)
        try:
            with connection().pipeline(transaction=True) as pipe:
                pipe.hset(key, BEGUN, _run_id())
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except redis.RedisError as error:
            raise JournalError from error
        self._prefix = b"*4\r\n$4\r\nHSET\r\n" + _bulk(key.encode())

    def announce(self, delivery_id: int) -> None:
        """Note that the final dot of `delivery_id` is about to go out.

        Raises:
            JournalError: the note could not be handed over.
        """
        self._write(delivery_id, ANNOUNCED)

    def replied(self, delivery_id: int, reply: Reply) -> None:
        """Note what the server answered to it.

        Raises:
            JournalError: the note could not be handed over.
        """
        self._write(delivery_id, f"{reply.code} {reply.enhanced or '-'} {reply.text}")

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _write(self, delivery_id: int, note: str) -> None:
        try:
            if self._socket is None:
                self._socket = _silent_connection()
            self._socket.sendall(self._prefix + _bulk(b"%d" % delivery_id) + _bulk(note.encode()))
        except OSError as error:
            self.close()
            raise JournalError from error


def read(lease: str) -> Page:
    """What is known about `lease`.

    Raises:
        JournalError: Redis is away; ask later, decide nothing now.
    """
    try:
        notes = cast("dict[str, str]", connection().hgetall(_key(lease)))
        whole = notes.pop(BEGUN, "") == _run_id()
    except redis.RedisError as error:
        raise JournalError from error
    return Page(
        whole=whole,
        replies={int(field): _reply_in(note) for field, note in notes.items() if note != ANNOUNCED},
        announced=frozenset(int(field) for field, note in notes.items() if note == ANNOUNCED),
    )


def _reply_in(note: str) -> Reply:
    code, enhanced, text = [*note.split(" ", 2), "", ""][:3]
    return Reply(int(code), enhanced.removeprefix("-"), text)


def _key(lease: str) -> str:
    return f"wici:journal:{lease}"


def _run_id() -> str:
    """Changes when Redis starts anew: notes older than its memory may be gone."""
    return str(cast("dict[str, str]", connection().info("server"))["run_id"])


def _bulk(data: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(data), data)


def _silent_connection() -> socket.socket:
    """A connection of our own to Redis that never answers (so that nothing unread can reset it when we die)."""
    parts = urlsplit(settings.REDIS_URL)
    raw = _plug(parts.scheme, parts.hostname or "127.0.0.1", parts.port or 6379)
    try:
        _introduce(raw, parts)
    except OSError:
        raw.close()
        raise
    return raw


def _introduce(raw: socket.socket, parts: SplitResult) -> None:
    if parts.password:
        raw.sendall(_command("AUTH", *filter(None, [unquote(parts.username or ""), unquote(parts.password)])))
        _expect_ok(raw)
    raw.sendall(_command("SELECT", parts.path.strip("/") or "0"))
    _expect_ok(raw)
    raw.sendall(_command("CLIENT", "REPLY", "OFF"))


def _plug(scheme: str, host: str, port: int) -> socket.socket:
    raw = socket.create_connection((host, port), timeout=PATIENCE)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if scheme == "rediss":
        import ssl  # noqa: PLC0415 (only where Redis is reached over TLS)

        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    return raw


def _command(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(_bulk(word.encode()) for word in words)


def _expect_ok(raw: socket.socket) -> None:
    if not raw.recv(512).startswith(b"+OK"):
        raise ConnectionError("Redis refused the journal's connection")
