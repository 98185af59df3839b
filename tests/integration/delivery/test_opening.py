"""From the first packet to the first message: servers that greet, offer, encrypt and let in as they please."""

from __future__ import annotations

import base64
import hmac
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import conversing, opening, sentences
from newsletter.delivery.conversing import SmtpRefusedError, SmtpUnreachableError
from newsletter.delivery.offering import Offer
from newsletter.delivery.opening import Opening
from newsletter.delivery.smtp import SmtpConnection
from newsletter.lib.servers import Server
from tests.environment import free_port
from tests.peers.openings import speaking
from tests.peers.sasl import Scram

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.peers.openings import Wire


def opened(port: int, **options: object) -> Opening:
    facts: dict[str, object] = {"tls": "none"} | options
    made = Opening(Server("127.0.0.1", port, **facts), helo="wici.example.org")  # type: ignore[arg-type]  # of a test
    made.run().close()
    return made


def logged_in(port: int, **options: object) -> Opening:
    return opened(port, **({"username": "ula", "password": "hunter2"} | options))


# ── greeting ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "greeting",
    [["220-be patient", "220-please", "220 ready"], ["220 " + "x" * 2000], ["220"], ["220-"] * 50 + ["220 "]],
)
def test_a_greeting_may_be_as_long_as_it_likes(greeting: list[str]) -> None:
    def talk(wire: Wire) -> None:
        wire.say(*greeting)
        wire.answer_hello("PIPELINING")

    with speaking(talk) as port:
        assert opened(port).offer == Offer(pipelining=True)


@pytest.mark.parametrize("greeting", ["421 4.3.2 not now", "450 4.7.1 later", "554 5.3.2 no", "354 go ahead"])
def test_who_greets_with_a_refusal_lets_nobody_in(greeting: str) -> None:
    with speaking(lambda wire: wire.say(greeting)) as port, pytest.raises(SmtpRefusedError, match=greeting) as refused:
        opened(port)
    assert refused.value.stage == "greeting"


@pytest.mark.parametrize("greeting", ["HTTP/1.1 400 Bad Request", "+OK POP3 ready", "* OK IMAP4rev1"])
def test_who_speaks_another_language_is_told_so(greeting: str) -> None:
    with speaking(lambda wire: wire.say(greeting)) as port, pytest.raises(SmtpUnreachableError, match="speak SMTP"):
        opened(port)


# ── EHLO ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("refusal", ["500 what", "501 5.5.4 no", "502 5.5.1 unknown", "504 no", "550 5.7.1 no"])
def test_who_does_not_know_ehlo_is_greeted_with_helo_rfc_5321(refusal: str) -> None:
    heard: list[str] = []

    def talk(wire: Wire) -> None:
        wire.say("220 ready")
        heard.append(wire.hear())
        wire.say(refusal)
        heard.append(wire.hear())
        wire.say("250 peer.example.org")

    with speaking(talk) as port:
        assert opened(port).offer == Offer()
    assert heard == ["EHLO wici.example.org", "HELO wici.example.org"]


@pytest.mark.parametrize("refusal", ["421 4.3.2 going down", "451 4.7.1 greylisted", "452 4.3.1 no room"])
def test_not_now_is_no_reason_to_make_do_with_helo(refusal: str) -> None:
    heard: list[str] = []

    def talk(wire: Wire) -> None:
        wire.say("220 ready")
        wire.hear()
        wire.say(refusal)
        heard.append(wire.hear())

    with speaking(talk) as port, pytest.raises(SmtpRefusedError, match=refusal):
        opened(port)
    assert heard == [""]


def test_who_refuses_helo_too_lets_nobody_in() -> None:
    def talk(wire: Wire) -> None:
        wire.say("220 ready")
        wire.hear()
        wire.say("500 what")
        wire.hear()
        wire.say("550 5.7.1 your name is not welcome")

    with speaking(talk) as port, pytest.raises(SmtpRefusedError, match="not welcome") as refused:
        opened(port)
    assert refused.value.stage == "hello"


