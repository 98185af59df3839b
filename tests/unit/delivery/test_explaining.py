"""delivery.explaining: every way a server can fail has a sentence that says what to do."""

from __future__ import annotations

import socket
import ssl

import pytest
from django.utils import translation

from newsletter.delivery import sentences
from newsletter.delivery.conversing import SmtpError
from newsletter.delivery.explaining import EXPLANATIONS, explain
from newsletter.delivery.replies import Reply
from newsletter.lib.servers import Server

SERVER = Server("mail.example.org", 587, "ula", "hunter2", "starttls")
TOKEN = Server("mail.example.org", 587, "ula", tls="starttls", token_file="/run/token")
NO = Reply(550, "5.7.1", "no")
LATER = Reply(451, "4.7.1", "later")
LOGIN = Reply(530, "5.7.0", "log in first")


def untrusted(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


def disagreed(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "no")
    error.reason = reason
    return error


def failure(stage: str, reply: Reply | None = None, text: str = "", cause: Exception | None = None) -> SmtpError:
    error = SmtpError(stage, reply, text)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (failure("resolve", cause=socket.gaierror(-2, "no")), "No host is called mail.example.org"),
        (failure("resolve", cause=TimeoutError()), "name server did not answer"),
        (failure("connect", cause=ConnectionRefusedError()), "Nobody listens on port 587"),
        (failure("connect", cause=TimeoutError()), "a firewall may be in the way"),
        (
            failure("connect", text="No route to host", cause=OSError()),
            "cannot be reached from this machine (No route to host)",
        ),
        (failure("greeting", NO), "does not talk to this machine: “550 5.7.1 no”"),
        (failure("greeting", text=sentences.NOT_SMTP), "no mail server: check the port"),
        (failure("greeting", text=sentences.SILENT), "write smtps://"),
        (failure("hello", LATER), "Try again later"),
        (failure("hello", NO), "Set another one with helo"),
        (failure("hello", text=sentences.OUT_OF_STEP), "answers before it is asked. Ask its operator"),
        (failure("starttls", cause=untrusted(10)), "has run out"),
        (failure("starttls", cause=untrusted(9)), "check this machine's clock"),
        (failure("starttls", text=sentences.NO_AUTHORITIES), "that ca_file in SMTP_URL names cannot be read"),
        (failure("starttls", cause=untrusted(62)), "is not for mail.example.org"),
        (failure("starttls", cause=untrusted(20)), "name the authority with ca_file"),
        (failure("starttls", text="odd", cause=untrusted(99)), "cannot be trusted: odd"),
        (failure("starttls", cause=disagreed("WRONG_VERSION_NUMBER")), "write smtp:// with"),
        (failure("starttls", cause=disagreed("UNSUPPORTED_PROTOCOL")), "too old to be safe"),
        (failure("starttls", text=sentences.NO_STARTTLS), "offers no encryption on port 587"),
        (failure("starttls", NO), "No encrypted line came about: 550 5.7.1 no. Check"),
        (failure("auth", Reply(535, "5.7.8", "wrong")), "refused the password: “535 5.7.8 wrong”. Check user"),
        (failure("auth", LATER), "cannot let us in now"),
        (failure("auth", text=sentences.NO_LOGIN), "lets nobody log in on port 587: try"),
        (failure("auth", text=sentences.NOT_ENCRYPTED), "so no password was sent: write smtps://"),
        (failure("auth", text=sentences.NO_TOKEN), "that token_file in SMTP_URL names cannot be read"),
        (failure("auth", text=sentences.UNPROVEN), "No login came about: The server did not prove"),
        (failure("mail", NO), "no mail from wici@example.org"),
        (failure("mail", LATER), "no mail from us now"),
        (failure("mail", LOGIN), "wants a login"),
        (failure("mail", text=sentences.HUNG_UP), "broke off: The server hung up. Try"),
        (failure("rcpt", NO), "passes on no mail for us"),
        (failure("rcpt", LATER), "no mail from us now"),
        (failure("rcpt", LOGIN), "wants a login"),
        (failure("rcpt", text=sentences.HUNG_UP), "broke off"),
    ],
)
def test_a_failure_is_explained(error: SmtpError, words: str) -> None:
    with translation.override("en"):
        sentence = explain(server=SERVER, error=error, sender="wici@example.org")
    assert words in sentence
    assert sentence.endswith(".")


def test_a_token_is_not_called_a_password() -> None:
    with translation.override("en"):
        assert "fresh one" in explain(server=TOKEN, error=failure("auth", NO))


def test_a_way_to_log_in_that_was_chosen_and_is_not_there_is_named() -> None:
    chosen = Server("mail.example.org", 587, "ula", "hunter2", "starttls", auth="PLAIN")
    missing = failure("auth", text=sentences.NOT_OFFERED % {"mechanism": "PLAIN"})
    with translation.override("en"):
        assert "lets nobody in by PLAIN: take auth out" in explain(server=chosen, error=missing)


def test_every_stage_of_an_opening_has_its_sentences() -> None:
    stages = {"resolve", "connect", "greeting", "hello", "starttls", "auth", "mail", "rcpt"}
    assert set(EXPLANATIONS) == stages
