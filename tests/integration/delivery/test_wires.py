"""A wire never waits: what cannot be sent or heard now is for later, and a line that broke is told."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery.conversing import SmtpLostError
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.wires import Wire
from newsletter.lib.servers import parse
from tests.peers import faults
from tests.peers.faults import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def wire_to(server: Faulty) -> Iterator[Wire]:
    with faults.running(server):
        wire = Wire(SmtpConnection(parse(server.url), helo="wici.example.org"))
        yield wire
        wire.close()


def test_what_the_line_does_not_take_now_waits() -> None:
    with wire_to(Faulty(way="silence", point="mail", numbers=frozenset({1}))) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        wire.say(b"x" * 50_000_000)
        left = 0
        while left != len(wire.unsent):
            left = len(wire.unsent)
            wire.say(b"")
        assert left


def test_nothing_said_is_nothing_heard_and_the_server_is_still_there() -> None:
    with wire_to(Faulty()) as wire:
        assert wire.hear() == []
        assert not wire.is_gone()


def test_a_line_that_broke_is_told_by_whoever_hears_it() -> None:
    with wire_to(Faulty()) as wire:
        wire.socket.shutdown(socket.SHUT_RDWR)
        with pytest.raises(SmtpLostError):
            wire.hear()
        with pytest.raises(SmtpLostError):
            wire.say(b"NOOP\r\n")