@pytest.mark.parametrize("early", [["220 ready", "250 already"], ["220 ready", "250-half"]])
def test_who_answers_before_the_question_is_not_trusted_with_mail(early: list[str]) -> None:
    with speaking(lambda wire: wire.say(*early)) as port, pytest.raises(SmtpRefusedError) as refused:
        opened(port)
    assert refused.value.text == sentences.OUT_OF_STEP


def test_who_answers_ehlo_twice_is_not_trusted_with_mail() -> None:
    def talk(wire: Wire) -> None:
        wire.say("220 ready")
        wire.hear()
        wire.say("250-peer", "250 SIZE 5", "250 SIZE 6")
        wire.hear()

    with speaking(talk) as port, pytest.raises(SmtpRefusedError, match=r"before it is asked"):
        opened(port)


def test_our_name_and_our_address_may_be_chosen_per_server() -> None:
    heard: list[str] = []

    def talk(wire: Wire) -> None:
        wire.say("220 ready")
        heard.extend([wire.caller, wire.hear()])
        wire.say("250 peer")

    with speaking(talk) as port:
        opened(port, helo="news.example.org", source="127.0.0.9")
    assert heard == ["127.0.0.9", "EHLO news.example.org"]


def test_a_connection_tells_what_was_offered_and_hands_out_its_socket() -> None:
    with speaking(lambda wire: wire.greet("CHUNKING", "LIMITS MAILMAX=5")) as port:
        connection = SmtpConnection(Server("127.0.0.1", port, tls="none"), helo="x")
        assert connection.offer == Offer(chunking=True, mailmax=5)
        assert connection.socket.getpeername() == ("127.0.0.1", port)
        connection.close()


# ── connecting ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with pytest.raises(SmtpUnreachableError) as unreachable:
        opened(free_port())
    assert unreachable.value.stage == "connect"
    assert isinstance(unreachable.value.__cause__, ConnectionRefusedError)


def test_the_second_address_is_tried_when_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(lambda wire: wire.greet("DSN")) as port:
        monkeypatch.setattr(opening, "addresses_of", lambda *_, **__: [("127.0.0.1", free_port()), ("127.0.0.1", port)])
        assert opened(port).offer.dsn


@pytest.mark.parametrize("host", ["x" * 70 + ".example.org", "a..example.org"])
def test_a_name_that_cannot_be_looked_up_is_unreachable(host: str) -> None:
    with pytest.raises(SmtpUnreachableError) as unreachable:
        Opening(Server(host, 25), helo="x").run()
    assert unreachable.value.stage == "resolve"


def test_a_name_server_that_is_silent_is_not_waited_for_longer_than_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()

    def silent(*_args: object, **_more: object) -> list[object]:
        enough.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    began = time.monotonic()
    with pytest.raises(SmtpUnreachableError) as unreachable:
        Opening(Server("mail.example.org", 25), helo="x", until=time.monotonic() + 0.2).run()
    enough.set()
    assert unreachable.value.text == sentences.NO_NAME_SERVER
    assert time.monotonic() - began < 5


def test_a_server_without_any_address_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [])
    with pytest.raises(SmtpUnreachableError):
        Opening(Server("mail.example.org", 25), helo="x").run()


def test_a_file_of_authorities_that_is_missing_is_named() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("STARTTLS")
        wire.hear()
        wire.say("220 go")

    with speaking(talk) as port, pytest.raises(SmtpRefusedError) as refused:
        opened(port, tls="starttls", ca_file="/nowhere/ca.pem")
    assert refused.value.text == sentences.NO_AUTHORITIES


# ── login ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


PLAIN = f"AUTH PLAIN {encoded(chr(0) + 'ula' + chr(0) + 'hunter2')}"


def answering(*dialogue: tuple[str, str], offers: str) -> Callable[[Wire], None]:
    """Expects each line and gives its answer."""

    def talk(wire: Wire) -> None:
        wire.greet(f"AUTH {offers}")
        for expected, answer in dialogue:
            heard = wire.hear()
            assert heard == expected, heard
            wire.say(answer)
        assert wire.hear() == "", "nothing more was to be said"

    return talk


