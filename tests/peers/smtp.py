"""A scripted SMTP server in a process of its own. It notes every copy it takes, and misbehaves exactly as told.

Run as `python -m tests.peers.smtp PORT LOG SCRIPT`, SCRIPT being a `Script` as JSON. Every copy that it answers with 250, or
would have answered, becomes one line `message-id <tab> recipient` in LOG before the answer goes out.

On its standard input it takes orders, one per line: `gate STAGE NUMBER`, `go`, `script JSON`, `again LOG` (see `Peer`). At a
gate it stops reading and answering altogether, on all connections, says `at STAGE NUMBER`, and waits for `go`. When its input
ends, so does it: whoever started it is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = re.compile(rb"<([^>]*)>")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"
HEADERS = 2000
"""So many bytes of a message are searched for its Message-ID."""
STAGES = ("mail", "data", "dot", "reply")
"""Gates: before the answer to MAIL, to DATA, to the final dot (the copy is noted), and just after that answer."""


@dataclass
class Script:
    """How to behave. A recipient's entry: [stage (mail, rcpt, data, dot), reply, how many times (0: always)]."""

    offers: list[str] = field(
        default_factory=lambda: ["PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"]
    )
    greeting: str = "220 peer.example.org ready"
    replies: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    drop_after_dot: dict[str, int] = field(default_factory=dict)
    """Recipients whose copy is taken and then answered by hanging up, this many times."""
    most_per_connection: int = 0
    """After so many messages `enough` is the answer to MAIL, and after 421 goodbye; 0: never."""
    enough: str = "421 4.3.2 enough for one connection"
    mail: str = "250 2.1.0 sender ok"
    """The answer to MAIL."""
    delay: float = 0.0
    """Seconds before every reply."""
    keep_messages: bool = False
    """Whether to write each message's bytes beside the log, as <log>.<number>.eml."""
    odds: dict[str, float] = field(default_factory=dict)
    """What happens to one dot in how many, at random: `drop` (taken, then it hangs up), or a reply to refuse it with."""
    seed: int = 0


