"""A mail server that only counts, in a process of its own: as fast as Python goes, so that it is not what is measured.

Run as `python -m tests.benchmarks.sink HOST PORT FILE DELAY MANNER`. Every reply leaves DELAY seconds late: in MANNER `each` one after
the other (a server that thinks about every command), in MANNER `line` all replies to what came together, together (a
server far away). However many connections there are, none waits for another.

On SIGUSR1 it writes what it took since the last time into FILE, as one JSON object (see `sinks.Taken`), and begins anew.
"""

from __future__ import annotations

import heapq
import json
import resource
import select
import signal
import socket
import sys
import time
from collections import Counter
from pathlib import Path

DOT = b"\r\n.\r\n"
AT_ONCE = 1 << 18
GREETING = b"220 sink.example.org ready\r\n"
OFFERS = b"250-sink.example.org\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
REPLIES = {
    b"MAIL": b"250 2.1.0 sender ok\r\n",
    b"EHLO": OFFERS,
    b"QUIT": b"221 2.0.0 bye\r\n",
}
TAKEN, RECIPIENT, GO_AHEAD, FINE = b"250 2.0.0 taken\r\n", b"250 2.1.5 ok\r\n", b"354 go ahead\r\n", b"250 2.0.0 ok\r\n"


class Connection:
    """One client."""

    __slots__ = ("has_said", "in_data", "left", "recipient", "said_until", "socket", "unsent")

    def __init__(self, accepted: socket.socket) -> None:
        self.socket = accepted
        self.left = b""
        self.in_data = False
        self.recipient = b""
        self.unsent = b""
        self.said_until = 0.0
        """When the last reply that waits is due."""
        self.has_said = False


class Sink:
    """All connections, in one loop."""

    def __init__(self, address: tuple[str, int], file: Path, delay: float, *, one_by_one: bool) -> None:
        self.listening = socket.create_server(address, backlog=1024)
        self.poll = select.epoll()
        self.poll.register(self.listening.fileno(), select.EPOLLIN)
        self.open: dict[int, Connection] = {}
        self.file, self.delay, self.one_by_one = file, delay, one_by_one
        self.late: list[tuple[float, int, Connection, bytes]] = []
        self.order = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        self.recipients: list[bytes] = []
        self.octets = 0
        self.users = 0
        self.users_at_once = 0
        for connection in self.open.values():
            connection.has_said = False

    def tell(self) -> None:
        """What was taken since the last time."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        facts = {
            "copies": len(self.recipients),
            "recipients": len(each := Counter(self.recipients)),
            "several": [recipient.decode() for recipient, copies in each.items() if copies > 1],
            "octets": self.octets,
            "connections": self.users,
            "connections_at_once": self.users_at_once,
            "cpu_seconds": used.ru_utime + used.ru_stime,
        }
        half = self.file.with_suffix(".half")
        half.write_text(json.dumps(facts))
        self.begin_anew()
        half.rename(self.file)

    def serve(self) -> None:
        while True:
            wait = max(0.0, self.late[0][0] - time.monotonic()) if self.late else -1
            for number, _event in self.poll.poll(wait):
                if number == self.listening.fileno():
                    self.accept()
                else:
                    self.receive(self.open[number])
            while self.late and self.late[0][0] <= time.monotonic():
                _due, _order, connection, reply = heapq.heappop(self.late)
                self.write(connection, reply)

    def accept(self) -> None:
        accepted, _address = self.listening.accept()
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open[accepted.fileno()] = connection = Connection(accepted)
        self.poll.register(accepted.fileno(), select.EPOLLIN)
        self.say(connection, [GREETING])

    def receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.octets += len(data)
            self.take(connection, connection.left + data if connection.left else data)
        else:
            self.forget(connection)

    def take(self, connection: Connection, data: bytes) -> None:
        """Answer everything that is complete in `data`; the beginning of what is not stays."""
        replies, at, size = [], 0, len(data)
        while at < size:
            if connection.in_data:
                end = data.find(DOT, at)
                if end < 0:
                    at = max(at, size - len(DOT) + 1)
                    break
                connection.in_data = False
                self.note(connection)
                replies.append(TAKEN)
                at = end + len(DOT)
            else:
                end = data.find(b"\r\n", at)
                if end < 0:
                    break
                replies.append(self.answer(connection, data[at:end]))
                at = end + 2
        connection.left = data[at:]
        self.say(connection, replies)

    def note(self, connection: Connection) -> None:
        self.recipients.append(connection.recipient)
        if not connection.has_said:
            connection.has_said = True
            self.users += 1
            self.users_at_once = max(self.users_at_once, sum(each.has_said for each in self.open.values()))

    def answer(self, connection: Connection, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            connection.recipient = line[line.find(b"<") + 1 : line.rfind(b">")]
            return RECIPIENT
        if verb == b"DATA":
            connection.in_data = True
            return GO_AHEAD
        return REPLIES.get(verb, FINE)

    def say(self, connection: Connection, replies: list[bytes]) -> None:
        if not self.delay:
            self.write(connection, b"".join(replies))
            return
        now = time.monotonic()
        for reply in replies:
            after = max(now, connection.said_until) if self.one_by_one else now
            connection.said_until = after + self.delay
            self.order += 1
            heapq.heappush(self.late, (connection.said_until, self.order, connection, reply))

    def write(self, connection: Connection, data: bytes) -> None:
        try:
            connection.unsent = (connection.unsent + data)[connection.socket.send(connection.unsent + data) :]
        except BlockingIOError:
            connection.unsent += data  # goes out with the next reply
        except OSError:
            self.forget(connection)

    def forget(self, connection: Connection) -> None:
        if connection.socket.fileno() >= 0:
            self.open.pop(connection.socket.fileno(), None)
            connection.socket.close()


def main(host: str, port: str, file: str, delay: str, manner: str) -> None:
    """Serve until somebody ends it."""
    sink = Sink((host, int(port)), Path(file), float(delay), one_by_one=manner == "each")
    signal.signal(signal.SIGUSR1, lambda _number, _frame: sink.tell())
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
    sink.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
