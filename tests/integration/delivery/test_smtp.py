"""The SMTP conversation, line by line, with a server that reads from a script."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import conversing, posting
from newsletter.delivery.conversing import (
    Line,
    SmtpLostError,
    SmtpRefusedError,
    SmtpRejectedError,
    SmtpUnreachableError,
)
from newsletter.delivery.posting import post
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.wires import Wire
from newsletter.lib.servers import Server
from tests.peers import openings

if TYPE_CHECKING:
    from collections.abc import Iterator

HELLO = ["220 ready", "250-peer\r\n250-8BITMIME\r\n250 SIZE 1000"]
MESSAGE = b"Subject: Wici\r\n\r\n.hidden\r\n..\r\nend\r\n"


@contextlib.contextmanager
def server(*answers: str) -> Iterator[tuple[int, list[bytes]]]:
    """Greets with the first answer and gives one more for each line it hears (a message counts as one); then hangs up."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        talk = threading.Thread(target=_talk, args=(listening, answers, heard), daemon=True)
        talk.start()
        yield listening.getsockname()[1], heard
        talk.join(5)


def _talk(listening: socket.socket, answers: tuple[str, ...], heard: list[bytes]) -> None:
    caller, _ = listening.accept()
    with caller, caller.makefile("rb") as lines:
        caller.sendall(answers[0].encode() + b"\r\n")
        in_data = answers[0].startswith("354")
        for answer in answers[1:]:
            line = lines.readline()
            while in_data and line not in (b".\r\n", b""):
                heard.append(line)
                line = lines.readline()
            heard.append(line)
            caller.sendall(answer.encode() + b"\r\n")
            in_data = answer.startswith("354")
        if in_data:
            while lines.readline() not in (b".\r\n", b""):
                pass


def opened(port: int, **more: str) -> SmtpConnection:
    return SmtpConnection(Server("127.0.0.1", port, **{"tls": "none", **more}), helo="wici.example.org")  # type: ignore[arg-type]  # literals of a test


def delivered(connection: SmtpConnection, recipient: str = "ula@example.org", message: bytes = MESSAGE) -> str:
    wire = Wire(connection)
    try:
        return str(post(wire, Parcel("wici@example.org", recipient, message), until=time.monotonic() + 20))
    finally:
        wire.close()


def test_leading_dots_are_doubled_on_the_wire() -> None:
    with server(*HELLO, "250 ok", "250 ok", "354 go", "250 2.0.0 taken") as (port, heard):
        assert delivered(opened(port)) == "250 2.0.0 taken"
    assert heard[-5:] == [b"\r\n", b"..hidden\r\n", b"...\r\n", b"end\r\n", b".\r\n"]


def test_a_server_without_ehlo_is_greeted_the_old_way_s9() -> None:
    with server("220 ready", "502 what?", "250 peer", "250 ok", "250 ok", "354 go", "250 taken") as (port, heard):
        assert delivered(opened(port)) == "250 taken"
    assert heard[:2] == [b"EHLO wici.example.org\r\n", b"HELO wici.example.org\r\n"]


def test_where_tls_was_demanded_and_is_not_offered_nothing_is_said_s6() -> None:
    with server(*HELLO) as (port, heard), pytest.raises(SmtpRefusedError):
        opened(port, tls="starttls", username="ula", password="hunter2")
    assert heard == [b"EHLO wici.example.org\r\n"]


@pytest.mark.parametrize(
    ("offered", "answers", "secret"),
    [("PLAIN", ["235 in"], b"\0ula\0hunter2"), ("LOGIN", ["334 VXN", "334 UGF", "235 in"], b"hunter2")],
)
def test_a_password_is_told_in_the_way_the_server_knows_s7(offered: str, answers: list[str], secret: bytes) -> None:
    with server("220 ready", f"250-peer\r\n250 AUTH {offered}", *answers) as (port, heard):
        opened(port, username="ula", password="hunter2").close()
    assert heard[-1].split()[-1] == base64.b64encode(secret)


def test_a_wrong_password_is_refused_in_the_servers_words() -> None:
    with (
        server("220 ready", "250-peer\r\n250 AUTH PLAIN", "535 5.7.8 wrong") as (port, _),
        pytest.raises(SmtpRefusedError, match=r"535 5\.7\.8 wrong") as refused,
    ):
        opened(port, username="ula", password="hunter2")
    assert "hunter2" not in str(refused.value)


def test_what_is_too_large_or_not_ascii_is_refused_before_it_is_sent_f10_s9() -> None:
    with server(*HELLO) as (port, _), pytest.raises(SmtpRejectedError, match=r"552 5\.3\.4"):
        delivered(opened(port), message=b"x" * 1001)
    with server(*HELLO) as (port, _), pytest.raises(SmtpRejectedError, match=r"553 5\.6\.7"):
        delivered(opened(port), recipient="żółw@example.org")


def test_who_hangs_up_before_the_dot_took_nothing_and_after_it_nobody_knows_s4() -> None:
    with server(*HELLO, "250 ok", "250 ok") as (port, _), pytest.raises(SmtpLostError) as before:
        delivered(opened(port))
    with server(*HELLO, "250 ok", "250 ok", "354 go") as (port, _), pytest.raises(SmtpLostError) as after:
        delivered(opened(port))
    assert (before.value.stage, after.value.stage) == ("data", "dot")


def test_a_server_that_thinks_longer_than_one_look_at_the_clock_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "LOOK_SECONDS", 0.02)

    def thinks(wire: openings.Wire) -> None:
        wire.greet()
        for answer in ("250 ok", "250 ok", "354 go"):
            wire.hear()
            time.sleep(0.1)
            wire.say(answer)
        while wire.hear() != ".":
            pass
        wire.say("250 2.0.0 taken")

    with openings.speaking(thinks) as port:
        assert delivered(opened(port)) == "250 2.0.0 taken"