class Desk:
    """What all connections share: the log, the script, the gates, and the counting of what came."""

    def __init__(self, script: Script, log: str) -> None:
        self.script = script
        self.gates: dict[tuple[str, int], bool] = {}
        self.orders = b""
        self.open_log(log)

    def open_log(self, log: str) -> None:
        """Begin to count, and to note, anew."""
        self.folder = log
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.seen = dict.fromkeys(STAGES, 0)
        self.dice = random.Random(self.script.seed)  # noqa: S311 (a test that can be repeated)

    def reached(self, stage: str) -> bool:
        """Count; whether a gate stands here."""
        self.seen[stage] += 1
        return bool(self.gates) and self.gates.pop((stage, self.seen[stage]), False)

    def wait_at(self, stage: str) -> None:
        """Say where we stand, and do nothing at all before `go`."""
        os.write(1, f"at {stage} {self.seen[stage]}\n".encode())
        while not self.listen():
            pass

    def listen(self) -> bool:
        """Carry out the orders that came; whether `go` was among them."""
        came = os.read(0, 65536)
        if not came:
            os._exit(0)
        *lines, self.orders = (self.orders + came).split(b"\n")
        return [self._obey(*line.decode().split(" ", 1)) for line in lines].count(True) > 0

    def _obey(self, verb: str, rest: str = "") -> bool:
        if verb == "gate":
            stage, number = rest.split()
            self.gates[stage, self.seen[stage] + int(number)] = True
        elif verb == "script":
            self.script = Script(**json.loads(rest))
        elif verb == "again":
            os.close(self.log)
            self.gates.clear()
            self.open_log(rest)
        os.write(1, f"done {verb}\n".encode())
        return verb == "go"


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.buffer = bytearray()
        self.at = 0
        """Up to here the buffer is done with."""
        self.scanned = 0
        self.in_data = False
        self.taken = 0
        self.recipient = ""
        self.refused = False
        self.notes: list[bytes] = []
        self.said: list[bytes] = []
        self.later: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.is_slow = bool(desk.script.delay)
        self.ends = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.is_slow:
            self.talking = asyncio.get_running_loop().create_task(self._talk_slowly())
        self._say(self.desk.script.greeting)
        self.ends = not self.desk.script.greeting.startswith("220")
        self._flush()

    def connection_lost(self, _error: Exception | None) -> None:
        if self.is_slow:
            self.later.put_nowait(None)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.ends and (self._message() if self.in_data else self._line()):
            pass
        del self.buffer[: self.at]
        self.scanned = max(0, self.scanned - self.at)
        self.at = 0
        self._flush()

    def _line(self) -> bool:
        end = self.buffer.find(b"\r\n", self.at)
        if end < 0:
            return False
        line = bytes(self.buffer[self.at : end])
        self.at = end + 2
        self._command(line)
        return True

    def _message(self) -> bool:
        nothing = self.buffer.startswith(END[2:], self.at)
        end = self.at if nothing else self.buffer.find(END, max(self.at, self.scanned - len(END)))
        if end < 0:
            self.scanned = len(self.buffer)
            return False
        begin, self.at = self.at, end + len(END) - 2 * nothing
        self.in_data, self.scanned = False, 0
        self._take(begin, end + 2)
        return True

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self._mail()
        elif verb == b"RCPT":
            self._rcpt(line)
        elif verb == b"DATA":
            self._data()
        elif verb == b"EHLO":
            lines = ["peer.example.org", *self.desk.script.offers]
            self._say("\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{each}" for n, each in enumerate(lines)))
        elif verb == b"QUIT":
            self._say("221 2.0.0 bye")
            self.ends = True
        else:
            self._say("250 2.0.0 ok" if verb in (b"HELO", b"RSET", b"NOOP") else "502 5.5.1 no such command")

    def _mail(self) -> None:
        self._gate("mail")
        script = self.desk.script
        is_enough = bool(script.most_per_connection) and self.taken >= script.most_per_connection
        reply = script.enough if is_enough else script.mail
        self.recipient, self.refused = "", not reply.startswith("2")
        self._say(reply)
        self.ends = is_enough and reply.startswith("421")

    def _rcpt(self, line: bytes) -> None:
        match = ADDRESS.search(line)
        recipient = match[1].decode() if match else ""
        reply = "503 5.5.1 no sender" if self.refused else self._scripted(recipient, "rcpt")
        self.refused = reply is not None
        self.recipient = recipient
        self._say(reply or "250 2.1.5 recipient ok")
        self.ends = bool(reply and reply.startswith("421"))

    def _data(self) -> None:
        self._gate("data")
        reply = self._scripted(self.recipient, "data")
        if self.refused or reply:
            self._say(reply or "554 5.5.1 no valid recipients")
            return
        self.in_data = True
        self._say("354 go ahead")

    def _take(self, begin: int, end: int) -> None:
        reply = self._scripted(self.recipient, "dot") or self._by_chance()
        if reply and reply != "drop":
            self._say(reply)
            self.ends = reply.startswith("421")
            return
        self.taken += 1
        self._note(begin, end)
        self._gate("dot")
        left = self.desk.script.drop_after_dot.get(self.recipient, 0)
        if left or reply:
            self.desk.script.drop_after_dot[self.recipient] = max(left - 1, 0)
            self.ends = True
            return
        self._say("250 2.0.0 taken")
        if self.desk.reached("reply"):
            self._flush()
            self.desk.wait_at("reply")

    def _note(self, begin: int, end: int) -> None:
        match = MESSAGE_ID.search(self.buffer, begin, min(end, begin + HEADERS))
        self.notes.append(b"%b\t%b\n" % (match[1] if match else b"", self.recipient.encode()))
        if self.desk.script.keep_messages:
            name = f"{self.desk.folder}.{time.monotonic_ns()}.eml"
            Path(name).write_bytes(self.buffer[begin:end])

    def _gate(self, stage: str) -> None:
        """Stand still where the script says so; what was answered before is out by then."""
        if self.desk.reached(stage):
            self._flush()
            self.desk.wait_at(stage)

    def _scripted(self, recipient: str, stage: str) -> str | None:
        for entry in self.desk.script.replies.get(recipient, ()):
            if entry[0] == stage and entry[2] >= 0:
                entry[2] = -1 if entry[2] == 1 else max(entry[2] - 1, 0)  # type: ignore[index]  # JSON makes it a list
                return entry[1]
        return None

    def _by_chance(self) -> str | None:
        odds = self.desk.script.odds
        return next((what for what, part in odds.items() if self.desk.dice.random() < part), None) if odds else None

    def _say(self, reply: str) -> None:
        self.said.append(reply.encode() + b"\r\n")

    def _flush(self) -> None:
        """Note what was taken; only then answer."""
        if self.notes:
            os.write(self.desk.log, b"".join(self.notes))
            self.notes.clear()
        if self.is_slow:
            for each in (*self.said, *([None] if self.ends else [])):
                self.later.put_nowait(each)
        else:
            if self.said:
                self.transport.write(b"".join(self.said))
            if self.ends:
                self.transport.close()
        self.said.clear()

    async def _talk_slowly(self) -> None:
        while (data := await self.later.get()) is not None:
            await asyncio.sleep(self.desk.script.delay)
            self.transport.write(data)
        self.transport.close()


