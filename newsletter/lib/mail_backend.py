"""Django's SMTP backend with what it lacks: TLS where it is offered, and addresses beyond ASCII (F10)."""

from __future__ import annotations

import smtplib
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.mail.backends import smtp

from newsletter.lib.servers import first_readable

if TYPE_CHECKING:
    from django.core.mail import EmailMessage


class EmailBackend(smtp.EmailBackend):
    """Hands over to the first of settings.SMTP_SERVERS."""

    def open(self) -> bool | None:
        """Connect; encrypt where the server offers it and nobody forbade it (`tls=opportunistic`)."""
        opened = super().open()
        server = first_readable(settings.SMTP_SERVERS)
        if opened and self.connection and server and server.tls == "opportunistic":
            self.connection.ehlo_or_helo_if_needed()
            if self.connection.has_extn("starttls"):
                self.connection.starttls(context=server.tls_context())
        return opened

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = email_message.recipients()
        if all(address.isascii() for address in recipients):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave out what is overridden most
        _send_beyond_ascii(cast("smtplib.SMTP", self.connection), email_message, recipients)
        return True


def _send_beyond_ascii(connection: smtplib.SMTP, email_message: EmailMessage, recipients: list[str]) -> None:
    """One message to local parts that need SMTPUTF8; 5.6.7 before DATA where the server has none (RFC 6531)."""
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("smtputf8"):
        refusal = (553, b"5.6.7 the server does not offer SMTPUTF8")
        raise smtplib.SMTPRecipientsRefused(dict.fromkeys(recipients, refusal))
    message = message_from_bytes(email_message.message().as_bytes(), policy=policy.SMTPUTF8)
    message.replace_header("To", ", ".join(recipients))
    connection.sendmail(
        message["From"].addresses[0].addr_spec,
        recipients,
        message.as_bytes(),
        mail_options=["SMTPUTF8", "BODY=8BITMIME"],
    )
