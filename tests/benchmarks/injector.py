"""The bare pipelined injector: what Python can do at best with the same bytes, and nothing else.

No database, no journal, nothing recorded. Each process joins the constant segments that our own compiler made with slot
values, and writes the body of one message and MAIL, RCPT and DATA of the next in one write. Slot values are computed
before the clock starts (`filling=False`, the reference), or as the engine computes them (`filling=True`).
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import select
import socket
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.composition.compiling import Compiled, Reader
from newsletter.delivery import message_ids
from newsletter.lib import links
from tests.benchmarks.readers import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

SENDER = b"wici@example.org"
SALT = "0123456789abcdef0123456789abcdef"
REPLIES_PER_MESSAGE = 4
"""To the dot, MAIL, RCPT and DATA; each one line."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to send."""

    compiled: Compiled
    newsletter_id: int
    number: int
    processes: int
    connections: int
    """Per process."""
    filling: bool = False


def messages_per_second(load: Load, *, port: int) -> float:
    """How fast it sends `load`, from the moment all connections are open to the last reply."""
    shares = [range(start, load.number, load.processes) for start in range(load.processes)]
    ready, go = os.pipe(), os.pipe()
    children = [_forked(functools.partial(_work, load, port, share, ready[1], go[0])) for share in shares]
    for _ in children:
        os.read(ready[0], 1)
    started = time.perf_counter()
    os.write(go[1], b"." * len(children))
    ended = [os.waitpid(child, 0)[1] for child in children]
    seconds = time.perf_counter() - started
    for end in (*ready, *go):
        os.close(end)
    assert not any(ended), "the injector failed"
    return load.number / seconds


def _forked(work: Callable[[], None]) -> int:
    """A bare fork: what multiprocessing would tidy up in the child (Celery's pools) belongs to us."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return child


def _work(load: Load, port: int, share: range, ready: int, go: int) -> None:
    body_of = _filling(load, share) if load.filling else _joining(load, share)
    opened = [_open(port) for _ in range(load.connections)]
    gc.collect()
    gc.freeze()
    gc.disable()
    os.write(ready, b".")
    os.read(go, 1)
    (_one if load.connections == 1 else _many)(opened, body_of, share)


def _one(opened: list[socket.socket], body_of: Callable[[int], bytes], share: range) -> None:
    connection = opened[0]
    connection.sendall(_envelope(share[0]))
    _hear(connection, REPLIES_PER_MESSAGE - 1)
    for place, number in enumerate(share):
        last = place + 1 == len(share)
        connection.sendall(body_of(place) + (b"" if last else _envelope(number + share.step)))
        _hear(connection, 1 if last else REPLIES_PER_MESSAGE)


def _hear(connection: socket.socket, lines: int) -> None:
    while lines > 0:
        lines -= connection.recv(4096).count(b"\n")


def _many(opened: list[socket.socket], body_of: Callable[[int], bytes], share: range) -> None:
    """Several connections: whoever has its replies gets the next message."""
    poll, by_number = select.epoll(), {each.fileno(): each for each in opened}
    upcoming = iter(range(len(share)))
    waits: dict[int, tuple[int | None, int]] = {}
    """Per connection the place whose envelope it has, and how many replies are missing."""
    for number, connection in by_number.items():
        poll.register(number, select.EPOLLIN)
        place = next(upcoming)
        connection.sendall(_envelope(share[place]))
        waits[number] = (place, REPLIES_PER_MESSAGE - 1)
    while waits:
        for number, _event in poll.poll():
            place_now, lines = waits[number]
            lines -= by_number[number].recv(4096).count(b"\n")
            if lines > 0:
                waits[number] = (place_now, lines)
            elif place_now is None:
                del waits[number]
            else:
                after = next(upcoming, None)
                envelope = b"" if after is None else _envelope(share[after])
                by_number[number].sendall(body_of(place_now) + envelope)
                waits[number] = (after, 1 if after is None else REPLIES_PER_MESSAGE)


def _joining(load: Load, share: range) -> Callable[[int], bytes]:
    """Slot values ready; what is left is to put them in place and join."""
    date, reader_of = timezone.localtime(), _readers(load)
    constant, places = _places(load.compiled, reader_of)
    values = []
    for number in share:
        mine = load.compiled.parts(reader_of(number), date=date)
        values.append([mine[place] for place in places])

    def body_of(place: int) -> bytes:
        for gap, value in zip(places, values[place], strict=True):
            constant[gap] = value
        return b"".join(constant)

    return body_of


def _places(compiled: Compiled, reader_of: Callable[[int], Reader]) -> tuple[list[bytes], list[int]]:
    """The parts with their end, and where two readers differ."""
    parts, other = (compiled.parts(reader_of(number), date=timezone.localtime()) for number in (0, 1))
    assert b"\r\n." not in b"".join(parts), "this message would need dot-stuffing"
    return [*parts, b".\r\n"], [place for place, (one, two) in enumerate(zip(parts, other, strict=True)) if one != two]


def _filling(load: Load, share: range) -> Callable[[int], bytes]:
    """Everything is computed per reader, as the engine does."""
    date = timezone.localtime()
    reader_of = _readers(load)
    return lambda place: load.compiled.fill(reader_of(share[place]), date=date) + b".\r\n"


def _readers(load: Load) -> Callable[[int], Reader]:
    """What computes the values of one reader, as the engine does."""
    unsubscribe, preferences = (
        links.tokens(purpose, newsletter_id=load.newsletter_id)
        for purpose in (links.Purpose.UNSUBSCRIBE, links.Purpose.PREFERENCES)
    )
    message_id_of = message_ids.writer(salt=SALT, domain="example.org")

    def reader_of(number: int) -> Reader:
        person = uuid.UUID(int=number + (1 << 100))
        return Reader(
            f"reader{number}@example.org",
            NAMES[number % len(NAMES)],
            message_id_of(number + 1),
            unsubscribe(person),
            preferences(person),
        )

    return reader_of


def _envelope(number: int) -> bytes:
    return b"MAIL FROM:<%b>\r\nRCPT TO:<reader%d@example.org>\r\nDATA\r\n" % (SENDER, number)


def _open(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _hear(connection, 1)
    connection.sendall(b"EHLO injector.example.org\r\n")
    said = b""
    while b"\n250 " not in said:
        said += connection.recv(4096)
    return connection
