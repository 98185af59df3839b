"""What backends raise and return, in the words of the rows."""

from __future__ import annotations

import smtplib
import ssl
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import urllib3
from anymail import exceptions as anymail
from anymail.message import AnymailRecipientStatus, AnymailStatus
from django.core.exceptions import ImproperlyConfigured

from newsletter.delivery import answering, sentences
from newsletter.delivery.answering import What

ULA = "ula@example.org"
COPIES: Any = [SimpleNamespace(to=[ULA])]


def response(status: int, body: str = "") -> requests.Response:
    made = requests.Response()
    made.status_code, made._content, made.reason = status, body.encode(), ""  # noqa: SLF001 (as the library fills it)
    return made


def to(error: Exception) -> tuple[What, int, str]:
    (answer,) = answering.to_error(error, None, COPIES)
    return answer.what, answer.reply.code, answer.reply.text


@pytest.mark.parametrize(
    ("status", "what", "code"),
    [
        (401, What.REFUSED, 0),
        (404, What.REFUSED, 0),
        (302, What.REFUSED, 0),
        (200, What.UNKNOWN, 0),
        (504, What.UNKNOWN, 0),
        (500, What.SAID, 451),
        (429, What.SAID, 451),
        (408, What.SAID, 451),
        (400, What.OBJECTED, 0),
        (422, What.OBJECTED, 0),
    ],
)
def test_a_status_of_http_means_what_it_says_about_the_copy(status: int, what: What, code: int) -> None:
    assert to(anymail.AnymailRequestsAPIError(response=response(status)))[:2] == (what, code)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"message": "No such  key"}', "HTTP 401: No such key"),
        ('{"ErrorCode": 10, "Message": "Bad token."}', "HTTP 401: Bad token"),
        ('["sorry ula@example.org"]', "HTTP 401: ['sorry <an address>']"),
        ("<p>Go away</p>", "HTTP 401: <p>Go away</p>"),
        ("", "HTTP 401"),
    ],
)
def test_the_services_own_words_are_kept_on_one_line_and_without_addresses_x14(body: str, words: str) -> None:
    assert to(anymail.AnymailRequestsAPIError(response=response(401, body)))[2] == words


def test_where_the_backend_explains_its_words_are_kept() -> None:
    error = anymail.AnymailRequestsAPIError("Unknown sender domain 'a.example'.\nCheck it.", response=response(404))
    assert to(error)[2] == "HTTP 404: Unknown sender domain 'a.example'. Check it"


class BehindError(Exception):
    """What Amazon's library raises, named by its class and carrying a dictionary."""

    response: object = None


def amazon(name: str, response: object = None) -> anymail.AnymailAPIError:
    error = anymail.AnymailAPIError("Something about Amazon.")
    error.__cause__ = type(name, (BehindError,), {"response": response})()
    return error


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (amazon("ClientError", {"ResponseMetadata": {"HTTPStatusCode": 403}}), What.REFUSED),
        (amazon("ClientError", {"ResponseMetadata": {"HTTPStatusCode": 429}}), What.SAID),
        (amazon("NoCredentialsError"), What.REFUSED),
        (amazon("EndpointConnectionError"), What.AWAY),
        (amazon("ReadTimeoutError"), What.UNKNOWN),
        (anymail.AnymailAPIError(), What.UNKNOWN),
        (anymail.AnymailInvalidAddress("bad"), What.SAID),
        (anymail.AnymailSerializationError("bad"), What.REFUSED),
        (anymail.AnymailUnsupportedFeature("bad"), What.REFUSED),
        (anymail.AnymailConfigurationError("bad"), What.REFUSED),
        (ImproperlyConfigured("bad"), What.REFUSED),
        (TimeoutError(), What.UNKNOWN),
        (PermissionError(13, "Permission denied"), What.UNKNOWN),
        (requests.exceptions.InvalidURL("bad"), What.REFUSED),
        (requests.exceptions.MissingSchema("bad"), What.REFUSED),
        (requests.exceptions.ReadTimeout("slow"), What.UNKNOWN),
        (requests.exceptions.ConnectionError("aborted"), What.UNKNOWN),
    ],
)
def test_only_what_surely_was_not_taken_is_said_not_to_be_s4(error: Exception, what: What) -> None:
    assert to(error)[0] is what