async def _serve(port: int, log: str, script: Script) -> None:
    loop, stop, desk = asyncio.get_running_loop(), asyncio.Event(), Desk(script, log)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(0, desk.listen)
    server = await loop.create_server(lambda: Conversation(desk), "127.0.0.1", port)
    async with server:
        await stop.wait()


@dataclass
class Peer:
    """The running server, as a test sees it."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]
    heard: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def copies(self) -> Counter[tuple[str, str]]:
        """How many copies it took, by (Message-ID, recipient)."""
        if not self.log.exists():
            return Counter()
        lines = self.log.read_text().splitlines()
        return Counter((line.split("\t")[0], line.split("\t")[1]) for line in lines if line.count("\t") == 1)

    def taken(self) -> int:
        """How many copies it took in all."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    def last_copy(self) -> tuple[str, str]:
        """The Message-ID and the recipient of the copy it took last."""
        return tuple(self.log.read_text().splitlines()[-1].split("\t"))  # type: ignore[return-value]  # two words

    def messages(self) -> list[bytes]:
        """The bytes of every message, oldest first (only with keep_messages)."""
        return [file.read_bytes() for file in sorted(self.log.parent.glob(f"{self.log.name}.*.eml"))]

    def gate(self, stage: str, number: int) -> None:
        """Stand still at the `number`-th `stage` (one of STAGES) from now on, over all connections, until `go`."""
        self._order(f"gate {stage} {number}")

    def wait_at_gate(self, *, seconds: float = 60) -> None:
        """Until it stands at a gate."""
        assert self._hears("at ", seconds), f"no gate was reached in {seconds} seconds"

    def go(self) -> None:
        """Go on."""
        self._order("go")

    def behave(self, script: Script) -> None:
        """From now on as in `script` (what it offers counts for new connections)."""
        self._order(f"script {json.dumps(asdict(script))}")

    def begin_again(self, log: Path) -> None:
        """Forget gates and counts, and note copies in another file."""
        self.log = log
        self._order(f"again {log}")

    def _order(self, words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(words.encode() + b"\n")  # unbuffered
        assert self._hears(f"done {words.split(maxsplit=1)[0]}", 10), f"it does not obey: {words}"

    def _hears(self, beginning: str, seconds: float) -> bool:
        """Whether a line with this beginning comes in time; other lines wait until somebody asks for them."""
        assert self.process.stdout is not None
        end = time.monotonic() + seconds
        while not any(line.startswith(beginning) for line in self.heard):
            if not select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                return False
            if not (line := self.process.stdout.readline()):
                return False
            self.heard.append(line.decode())
        self.heard.remove(next(line for line in self.heard if line.startswith(beginning)))
        return True


@contextlib.contextmanager
def running(*, port: int, log: Path, script: Script | None = None) -> Iterator[Peer]:
    """The peer in a process of its own, answering when this yields."""
    arguments = [str(port), str(log), json.dumps(asdict(script or Script()))]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.smtp", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            _wait_until_it_answers(port, process)
            yield Peer(port, log, process)
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "the peer did not start"
        time.sleep(0.05)
    raise AssertionError("the peer does not answer")


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], Script(**json.loads(sys.argv[3]))))
