"""Writes and sends our own letters: one folder of `subject.txt`, `body.txt`, `body.html` per kind in templates/email/."""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import textwrap
from dataclasses import dataclass, field
from email import charset
from email.headerregistry import Address

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused, AnymailUnsupportedFeature
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from newsletter.lib import tokens

PERMANENT = range(500, 600)
TEMPORARY = 451
OBJECTIONS = frozenset({400, 422})
"""HTTP: a mail service does not like this letter, but might like others."""
WIDTH = 76
QUOTED_PRINTABLE = charset.Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = charset.QP
"""Seven bits whatever the next server can do (F6)."""


class LetterError(Exception):
    """A letter that did not go out.

    LetterError
    ├── LetterRefusedError    the server will never take it: do not try again
    └── LetterDeferredError   not now: try again later
    """


class LetterRefusedError(LetterError):
    """The server refused the recipient or the message for good (5yz)."""


class LetterDeferredError(LetterError):
    """The server asked to wait (`server_spoke`), or none answered."""

    def __init__(self, *, server_spoke: bool) -> None:
        super().__init__("asked to wait" if server_spoke else "no answer")
        self.server_spoke = server_spoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one person."""

    to: str
    """The address as the wire wants it."""
    language: str
    template: str
    """Folder in templates/email/."""
    context: dict[str, object]
    occasion: str = field(repr=False)
    """What it is about: two hand-overs of one occasion are one letter and carry one Message-ID (F3)."""
    sender: tuple[str, str] = ("", "")
    """Display name and address; the site's own where empty."""
    reply_to: str = ""

    def send(self) -> str:
        """Hand it over by Django's mail backend; the Message-ID, without brackets.

        Raises:
            LetterRefusedError: for good.
            LetterDeferredError: for now.
        """
        try:
            taken = _handed_over(self.message())
        except (smtplib.SMTPException, OSError, AnymailError, ImproperlyConfigured) as error:
            raise _meaning_of(error) from error
        if taken == 0:
            raise LetterDeferredError(server_spoke=False)
        return self.message_id

    def message(self) -> EmailMultiAlternatives:
        """The letter in the reader's language: text first, HTML last (F5)."""
        with translation.override(self.language):
            subject = " ".join(self._part("subject.txt").split())
            text, html = self._part("body.txt", subject=subject), self._part("body.html", subject=subject)
        message = EmailMultiAlternatives(
            subject=subject,
            body=_wrapped(text),
            from_email=str(self._from),
            to=[self.to],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers=self._headers(),
        )
        message.attach_alternative(html.strip() + "\n", "text/html")
        message.encoding = QUOTED_PRINTABLE
        return message

    @property
    def message_id(self) -> str:
        """Ours on the right; on the left a keyed hash of person and occasion, so that it tells nobody either."""
        said = f"{self.template} {self.to} {self.occasion}".encode()
        left = hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:32]
        return f"{left}@{self._from.domain}"

    @property
    def _from(self) -> Address:
        name, address = self.sender if self.sender[1] else (settings.SENDER_NAME, settings.SENDER_EMAIL)
        return Address(display_name=name, addr_spec=address)

    def _headers(self) -> dict[str, str]:
        return {
            "Message-ID": f"<{self.message_id}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834; H10
            "X-Auto-Response-Suppress": "All",
            "Content-Language": self.language,
        }

    def _part(self, name: str, **more: object) -> str:
        given = {
            "language": self.language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "sender_name": self._from.display_name,
            "light": tokens.LIGHT,
            "dark": tokens.DARK,
            "sans": tokens.SANS,
            "serif": tokens.SERIF,
        }
        return render_to_string(f"email/{self.template}/{name}", given | more | self.context)


def _wrapped(text: str) -> str:
    """Lines of at most 76 characters; an address is never broken (TX2)."""
    lines = (textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())
    return "\n".join(lines).strip() + "\n"


def _handed_over(message: EmailMultiAlternatives) -> int:
    """Sent with the wish that a mail service counts no opening and rewrites no link (C2); where it knows no such wish, without."""
    wishes = {"track_opens": False, "track_clicks": False}
    message.__dict__.update(wishes)
    try:
        return message.send()
    except AnymailUnsupportedFeature:  # raised while nothing has gone out
        for wish in wishes:
            del message.__dict__[wish]
        return message.send()


def _meaning_of(error: Exception) -> LetterError:
    codes = _codes(error)
    if codes and all(code in PERMANENT for code in codes):
        return LetterRefusedError()
    return LetterDeferredError(server_spoke=bool(codes))


def _codes(error: Exception) -> list[int]:
    """The server's words on this letter. A refused greeting, password or sender is our fault, not the letter's: no word."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _reply in error.recipients.values()]
    if isinstance(error, smtplib.SMTPDataError):
        return [error.smtp_code]
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return [PERMANENT.start]
    if getattr(error, "status_code", None) in OBJECTIONS:
        return [TEMPORARY]
    return []
