"""TLS with a real peer (S6): what was demanded is checked, what is opportunistic is taken, and no password comes before it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsletter.delivery import opening
from newsletter.delivery.conversing import SmtpRefusedError, SmtpUnreachableError
from newsletter.delivery.posting import post
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.wires import Wire
from newsletter.lib.servers import Server
from tests.environment import free_port
from tests.peers import certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from newsletter.lib.servers import Tls
    from tests.peers.certificates import Certificate

MESSAGE = b"Subject: Wici\r\n\r\nend\r\n"


class Desk:
    """Takes every message and every password, and remembers whether the line was encrypted."""

    def __init__(self) -> None:
        self.messages: list[tuple[bool, bytes]] = []
        self.passwords: list[tuple[bool, bytes]] = []

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.messages.append((is_encrypted(server), cast("bytes", envelope.original_content)))
        return "250 2.0.0 taken"

    def authenticate(self, server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.passwords.append((is_encrypted(server), data.password))
        return AuthResult(success=True)


def is_encrypted(server: SMTP) -> bool:
    assert server.transport is not None
    return server.transport.get_extra_info("ssl_object") is not None


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate for `localhost` of an authority that this machine trusts for the while."""
    made = certificates.make(tmp_path, name="localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    return made


@contextlib.contextmanager
def peer(certificate: Certificate, *, implicit: bool = False) -> Iterator[tuple[int, Desk]]:
    """A real mail server with this certificate: STARTTLS, or TLS from the first byte."""
    desk, context = Desk(), certificate.server_context()
    controller = Controller(
        desk,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=desk.authenticate,
        auth_require_tls=False,  # it would take a password from the unwary
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
    )
    controller.start()
    try:
        yield controller.port, desk
    finally:
        controller.stop()


def opened(port: int, tls: Tls, *, host: str = "localhost", username: str = "") -> SmtpConnection:
    server = Server(host, port, username=username, password="hunter2" if username else "", tls=tls)
    return SmtpConnection(server, helo="wici.example.org")


def deliver(connection: SmtpConnection) -> str:
    wire = Wire(connection)
    reply = post(wire, Parcel("wici@example.org", "ula@example.org", MESSAGE), until=time.monotonic() + 20)
    wire.leave()
    return str(reply)


@pytest.mark.parametrize("tls", ["starttls", "opportunistic", "implicit"])
def test_mail_and_password_travel_encrypted(certificate: Certificate, tls: Tls) -> None:
    with peer(certificate, implicit=tls == "implicit") as (port, desk):
        assert deliver(opened(port, tls, username="ula")) == "250 2.0.0 taken"
    assert desk.messages == [(True, MESSAGE)]
    assert desk.passwords == [(True, b"hunter2")]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_for_another_name_is_refused_before_the_password(certificate: Certificate, tls: Tls) -> None:
    with (
        peer(certificate, implicit=tls == "implicit") as (port, desk),
        pytest.raises(SmtpRefusedError, match=r"Its certificate cannot be trusted: .*127\.0\.0\.1"),
    ):
        opened(port, tls, host="127.0.0.1", username="ula")
    assert desk.passwords == []


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_of_an_unknown_issuer_is_refused(tmp_path: Path, tls: Tls) -> None:
    stranger = certificates.make(tmp_path, name="localhost")
    with (
        peer(stranger, implicit=tls == "implicit") as (port, desk),
        pytest.raises(SmtpRefusedError, match=r"Its certificate cannot be trusted: .*issuer certificate"),
    ):
        opened(port, tls, username="ula")
    assert desk.passwords == []


def test_who_would_take_clear_text_takes_a_self_made_certificate_too(tmp_path: Path) -> None:
    stranger = certificates.make(tmp_path, name="mail.example.org")
    with peer(stranger) as (port, desk):
        deliver(opened(port, "opportunistic"))
    assert desk.messages == [(True, MESSAGE)]


# ── peers that misbehave ─────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def stranger(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Runs `talk` with the first caller, on a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            caller, _ = listening.accept()
            with caller, contextlib.suppress(OSError):
                talk(caller)

        talking = threading.Thread(target=answer, daemon=True)
        talking.start()
        yield listening.getsockname()[1]
        talking.join(10)


def hear(caller: socket.socket) -> bytes:
    return caller.recv(4096)


def greet(caller: socket.socket) -> None:
    caller.sendall(b"220 ready\r\n")
    hear(caller)
    caller.sendall(b"250-peer\r\n250-SIZE 1\r\n250 STARTTLS\r\n")
    hear(caller)


def test_what_was_slipped_in_before_the_encryption_is_thrown_away(certificate: Certificate) -> None:
    said_encrypted: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        greet(caller)
        caller.sendall(b"220 go\r\n250-stranger\r\n250 SIZE 7\r\n")
        with certificate.server_context().wrap_socket(caller, server_side=True) as encrypted:
            said_encrypted.append(encrypted.recv(4096))
            encrypted.sendall(b"250-peer\r\n250 SIZE 9999\r\n")
            encrypted.recv(4096)

    with stranger(talk) as port:
        connection = opened(port, "starttls")
        connection.close()
    assert said_encrypted == [b"EHLO wici.example.org\r\n"], "what was offered before counts for nothing"
    assert connection.offer.size == 9999


def test_starttls_refused_ends_it_where_it_was_demanded_and_only_there() -> None:
    def talk(caller: socket.socket) -> None:
        greet(caller)
        caller.sendall(b"454 4.7.0 not available\r\n")
        hear(caller)

    with stranger(talk) as port, pytest.raises(SmtpRefusedError, match=r"454 4\.7\.0 not available"):
        opened(port, "starttls")
    with stranger(talk) as port:
        connection = opened(port, "opportunistic")
        connection.close()
    assert connection.offer.starttls


def test_whoever_offers_no_encryption_gets_clear_text_where_nothing_was_demanded() -> None:
    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 ready\r\n")
        hear(caller)
        caller.sendall(b"250-peer\r\n250 SIZE 5\r\n")
        hear(caller)

    with stranger(talk) as port:
        connection = opened(port, "opportunistic")
        connection.close()
    assert connection.offer.size == 5


def test_a_password_is_never_told_to_another_host_in_clear_text(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        caller.sendall(b"220 ready\r\n")
        hear(caller)
        caller.sendall(b"250-peer\r\n250 AUTH PLAIN LOGIN\r\n")
        heard.append(hear(caller))

    monkeypatch.setattr(opening, "LOOPBACK", frozenset())  # loopback stands for a host far away
    with stranger(talk) as port, pytest.raises(SmtpRefusedError, match="unencrypted"):
        opened(port, "opportunistic", host="127.0.0.1", username="ula")
    assert heard == [b""]


def test_a_server_that_speaks_something_else_than_tls_is_refused_with_a_sentence() -> None:
    with (
        stranger(lambda caller: caller.sendall(b"220 ready in clear text\r\n")) as port,
        pytest.raises(SmtpRefusedError, match=r"^starttls: It could not agree with us on encryption"),
    ):
        opened(port, "implicit")


def test_a_server_that_hangs_up_or_falls_silent_instead_of_encrypting_is_told_apart() -> None:
    def go(caller: socket.socket) -> None:
        greet(caller)
        caller.sendall(b"220 go\r\n")
        hear(caller)

    def go_and_fall_silent(caller: socket.socket) -> None:
        go(caller)
        hear(caller)

    with stranger(go) as port, pytest.raises(SmtpRefusedError, match="encryption"):
        opened(port, "starttls")
    with stranger(go_and_fall_silent) as port, pytest.raises(SmtpUnreachableError, match="timed out"):
        SmtpConnection(Server("127.0.0.1", port, tls="starttls"), helo="x", until=time.monotonic() + 1)