@pytest.mark.parametrize(
    ("offers", "dialogue", "mechanism"),
    [
        ("LOGIN PLAIN", [(PLAIN, "235 2.7.0 welcome")], "PLAIN"),
        (
            "LOGIN",
            [("AUTH LOGIN", "334 who"), (encoded("ula"), "334 and"), (encoded("hunter2"), "235 in")],
            "LOGIN",
        ),
        ("LOGIN", [("AUTH LOGIN", "334 who"), (encoded("ula"), "235 I know you")], "LOGIN"),
        ("SCRAM-SHA-1 PLAIN", [("*", "504 5.5.4 not for you"), (PLAIN, "235 in")], "PLAIN"),
        ("SCRAM-SHA-1 PLAIN", [("*", "535 5.7.8 I keep only a hash"), (PLAIN, "235 in")], "PLAIN"),
        ("PLAIN LOGIN", [(PLAIN, "504 5.5.4 only in name"), ("AUTH LOGIN", "235 fine")], "LOGIN"),
    ],
)
def test_a_password_gets_in_by_the_first_way_that_leads_in(
    offers: str, dialogue: list[tuple[str, str]], mechanism: str
) -> None:
    def talk(wire: Wire) -> None:
        wire.greet(f"AUTH {offers}")
        for expected, answer in dialogue:
            assert expected in ("*", heard := wire.hear()), heard
            wire.say(answer)

    with speaking(talk) as port:
        assert logged_in(port).mechanism == mechanism


def test_cram_md5_is_answered_without_the_password() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("AUTH PLAIN CRAM-MD5")
        assert wire.hear() == "AUTH CRAM-MD5"
        digest = hmac.new(b"hunter2", b"<1@peer>", "md5").hexdigest().encode()
        wire.say("235 in" if wire.ask(b"<1@peer>") == b"ula " + digest else "535 no")

    with speaking(talk) as port:
        assert logged_in(port).mechanism == "CRAM-MD5"


@pytest.mark.parametrize("knows", [True, False])
def test_scram_lets_both_sides_be_sure(*, knows: bool) -> None:
    server = Scram("hunter2")

    def talk(wire: Wire) -> None:
        wire.greet("AUTH SCRAM-SHA-256")
        proved = server.proved(wire.ask(server.asked(base64.b64decode(wire.hear().split()[-1]))))
        assert proved is not None
        answer = wire.ask(proved if knows else b"v=" + base64.b64encode(b"no idea"))
        wire.say("235 in" if answer == b"" else "501 5.7.0 as you like")

    with speaking(talk) as port:
        if knows:
            assert logged_in(port).mechanism == "SCRAM-SHA-256"
        else:
            with pytest.raises(SmtpRefusedError, match=sentences.UNPROVEN):
                logged_in(port)


def test_a_server_that_lets_us_in_without_its_own_proof_gets_no_mail() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("AUTH SCRAM-SHA-256")
        wire.hear()
        wire.say("235 in")

    with speaking(talk) as port, pytest.raises(SmtpRefusedError, match=sentences.UNPROVEN):
        logged_in(port)


def test_a_wrong_password_is_told_once_and_a_busy_server_is_not_pressed() -> None:
    for answer in ("535 5.7.8 wrong", "454 4.7.0 busy", "421 4.7.0 too many errors"):
        with (
            speaking(answering((PLAIN, answer), offers="PLAIN LOGIN")) as port,
            pytest.raises(SmtpRefusedError, match=answer) as refused,
        ):
            logged_in(port)
        assert refused.value.stage == "auth"


@pytest.mark.parametrize("code", ["535 5.7.8", "421 4.7.0"])
def test_a_server_that_repeats_our_secret_is_not_quoted_s7(code: str) -> None:
    repeating = f"{code} cannot read {PLAIN} of ula:hunter2"
    with speaking(answering((PLAIN, repeating), offers="PLAIN")) as port, pytest.raises(SmtpRefusedError) as refused:
        logged_in(port)
    assert refused.value.text == f"{code} cannot read AUTH PLAIN … of ula:…"


