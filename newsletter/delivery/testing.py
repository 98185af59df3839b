"""Sends one copy of an edition as it stands, approved or not, to an address somebody typed."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.audience.addresses import parse
from newsletter.composition.compiling import Reader, compile_message
from newsletter.composition.composing import compose
from newsletter.delivery.smtp import SmtpError
from newsletter.delivery.transport import NoServerError, kept
from newsletter.lib.links import Purpose, url_for

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.editions.models import Edition

NOBODY = uuid.UUID(int=0)
"""A test's links are signed like any other and open the page that a link to nobody opens."""


class NotTakenError(Exception):
    """The copy was not taken; `host` (empty: no mail server is set) and `text` say what happened."""

    def __init__(self, host: str, text: str) -> None:
        super().__init__(text)
        self.host = host
        self.text = text


def send_test(*, edition: Edition, language: str, address: str, now: dt.datetime) -> str:
    """Send `edition` in `language` to `address`, "[test]" before its subject; the server's reply.

    Nothing of it is kept: what is approved stays approved.

    Raises:
        AddressError: not an address; with a sentence.
        NotTakenError: no server took it.
    """
    recipient = parse(address).wire
    message = _composed(edition, language, recipient, now)
    try:
        reply = (
            kept()
            .connection(pulse=_patiently)
            .deliver(
                sender=settings.SENDER_BOUNCE_EMAIL or edition.newsletter.sender_email,
                recipient=recipient,
                message=message,
                announce=_patiently,
            )
        )
    except NoServerError as error:
        host, failure = error.failures[0] if error.failures else ("", None)
        raise NotTakenError(host, failure.text if failure else "") from error
    except SmtpError as error:
        raise NotTakenError(settings.SMTP_SERVERS[0].rpartition("@")[2], error.text) from error
    finally:
        kept().leave()
    return str(reply)


def _composed(edition: Edition, language: str, recipient: str, now: dt.datetime) -> bytes:
    message = compose(edition=edition, language=language, today=now.date())
    message.subject = f"[test] {message.subject}"
    newsletter = edition.newsletter
    reader = Reader(
        address=recipient,
        first_name="",
        message_id=f"test-{secrets.token_hex(12)}@{parse(newsletter.sender_email).wire.rpartition('@')[2]}",
        unsubscribe_url=url_for(Purpose.UNSUBSCRIBE, subscriber=NOBODY, newsletter_id=newsletter.pk, now=now),
        preferences_url=url_for(Purpose.PREFERENCES, subscriber=NOBODY, newsletter_id=newsletter.pk, now=now),
    )
    return compile_message(message=message, mailing_id=None).fill(reader, date=now)


def _patiently() -> None:
    """Nothing is leased or noted for a test."""
