"""Sends one copy of an edition as it stands, approved or not, to an address somebody typed."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.audience.addresses import parse
from newsletter.composition.compiling import Reader, compile_message
from newsletter.composition.composing import compose
from newsletter.delivery import sentences
from newsletter.delivery.answering import What
from newsletter.delivery.conversing import SmtpError, nothing
from newsletter.delivery.enveloping import Copy
from newsletter.delivery.posting import post
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.transport import NoServerError, to_our_servers
from newsletter.delivery.wires import Wire
from newsletter.lib.links import Purpose, tokens

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.delivery.carrying import Desk
    from newsletter.delivery.transport import Transport
    from newsletter.editions.models import Edition

PATIENCE = 20.0
"""Seconds for the whole conversation: a person is waiting for the page."""
NOBODY = uuid.UUID(int=0)
"""A test's links are signed like any other and open the page that a link to nobody opens."""


class NotTakenError(Exception):
    """The copy was not taken; `text` says what happened (empty: no mail server is set)."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
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
    sender = settings.SENDER_BOUNCE_EMAIL or edition.newsletter.sender_email
    transport = to_our_servers(until=time.monotonic() + PATIENCE)
    if (desk := transport.ways.choose()) is not None:
        return _carried(desk, Copy(message, sender=sender, recipient=recipient))
    return _handed_over(transport, Parcel(sender, recipient, message), until=time.monotonic() + PATIENCE)


def _carried(desk: Desk, copy: Copy) -> str:
    """By an e-mail backend; its answer in words."""
    errand = desk.send([copy])
    if not desk.wait(PATIENCE):
        raise NotTakenError(sentences.SILENT)
    answer = errand.answers[0]
    if answer.what is not What.SAID or not answer.reply.is_positive:
        raise NotTakenError(str(answer.reply) if answer.by_smtp else answer.reply.text)
    return str(answer.reply)


def _handed_over(transport: Transport, parcel: Parcel, *, until: float) -> str:
    try:
        wire = Wire(transport.open(pulse=nothing))
    except NoServerError as error:
        raise NotTakenError(error.failures[0][1].text if error.failures else "") from error
    try:
        return str(post(wire, parcel, until=until))
    except SmtpError as error:
        raise NotTakenError(error.text) from error
    finally:
        wire.leave()


def _composed(edition: Edition, language: str, recipient: str, now: dt.datetime) -> bytes:
    message = compose(edition=edition, language=language, today=now.date())
    message.subject = f"[test] {message.subject}"
    newsletter = edition.newsletter
    reader = Reader(
        address=recipient,
        first_name="",
        message_id=f"test-{secrets.token_hex(12)}@{parse(newsletter.sender_email).wire.rpartition('@')[2]}",
        unsubscribe_token=tokens(Purpose.UNSUBSCRIBE, newsletter_id=newsletter.pk)(NOBODY),
        preferences_token=tokens(Purpose.PREFERENCES, newsletter_id=newsletter.pk)(NOBODY),
    )
    return compile_message(message=message, mailing_id=None).fill(reader, date=now)