def test_a_server_that_never_stops_asking_is_left() -> None:
    dialogue = [(PLAIN, "334 "), ("*", "501 5.7.0 as you like")]
    with (
        speaking(answering(*dialogue, offers="PLAIN")) as port,
        pytest.raises(SmtpRefusedError, match=sentences.BAD_CHALLENGE),
    ):
        logged_in(port)


def test_a_way_that_was_chosen_is_the_only_one() -> None:
    with speaking(answering((PLAIN, "235 in"), offers="SCRAM-SHA-256 PLAIN")) as port:
        logged_in(port, auth="PLAIN")
    with speaking(answering(offers="PLAIN")) as port, pytest.raises(SmtpRefusedError, match="with LOGIN"):
        logged_in(port, auth="LOGIN")
    with speaking(answering(offers="GSSAPI")) as port, pytest.raises(SmtpRefusedError, match=sentences.NO_LOGIN):
        logged_in(port)


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def bearer(token: str) -> str:
    return f"AUTH XOAUTH2 {encoded(f'user=ula{chr(1)}auth=Bearer {token}{chr(1) * 2}')}"


def test_a_token_is_read_again_at_each_connection(tmp_path: Path) -> None:
    file = tmp_path / "token"
    with speaking(*(answering((bearer(word), "235 in"), offers="PLAIN XOAUTH2") for word in ("old", "new"))) as port:
        for word in ("old\n", "new"):
            file.write_text(word)
            logged_in(port, password="", token_file=str(file))


def test_oauthbearer_names_the_server_it_is_for() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("AUTH XOAUTH2 OAUTHBEARER")
        place = f"host=127.0.0.1\1port={wire.socket.getsockname()[1]}"
        assert wire.hear() == "AUTH OAUTHBEARER " + encoded(f"n,a=ula,\1{place}\1auth=Bearer t0k\1\1")
        wire.say("235 in")

    with speaking(talk) as port:
        logged_in(port, password="t0k", auth="OAUTHBEARER")


def test_a_token_that_has_run_out_is_refused_in_the_end_and_not_in_the_middle(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("stale")
    dialogue = [(bearer("stale"), f"334 {encoded('{}')}"), ("", "535 5.7.8 token has run out")]

    def talk(wire: Wire) -> None:
        wire.greet("AUTH XOAUTH2")
        for expected, answer in dialogue:
            assert wire.hear() == expected
            wire.say(answer)

    with speaking(talk) as port, pytest.raises(SmtpRefusedError, match="has run out"):
        logged_in(port, password="", token_file=str(tmp_path / "token"))


def test_a_token_longer_than_a_line_waits_until_it_is_asked_for() -> None:
    token = "t" * 12_000
    answer = bearer(token).split()[-1]
    for reply in ("334 ", "504 5.5.4 not this way"):
        dialogue = [("AUTH XOAUTH2", reply), (answer, "235 in")][: 2 if reply == "334 " else 1]
        with speaking(answering(*dialogue, offers="XOAUTH2")) as port:
            if reply == "334 ":
                logged_in(port, password=token, auth="XOAUTH2")
            else:
                with pytest.raises(SmtpRefusedError, match="not this way"):
                    logged_in(port, password=token, auth="XOAUTH2")


def test_a_token_file_that_is_gone_is_named() -> None:
    with speaking(answering(offers="XOAUTH2")) as port, pytest.raises(SmtpRefusedError) as refused:
        logged_in(port, password="", token_file="/nowhere/token")
    assert refused.value.text == sentences.NO_TOKEN


def test_a_server_that_falls_silent_while_logging_in_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversing, "PULSE", 0.1)
    monkeypatch.setitem(conversing.TIMEOUTS, "auth", 0.3)

    def talk(wire: Wire) -> None:
        wire.greet("AUTH PLAIN")
        wire.hear()
        wire.hear()

    with speaking(talk) as port, pytest.raises(SmtpUnreachableError, match=r"did not answer in time"):
        logged_in(port)
