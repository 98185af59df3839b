"""What an e-mail backend's answer means for the rows: what it returns, what it raises, and anymail's word on each recipient.

Only what surely was not taken may be tried again; where a request may have arrived and nobody said so, the outcome is unknown
(S4). What speaks of our own setup fails nobody: the mailing waits and says why.
"""

from __future__ import annotations

import enum
import logging
import re
import smtplib
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
import urllib3.exceptions
from anymail import exceptions as anymail
from django.core.exceptions import ImproperlyConfigured

from newsletter.delivery import sentences
from newsletter.delivery.classifying import without_addresses
from newsletter.delivery.conversing import words_of
from newsletter.delivery.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.delivery.enveloping import Copy

log = logging.getLogger(__name__)


class What(enum.Enum):
    """The kinds of answers."""

    SAID = enum.auto()
    """About this copy: `reply` is what it would be over SMTP."""
    UNKNOWN = enum.auto()
    """It may have been taken."""
    OBJECTED = enum.auto()
    """Not taken, and whether the reader or our setup is at fault shows only when others are tried."""
    REFUSED = enum.auto()
    """Not taken: we are not let in, or something must be set."""
    AWAY = enum.auto()
    """Not taken: nobody answers there."""


class Answer(NamedTuple):
    """What became of one copy."""

    what: What
    reply: Reply
    """Its code is 0 where nothing was said about the copy."""
    by_smtp: bool = False
    """Whether the words are a mail server's, and mean what they mean there."""
    is_busy: bool = False
    """Whether the service asks to be left alone for a while."""

    @property
    def is_strike(self) -> bool:
        """Whether several such in a row speak of the service rather than of readers."""
        temporary = self.what is What.SAID and self.reply.is_temporary and not self.by_smtp
        return temporary or self.what in {What.UNKNOWN, What.OBJECTED}


CODES = {"sent": 250, "queued": 250, "invalid": 553, "rejected": 550}
WORDS = {"invalid": sentences.NO_ADDRESS, "rejected": sentences.REJECTED}
"""Where the service gives no reason of its own."""
NOT_LET_IN = frozenset({401, 402, 403, 404, 405, 407})
TEMPORARY = frozenset({408, 421, 425, 429})
TOO_MANY = 429
AFTER_ALL = frozenset({502, 504, 520, 524})
"""A gateway did not hear from those behind it, who may have taken it."""
BEFORE = {
    "EndpointConnectionError": What.AWAY,
    "ConnectTimeoutError": What.AWAY,
    "NoCredentialsError": What.REFUSED,
    "PartialCredentialsError": What.REFUSED,
    "NoRegionError": What.REFUSED,
}
"""What Amazon's library raises while nothing has gone out; it is there only where it is used."""
SAYING = ("message", "Message", "error", "error_message", "ErrorMessage", "detail", "name")
"""Where services put their words into an answer in JSON."""
TOO_LARGE = 552
"""At MAIL the only refusal that speaks of the message."""
LONGEST = 160
ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\s+")


def to_opening(error: Exception) -> Answer:
    """Why a backend could not be made or opened. Nothing has been sent."""
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPServerDisconnected):
        return Answer(What.AWAY, Reply(0, "", sentences.HUNG_UP))
    if isinstance(error, smtplib.SMTPResponseException):
        return Answer(What.REFUSED, _smtp(error.smtp_code, error.smtp_error))
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return Answer(What.AWAY, Reply(0, "", words_of(error)))
    if isinstance(error, ImportError):
        return Answer(What.REFUSED, Reply(0, "", sentences.NO_BACKEND))
    return Answer(What.REFUSED, Reply(0, "", sentences.NOT_SET_UP % {"reason": _brief(str(error))}))


def to_count(count: object, message: Any, copies: Sequence[Copy]) -> list[Answer]:
    """What `send_messages` returned for `copies`, handed over as `message`. None says nothing, and nothing is made of it."""
    status = getattr(message, "anymail_status", None)
    if status is not None and status.recipients:
        return to_statuses(message, copies)
    if count is None:
        return [Answer(What.UNKNOWN, Reply(0, "", sentences.SAYS_NOTHING))] * len(copies)
    if count == 1:
        return [Answer(What.SAID, Reply(250, "", ""))] * len(copies)
    return [Answer(What.SAID, Reply(451, "", sentences.TOOK_NONE))] * len(copies)


def to_statuses(message: Any, copies: Sequence[Copy]) -> list[Answer]:
    """What anymail says about each recipient. Who is not mentioned may have been taken."""
    recipients, words = message.anymail_status.recipients, getattr(message, "words", {})
    return [_to_status(recipients.get(copy.to[0]), words.get(copy.to[0], "")) for copy in copies]


def to_error(error: Exception, message: Any, copies: Sequence[Copy]) -> list[Answer]:
    """What `send_messages` raised for `copies`, handed over as `message`."""
    if isinstance(error, anymail.AnymailRecipientsRefused):
        return to_statuses(message, copies)
    answer = _to_smtp_error(error, copies) if isinstance(error, smtplib.SMTPException) else _to_api_error(error)
    if answer is None:
        log.error("an e-mail backend broke", exc_info=error)
        answer = Answer(What.UNKNOWN, Reply(0, "", sentences.BACKEND_BROKE % {"reason": type(error).__name__}))
    return [answer] * len(copies)


