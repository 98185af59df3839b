"""What a worker was about to do and what it was told, noted in Redis so that it survives the worker's sudden death.

Per lease one hash `wici:journal:<lease>`: field `begun` holds the Redis server's run id and how long it keeps what it
answered for (see `_memory`), one field per delivery holds `announced <server>` from just before its final dot and the
server's reply after it.

All notes of one turn of the sending loop go out in one command, and no final dot goes out before Redis has answered for it:
an announcement is never later than its dot, whoever dies. One answer for many messages costs microseconds each. Nothing
unread is ever left on the connection, so that its closing cannot reset what is still on its way to Redis.
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
    from collections.abc import Mapping, Sequence
    from urllib.parse import SplitResult

CLOSE = """local begun = redis.call('HGET', KEYS[1], 'begun')
if begun then redis.call('HSET', KEYS[1], 'closed', begun) redis.call('HDEL', KEYS[1], 'begun') end
return redis.call('HGETALL', KEYS[1])"""
KEPT_SECONDS = 5 * 24 * 3600
ANNOUNCED = "announced"
BEGUN, CLOSED = "begun", "closed"
ALWAYS, FORGETS = "always", "forgets"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE = 2.0
NOTE = b"""if redis.call('HGET', KEYS[1], 'begun') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2)) return 1"""
"""Nobody writes on a page that recovery has closed: a worker that slept past its lease can let no more dot go out."""


class JournalError(Exception):
    """The journal cannot be written or read; without it nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the journal knows about one lease."""

    is_lost: bool
    """Whether what is not noted here may have happened all the same: Redis died and has a short memory, or was emptied."""
    replies: Mapping[int, Reply]
    announced: frozenset[int]
    """Deliveries whose dot was announced and never answered."""
    servers: Mapping[int, str]
    """Which mail server each of them went to."""


class Journal:
    """The writing end, for one process. `begin` a lease, then note its deliveries."""

    def __init__(self) -> None:
        """Connect at first use."""
        self._socket: socket.socket | None = None
        self._head = b""

    def begin(self, lease: int) -> None:
        """Mark that `lease` begins, and wait until the journal has it.

        Raises:
            JournalError: Redis is away.
        """
        key = _key(lease)
        try:
            begun = f"{_run_id()} {_memory()}"
            with connection().pipeline(transaction=True) as pipe:
                pipe.hset(key, BEGUN, begun)
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except redis.RedisError as error:
            raise JournalError from error
        self._head = b"".join(map(_bulk, (b"EVAL", NOTE, b"1", key.encode(), begun.encode())))

    def write(self, notes: Sequence[bytes]) -> bool:
        """Keep `notes` (from `announcement` and `answer`), and wait until Redis has them.

        False, and nothing is kept, where the page is closed: recovery settles these rows, or Redis forgot them.

        Raises:
            JournalError: it may not have them.
        """
        if not notes:
            return True
        try:
            connected = self._connected()
            connected.sendall(b"*%d\r\n%b%b" % (5 + 2 * len(notes), self._head, b"".join(notes)))
            said = connected.recv(512)
        except OSError as error:
            self.close()
            raise JournalError from error
        if said not in {b":0\r\n", b":1\r\n"}:
            self.close()
            raise JournalError(said)
        return said == b":1\r\n"

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = _own_connection()
        return self._socket


def announcement(delivery_id: int, server: str) -> bytes:
    """The note that the final dot of `delivery_id` is about to go out to `server`."""
    return _bulk(b"%d" % delivery_id) + _bulk(f"{ANNOUNCED} {server}".encode())


def answer(delivery_id: int, server: str, reply: Reply) -> bytes:
    """The note of what `server` replied to it."""
    return _bulk(b"%d" % delivery_id) + _bulk(f"{reply.code} {server} {reply.enhanced or '-'} {reply.text}".encode())


def close(lease: int) -> Page:
    """What is known about `lease`; from now on nobody can note anything under it, so nobody can send.

    Raises:
        JournalError: Redis is away; ask later, decide nothing now.
    """
    try:
        found = cast("list[str]", connection().eval(CLOSE, 1, _key(lease)))
        notes = dict(zip(found[::2], found[1::2], strict=True))
        run_id, _space, memory = notes.pop(CLOSED, "").partition(" ")
        alive = run_id == _run_id()
    except redis.RedisError as error:
        raise JournalError from error
    words = {int(field): note.split(" ", 3) for field, note in notes.items()}
    return Page(
        is_lost=not alive and memory not in {ALWAYS, _this_run_of_the_machine()} - {FORGETS},
        replies={pk: _reply_in(note) for pk, note in words.items() if note[0] != ANNOUNCED},
        announced=frozenset(pk for pk, note in words.items() if note[0] == ANNOUNCED),
        servers={pk: note[1] for pk, note in words.items()},
    )


def _reply_in(note: Sequence[str]) -> Reply:
    code, _server, enhanced, text = note
    return Reply(int(code), enhanced.removeprefix("-"), text)


def _key(lease: int) -> str:
    return f"wici:journal:{lease:x}"


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


def _own_connection() -> socket.socket:
    """A bare connection to Redis: a client library would cost more than the note itself."""
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