def test_a_connection_that_never_was_carried_nothing() -> None:
    pool: Any = None
    never = urllib3.exceptions.NewConnectionError(pool, "refused")
    packed = urllib3.exceptions.MaxRetryError(pool, "/", never)
    assert to(requests.exceptions.ConnectionError(packed)) == (What.AWAY, 0, sentences.NOT_REACHED)
    slow = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.ConnectTimeoutError())
    assert to(requests.exceptions.ConnectTimeout(slow))[0] is What.AWAY


def test_a_certificate_that_cannot_be_trusted_is_named() -> None:
    cause = ssl.SSLCertVerificationError()
    cause.verify_message = "certificate has expired."
    what, _, text = to(requests.exceptions.SSLError(urllib3.exceptions.SSLError(cause)))
    assert (what, text) == (What.REFUSED, "Its certificate cannot be trusted: certificate has expired.")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPRecipientsRefused({ULA: (550, b"5.1.1 nobody\n here")}), (What.SAID, 550, "nobody here")),
        (smtplib.SMTPRecipientsRefused({}), (What.SAID, 550, "")),
        (smtplib.SMTPDataError(452, b"4.2.2 full"), (What.SAID, 452, "full")),
        (smtplib.SMTPSenderRefused(552, b"5.3.4 too large", "a@example.org"), (What.SAID, 552, "too large")),
        (smtplib.SMTPSenderRefused(530, b"log in", "a@example.org"), (What.REFUSED, 530, "log in")),
        (smtplib.SMTPServerDisconnected("gone"), (What.UNKNOWN, 0, sentences.HUNG_UP)),
        (smtplib.SMTPNotSupportedError("No SMTPUTF8."), (What.REFUSED, 0, "It is not set up: No SMTPUTF8.")),
    ],
)
def test_smtp_errors_keep_the_servers_words(error: Exception, expected: tuple[What, int, str]) -> None:
    assert to(error) == expected


@pytest.mark.parametrize(
    ("error", "what", "text"),
    [
        (smtplib.SMTPConnectError(421, "busy"), What.AWAY, sentences.HUNG_UP),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), What.REFUSED, "no"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), What.REFUSED, "It is not set up: STARTTLS."),
        (ConnectionRefusedError(111, "Connection refused"), What.AWAY, "Connection refused"),
        (ModuleNotFoundError("No module"), What.REFUSED, sentences.NO_BACKEND),
        (TypeError("unexpected keyword"), What.REFUSED, "It is not set up: unexpected keyword."),
    ],
)
def test_a_backend_that_does_not_open_has_sent_nothing(error: Exception, what: What, text: str) -> None:
    answer = answering.to_opening(error)
    assert (answer.what, answer.reply.text) == (what, text)


def test_whatever_else_breaks_leaves_it_unknown_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert to(KeyError("id")) == (
        What.UNKNOWN,
        0,
        "The e-mail backend broke (KeyError), so nobody knows whether the message was taken.",
    )
    assert "broke" in caplog.text


# ── what is returned ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("count", "what", "code"),
    [(1, What.SAID, 250), (True, What.SAID, 250), (0, What.SAID, 451), (None, What.UNKNOWN, 0)],
)
def test_a_number_is_taken_at_its_word_and_nothing_at_all_for_nothing(count: object, what: What, code: int) -> None:
    (answer,) = answering.to_count(count, SimpleNamespace(), COPIES)
    assert (answer.what, answer.reply.code) == (what, code)
    assert answer.is_strike is (code != 250)


@pytest.mark.parametrize(
    ("status", "what", "code"),
    [
        ("sent", What.SAID, 250),
        ("queued", What.SAID, 250),
        ("rejected", What.SAID, 550),
        ("invalid", What.SAID, 553),
        ("failed", What.OBJECTED, 0),
        ("unknown", What.UNKNOWN, 0),
        (None, What.UNKNOWN, 0),
    ],
)
def test_anymails_words_on_a_recipient(status: str | None, what: What, code: int) -> None:
    message = SimpleNamespace(anymail_status=AnymailStatus())
    message.anymail_status.set_recipient_status({ULA: AnymailRecipientStatus("id", status)})
    (answer,) = answering.to_count(1, message, COPIES)
    assert (answer.what, answer.reply.code) == (what, code)
    if status in ("rejected", "invalid"):
        assert answering.to_error(anymail.AnymailRecipientsRefused(), message, COPIES) == [answer]


def test_whom_anymail_does_not_mention_may_have_been_taken() -> None:
    message = SimpleNamespace(anymail_status=AnymailStatus())
    message.anymail_status.set_recipient_status({"jan@example.org": AnymailRecipientStatus("id", "sent")})
    (answer,) = answering.to_count(1, message, COPIES)
    assert answer.what is What.UNKNOWN
