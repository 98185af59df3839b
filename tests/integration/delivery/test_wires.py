"""A wire never waits: what cannot be sent or heard now is for later, and a line that broke is told."""

from __future__ import annotations

import contextlib
import select
import socket
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery.conversing import SmtpLostError
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.wires import Wire
from newsletter.lib.servers import Server, parse
from tests.peers import certificates, faults, openings
from tests.peers.faults import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def wire_to(server: Faulty) -> Iterator[Wire]:
    with faults.running(server):
        wire = wire_at(parse(server.url))
        yield wire
        wire.close()


def wire_at(server: Server) -> Wire:
    return Wire(SmtpConnection(server, helo="wici.example.org"))


def readable(wire: Wire) -> bool:
    return bool(select.select([wire.socket], [], [], 10)[0])


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


def test_a_line_that_was_reset_is_told_with_what_the_system_says() -> None:
    def reset(peer: openings.Wire) -> None:
        peer.greet()
        peer.reset()

    with openings.speaking(reset) as port, contextlib.closing(wire_at(Server("127.0.0.1", port, tls="none"))) as wire:
        assert readable(wire)
        with pytest.raises(SmtpLostError, match="reset by peer"):
            wire.hear()


def test_of_what_came_encrypted_in_many_pieces_nothing_waits_where_nobody_would_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, pieces = certificates.make(tmp_path, name="localhost"), 10
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))

    def talk(peer: openings.Wire) -> None:
        peer.encrypt(certificate)
        peer.greet()
        for _ in range(pieces):
            peer.say(*["421-" + "x" * 2000] * 7)  # nearly a whole record
        peer.say("421 4.3.2 shutting down")
        peer.hear()

    with (
        openings.speaking(talk) as port,
        contextlib.closing(wire_at(Server("localhost", port, tls="implicit"))) as wire,
    ):
        while wire.conversation.ended is None:
            assert readable(wire), "all of it shows on the socket"
            wire.hear()
    assert wire.conversation.ended.code == 421
