"""What a worker was about to do and what it was told, noted in Redis so that it survives the worker's sudden death.

Per lease one hash `wici:journal:<lease>`: field `begun` holds the Redis server's run id and how long it keeps what it
answered for (see `_memory`), one field per delivery holds `announced` just before the final dot
and the server's reply after it. Notes are fire-and-forget writes on a connection of their own that is told not to answer
(CLIENT REPLY OFF): what was handed to the kernel arrives even after `kill -9` of the worker.

When Redis itself dies, the last notes may die with it. So every `LAG` announcements the writer waits until Redis has
answered for all of them: after a restart of a Redis that keeps its word, at most `LAG - 1` announcements are missing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

import redis
from django.conf import settings

from newsletter.delivery.replies import Reply
from newsletter.lib.redis import connection
from newsletter.lib.servers import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

KEPT_SECONDS = 5 * 24 * 3600
ANNOUNCED = "announced"
BEGUN = "begun"
ALWAYS, FORGETS = "always", "forgets"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE = 2.0
LAG = 4
"""Announcements between two waits for Redis."""


class JournalError(Exception):
    """The journal cannot be written or read; without it nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the journal knows about one lease."""

    lag: int | None
    """How many of the latest announcements may be missing: 0 while Redis lives, None when the page itself is lost."""
    replies: Mapping[int, Reply]
    announced: frozenset[int]
    """Deliveries whose dot was announced and never answered."""


class Journal:
    """The writing end, for one process. `begin` a lease, then note its deliveries."""

    def __init__(self) -> None:
        """Connect at first use."""
        self._socket: socket.socket | None = None
        self._prefix = b""
        self._unanswered = 0

    def begin(self, lease: str) -> None:
        """Mark that `lease` begins, and wait until the journal has it.

        Raises:
            JournalError: Redis is away.
        """
        key = _key(lease)
        try:
            with connection().pipeline(transaction=True) as pipe:
                pipe.hset(key, BEGUN, f"{_run_id()} {_memory()}")
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
        self._unanswered += 1
        if self._unanswered >= LAG:
            self._wait_for_answer()

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
            self._connected().sendall(self._prefix + _bulk(b"%d" % delivery_id) + _bulk(note.encode()))
        except OSError as error:
            self.close()
            raise JournalError from error

    def _wait_for_answer(self) -> None:
        """Let Redis speak once: its OK comes after everything before it was carried out and kept."""
        try:
            connected = self._connected()
            connected.sendall(SPEAK_ONCE)
            _expect_ok(connected)
        except OSError as error:
            self.close()
            raise JournalError from error
        self._unanswered = 0

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = _silent_connection()
        return self._socket


def read(lease: str) -> Page:
    """What is known about `lease`.

    Raises:
        JournalError: Redis is away; ask later, decide nothing now.
    """
    try:
        notes = cast("dict[str, str]", connection().hgetall(_key(lease)))
        run_id, _space, memory = notes.pop(BEGUN, "").partition(" ")
        alive = run_id == _run_id()
    except redis.RedisError as error:
        raise JournalError from error
    return Page(
        lag=0 if alive else LAG - 1 if memory in {ALWAYS, _this_run_of_the_machine()} - {FORGETS} else None,
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


def _memory() -> str:
    """What everything this Redis has answered for outlives, besides its own death: `always`, or one run of the machine.

    With `appendfsync always` it lies on the disk before the answer; with `appendfsync no` it is in the hands of the system,
    which forgets only when it goes down itself (and with `everysec` the answer may come first: not trusted). One that does
    not tell is not trusted either, nor is one with replicas: the replica that takes over may lack the last notes.
    """
    try:
        kept = cast("dict[str, str]", connection().config_get("append*"))
        replicas = cast("dict[str, int]", connection().info("replication"))["connected_slaves"]
    except redis.ResponseError:  # a hosted Redis that forbids CONFIG
        return FORGETS
    match kept.get("appendonly"), kept.get("appendfsync"), replicas:
        case "yes", "always", 0:
            return ALWAYS
        case "yes", "no", 0:
            return _this_run_of_the_machine()
        case _:
            return FORGETS


def _this_run_of_the_machine() -> str:
    """A word that changes when the machine starts anew, where Redis runs on it beside us."""
    nearby = urlsplit(settings.REDIS_URL).hostname in LOOPBACK
    return BOOT_ID.read_text().strip() if nearby and BOOT_ID.exists() else FORGETS


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


SPEAK_ONCE = _command("CLIENT", "REPLY", "ON") + _command("CLIENT", "REPLY", "OFF")


def _expect_ok(raw: socket.socket) -> None:
    if not raw.recv(512).startswith(b"+OK"):
        raise ConnectionError("Redis refused the journal's connection")
