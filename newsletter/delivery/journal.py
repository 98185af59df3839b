"""What a worker was about to do and what it was told, noted in Redis so that it survives the worker's sudden death.

Per lease one list `wici:journal:{<lease>}`, its page. The first entry holds the Redis server's run id and how long it keeps
what it answered for (see `_memory`). Each further one holds the notes of one turn of the sending loop, a line each:
`<delivery> announced <server>` from just before a final dot, `<delivery> <code> <server> <enhanced> <text>` after the reply.

No final dot goes out before Redis has answered for its note: an announcement is never later than its dot, whoever dies. One
answer for many messages costs microseconds each, and while Redis writes the worker fills the next messages. Nothing unread is
ever left on the connection, so that its closing cannot reset what is still on its way to Redis.

Recovery closes a page by giving it another name. RPUSHX adds only to a list that is there, so nobody writes on a closed page:
a worker that slept past its lease can let no more dot go out.
"""

from __future__ import annotations

import socket
import ssl
import struct
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

CLOSE = """if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('RENAME', KEYS[1], KEYS[2]) end
return redis.call('LRANGE', KEYS[2], 0, -1)"""
KEPT_SECONDS = 5 * 24 * 3600
ANNOUNCED = "announced"
ALWAYS, FORGETS = "always", "forgets"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PATIENCE = 2.0
CLOSED = b":0"


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
        self._owes = False
        """Whether Redis still has to answer."""

    def begin(self, lease: int) -> None:
        """Mark that `lease` begins, and wait until the journal has it.

        Raises:
            JournalError: Redis is away.
        """
        key = _key(lease)
        try:
            with connection().pipeline(transaction=True) as pipe:
                pipe.rpush(key, f"{_run_id()} {_memory()}")
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except redis.RedisError as error:
            raise JournalError from error
        self._head = b"*3\r\n" + _bulk(b"RPUSHX") + _bulk(key.encode())

    def post(self, notes: Sequence[bytes]) -> None:
        """Let `notes` (from `announcement` and `answer`) go to Redis; ask `is_kept` before relying on them.

        Raises:
            JournalError: it may not have them.
        """
        if not notes:
            return
        try:
            self._connected().sendall(self._head + _bulk(b"\n".join(notes)))
        except OSError as error:
            self.close()
            raise JournalError from error
        self._owes = True

    def is_kept(self) -> bool:
        """Wait until Redis has answered for what was posted.

        False, and nothing is kept, where the page is closed: recovery settles these rows, or Redis forgot them.

        Raises:
            JournalError: it may not have them.
        """
        if not self._owes:
            return True
        try:
            said = self._connected().recv(512)
        except OSError as error:
            self.close()
            raise JournalError from error
        if said[:1] != b":" or said[-2:] != b"\r\n":
            self.close()
            raise JournalError(said)
        self._owes = False
        return said[:-2] != CLOSED

    def write(self, notes: Sequence[bytes]) -> bool:
        """`post` and `is_kept`."""
        self.post(notes)
        return self.is_kept()

    def close(self) -> None:
        """Hang up."""
        self._owes = False
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = _own_connection()
        return self._socket


def announcement(delivery_id: int, server: str) -> bytes:
    """The note that the final dot of `delivery_id` is about to go out to `server`."""
    return f"{delivery_id} {ANNOUNCED} {server}".encode()


def answer(delivery_id: int, server: str, reply: Reply) -> bytes:
    """The note of what `server` replied to it."""
    return f"{delivery_id} {reply.code} {server} {reply.enhanced or '-'} {reply.text}".encode()


def close(lease: int) -> Page:
    """What is known about `lease`; from now on nobody can note anything under it, so nobody can send.

    Raises:
        JournalError: Redis is away; ask later, decide nothing now.
    """
    try:
        found = cast("list[str]", connection().eval(CLOSE, 2, _key(lease), f"{_key(lease)}:closed"))
        run_id, _space, memory = (found or [""])[0].partition(" ")
        alive = run_id == _run_id()
    except redis.RedisError as error:
        raise JournalError from error
    notes = (note.split(" ", 4) for turn in found[1:] for note in turn.split("\n"))
    words = {int(delivery): note for delivery, *note in notes}
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
    """The braces keep a page and its other name on one node of a Redis cluster."""
    return f"wici:journal:{{{lease:x}}}"


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
        _let_the_system_watch(raw)
    except OSError:
        raw.close()
        raise
    return raw


def _let_the_system_watch(raw: socket.socket) -> None:
    """With Python's timeouts each call would be two; a time that ran out is an OSError (EAGAIN) either way."""
    if not isinstance(raw, ssl.SSLSocket):
        raw.settimeout(None)
        for which in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            raw.setsockopt(socket.SOL_SOCKET, which, struct.pack("ll", int(PATIENCE), 0))


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
        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    return raw


def _command(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(_bulk(word.encode()) for word in words)


def _expect_ok(raw: socket.socket) -> None:
    if not raw.recv(512).startswith(b"+OK"):
        raise ConnectionError("Redis refused the journal's connection")