# ── over an interface of their own ───────────────────────────────────────────────────────────────────────────────────
def _to_status(status: Any, words: str) -> Answer:
    word = str(status.status) if status else ""
    said = _brief(words) or WORDS.get(word, "")
    if word in CODES:
        taken = CODES[word] < 400  # noqa: PLR2004 (RFC 5321 4.2.1)
        return Answer(What.SAID, Reply(CODES[word], "", f"{word} {status.message_id or ''}".strip() if taken else said))
    if word == "failed":
        return Answer(What.OBJECTED, Reply(0, "", said or sentences.NO_REASON))
    return Answer(What.UNKNOWN, Reply(0, "", sentences.SAYS_NOTHING))


def _to_api_error(error: Exception) -> Answer | None:  # noqa: PLR0911 (a table in the order of what is most telling)
    if isinstance(error, anymail.AnymailInvalidAddress):
        return Answer(What.SAID, Reply(553, "5.1.3", sentences.NO_ADDRESS))
    if (status := _status_of(error)) is not None:
        return _to_http(status, _said_in(error))
    if isinstance(error, requests.RequestException):
        return _to_no_response(error)
    if isinstance(error, anymail.AnymailAPIError):
        return _to_no_status(error)
    if isinstance(error, anymail.AnymailError | ImproperlyConfigured):  # before anything went out
        return Answer(What.REFUSED, Reply(0, "", sentences.NOT_SET_UP % {"reason": _brief(str(error))}))
    if isinstance(error, OSError):
        text = sentences.SILENT if isinstance(error, TimeoutError) else words_of(error)
        return Answer(What.UNKNOWN, Reply(0, "", text))
    return None


def _to_no_status(error: anymail.AnymailAPIError) -> Answer:
    what = BEFORE.get(type(error.__cause__).__name__, What.UNKNOWN)
    return Answer(what, Reply(0, "", _brief(str(error.args[0])) if error.args else sentences.HUNG_UP))


def _to_http(status: int, words: str) -> Answer:
    said = f"HTTP {status}" + (f": {words}" if words else "")
    if status in NOT_LET_IN or 300 <= status < 400:  # noqa: PLR2004 (another address)
        return Answer(What.REFUSED, Reply(0, "", said))
    if status in AFTER_ALL or status < 300:  # noqa: PLR2004 (taken, in words nobody can read)
        return Answer(What.UNKNOWN, Reply(0, "", said))
    if status in TEMPORARY or status >= 500:  # noqa: PLR2004 (a fault of theirs)
        return Answer(What.SAID, Reply(451, "", said), is_busy=status == TOO_MANY)
    return Answer(What.OBJECTED, Reply(0, "", said))


def _to_no_response(error: requests.RequestException) -> Answer:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message.rstrip(".")
            return Answer(What.REFUSED, Reply(0, "", sentences.BAD_CERTIFICATE % {"reason": reason}))
        if isinstance(cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
            return Answer(What.AWAY, Reply(0, "", sentences.NOT_REACHED))
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return Answer(What.REFUSED, Reply(0, "", sentences.NO_SUCH_PLACE))
    silent = isinstance(error, requests.Timeout)
    return Answer(What.UNKNOWN, Reply(0, "", sentences.SILENT if silent else sentences.HUNG_UP))


def _causes(error: object) -> Iterator[object]:
    """`error` and whatever libraries have packed into it."""
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _status_of(error: Exception) -> int | None:
    """The HTTP status, also where Amazon's library answers for the service."""
    status = getattr(error, "status_code", None)
    behind = getattr(error.__cause__, "response", None)
    if status is None and isinstance(behind, dict):
        status = behind.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status


def _said_in(error: Any) -> str:
    """The service's words, or the backend's own where it explains."""
    own = _brief(str(error.args[0])) if error.args else ""
    response = getattr(error, "response", None)
    try:
        found = response.json()  # type: ignore[union-attr]  # caught where it is not there
    except (AttributeError, ValueError):
        return own or _brief(getattr(response, "text", "") or "")
    where = found if isinstance(found, dict) else {}
    return own or _brief(next((str(where[name]) for name in SAYING if where.get(name)), str(found)))


def _brief(words: str) -> str:
    """One line without addresses (X14)."""
    return without_addresses(" ".join(words.split()))[:LONGEST].strip().rstrip(".")


# ── over SMTP, by Django's own backend ───────────────────────────────────────────────────────────────────────────────
def _to_smtp_error(error: smtplib.SMTPException, copies: Sequence[Copy]) -> Answer:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = error.recipients.get(copies[0].to[0]) or next(iter(error.recipients.values()), (550, b""))
        return Answer(What.SAID, _smtp(*said), by_smtp=True)
    if isinstance(error, smtplib.SMTPResponseException):  # else the sender, the greeting or the password was refused
        about_message = isinstance(error, smtplib.SMTPDataError) or error.smtp_code == TOO_LARGE
        reply = _smtp(error.smtp_code, error.smtp_error)
        return Answer(What.SAID, reply, by_smtp=True) if about_message else Answer(What.REFUSED, reply)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Answer(What.UNKNOWN, Reply(0, "", sentences.HUNG_UP))
    return Answer(What.REFUSED, Reply(0, "", sentences.NOT_SET_UP % {"reason": _brief(str(error))}))


def _smtp(code: int, words: bytes | str) -> Reply:
    octets = words if isinstance(words, bytes) else words.encode()
    found = ENHANCED.match(octets)
    text = octets[found.end() if found else 0 :].decode("utf-8", "replace")
    return Reply(code, found[1].decode() if found else "", " ".join(text.split()))