def test_who_is_not_there_or_speaks_something_else_is_unreachable() -> None:
    with server("HTTP/1.1 400 Bad Request") as (port, _), pytest.raises(SmtpUnreachableError):
        opened(port)
    with pytest.raises(SmtpUnreachableError):
        opened(port)


def test_a_server_that_says_one_letter_at_a_time_comes_to_its_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(conversing.TIMEOUTS, "greeting", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def dribble() -> None:
            caller, _ = listening.accept()
            with caller, contextlib.suppress(OSError):
                while True:
                    caller.sendall(b"2")
                    time.sleep(0.05)

        talk = threading.Thread(target=dribble, daemon=True)
        talk.start()
        with pytest.raises(SmtpUnreachableError, match="in time"):
            opened(listening.getsockname()[1])
        talk.join(10)


def test_a_caller_may_set_an_end_to_the_whole_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversing, "PULSE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = Server("127.0.0.1", silent.getsockname()[1], tls="none")
        with pytest.raises(SmtpUnreachableError, match="in time"):
            SmtpConnection(there, helo="wici.example.org", until=time.monotonic() + 0.3)


def test_a_server_that_knows_neither_greeting_or_neither_way_to_log_in_is_refused() -> None:
    with server("220 ready", "502 what?", "502 what?") as (port, _), pytest.raises(SmtpRefusedError, match="502"):
        opened(port)
    with (
        server("220 ready", "250-peer\r\n250 AUTH GSSAPI") as (port, _),
        pytest.raises(SmtpRefusedError, match="no way to log in"),
    ):
        opened(port, username="ula", password="hunter2")


def test_a_login_that_ends_early_is_not_told_the_password() -> None:
    with (
        server("220 ready", "250-peer\r\n250 AUTH LOGIN", "334 VXN", "535 5.7.8 unknown user") as (port, heard),
        pytest.raises(SmtpRefusedError, match="unknown user"),
    ):
        opened(port, username="ula", password="hunter2")
    assert base64.b64encode(b"hunter2") not in b"".join(heard)


def test_whoever_refuses_the_sender_in_turn_is_not_asked_to_forget_it() -> None:
    with server(*HELLO, "550 5.7.1 not you") as (port, heard), pytest.raises(SmtpRejectedError, match="not you"):
        delivered(opened(port))
    assert heard[-1].startswith(b"MAIL FROM:")


def test_a_server_that_wants_the_text_after_refusing_gets_none_s8() -> None:
    pipelining = "250-peer\r\n250 PIPELINING"
    refusing = ("250 ok", "550 5.1.1 nobody", "354 go", "554 5.5.1 nothing")
    with server("220 ready", pipelining, *refusing) as (port, heard), pytest.raises(SmtpRejectedError, match="nobody"):
        delivered(opened(port))
    assert b"".join(heard).endswith(b"DATA\r\n.\r\n")


def test_a_message_that_begins_with_a_dot_or_ends_without_a_line_end_stays_whole() -> None:
    with server(*HELLO, "250 ok", "250 ok", "354 go", "250 taken") as (port, heard):
        delivered(opened(port), message=b".begins and ends")
    assert heard[-2:] == [b"..begins and ends\r\n", b".\r\n"]


def test_goodbye_is_said_even_to_who_left_already() -> None:
    with server(*HELLO) as (port, heard):
        opened(port).quit()
    assert heard == [b"EHLO wici.example.org\r\n"]


def test_a_server_that_reads_no_further_and_then_resets_took_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def stall() -> None:
            caller, _ = listening.accept()
            caller.sendall(b"220 ready\r\n")
            caller.recv(4096)
            caller.sendall(b"250-peer\r\n250 PIPELINING\r\n")
            caller.recv(4096)
            caller.sendall(b"250 ok\r\n250 ok\r\n354 go\r\n")
            time.sleep(0.3)
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            caller.close()

        talk = threading.Thread(target=stall, daemon=True)
        talk.start()
        with pytest.raises(SmtpLostError):
            delivered(opened(listening.getsockname()[1]), message=b"x" * 50_000_000 + b"\r\n")
        talk.join(10)


def test_a_server_that_reads_slowly_gets_a_large_message_piece_by_piece() -> None:
    message = b"x" * 70 + b"\r\n"
    with server(*HELLO[:1], "250 peer", "250 ok", "250 ok", "354 go", "250 taken") as (port, heard):
        assert delivered(opened(port), message=message * 400_000) == "250 taken"
    assert heard.count(message) == 400_000


def test_while_a_server_does_not_read_somebody_is_told_that_we_still_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversing, "PULSE", 0.05)
    monkeypatch.setitem(conversing.TIMEOUTS, "auth", 0.3)
    told: list[float] = []
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(SmtpLostError, match="in time"):
        Line(ours, pulse=lambda: told.append(time.monotonic())).send(b"x" * 50_000_000, "auth")
    assert told


def test_a_server_that_greets_with_a_refusal_or_a_reset_does_not_let_us_in() -> None:
    with server("554 5.3.2 no service here") as (port, _), pytest.raises(SmtpRefusedError, match="no service here"):
        opened(port)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def slam() -> None:
            caller, _ = listening.accept()
            caller.sendall(b"220 ready\r\n")
            caller.recv(4096)
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            caller.close()

        talk = threading.Thread(target=slam, daemon=True)
        talk.start()
        with pytest.raises(SmtpUnreachableError):
            opened(listening.getsockname()[1])
        talk.join(10)
