"""Says in one plain sentence why a mail server could not be used, and what to do about it. In the reader's language."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from newsletter.delivery import sentences

if TYPE_CHECKING:
    from newsletter.delivery.conversing import SmtpError
    from newsletter.lib.servers import Server

EXPIRED = {10}
NOT_YET = {9}
OTHER_NAME = {62, 64}
UNKNOWN_ISSUER = {2, 18, 19, 20, 21}
"""OpenSSL's X509_V_ERR_ numbers."""
NOT_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"}
OLD_TLS = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "DH_KEY_TOO_SMALL"}
"""OpenSSL's reasons for not agreeing."""
WANTS_LOGIN = 530


def explain(*, server: Server, error: SmtpError, sender: str = "") -> str:
    """The sentence for `error`, which came while opening `server` or offering it a message from `sender`."""
    facts = {
        "host": server.host,
        "port": server.port,
        "sender": sender,
        "mechanism": server.auth,
        "reply": sentences.said(text=error.text).rstrip("."),
    }
    return EXPLANATIONS[error.stage](server, error) % facts


def _no_name(_server: Server, error: SmtpError) -> str:
    if isinstance(error.__cause__, TimeoutError):
        return _("The name server did not answer in time: check this machine's network and its name servers.")
    return _("No host is called %(host)s: check the name in SMTP_URL.")


def _no_connection(_server: Server, error: SmtpError) -> str:
    if isinstance(error.__cause__, ConnectionRefusedError):
        return _(
            "Nobody listens on port %(port)s of %(host)s: check the port in SMTP_URL, and whether the server runs."
        )
    if isinstance(error.__cause__, TimeoutError):
        return _("Port %(port)s of %(host)s does not answer: a firewall may be in the way. Try port 587 or 465.")
    return _("%(host)s cannot be reached from this machine (%(reply)s): check the network, and source in SMTP_URL.")


def _no_greeting(_server: Server, error: SmtpError) -> str:
    if error.reply:
        return _("The server does not talk to this machine: “%(reply)s”. Ask its operator to let this machine in.")
    if error.text == sentences.NOT_SMTP:
        return _("What answers on port %(port)s is no mail server: check the port in SMTP_URL.")
    return _("The server says nothing: where it wants encryption from the start, write smtps:// in SMTP_URL.")


def _no_hello(_server: Server, error: SmtpError) -> str:
    if error.reply and error.reply.is_temporary:
        return _("The server has no time for us now: “%(reply)s”. Try again later.")
    if error.reply:
        return _("The server does not accept this machine's name: “%(reply)s”. Set another one with helo in SMTP_URL.")
    return _("The server did not answer our greeting as a mail server does: %(reply)s. Ask its operator.")


def _no_encryption(_server: Server, error: SmtpError) -> str:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _bad_certificate(cause.verify_code)
    reason = getattr(cause, "reason", None)
    if reason in NOT_TLS:
        return _("The server does not encrypt from the start here: write smtp:// with ?tls=starttls in SMTP_URL.")
    if reason in OLD_TLS:
        return _("The server knows only encryption that is too old to be safe: its operator must bring it up to date.")
    if error.text == sentences.NO_AUTHORITIES:
        return _("The file that ca_file in SMTP_URL names cannot be read: check its path, and who may read it.")
    if error.text == sentences.NO_STARTTLS:
        return _("The server offers no encryption on port %(port)s: try smtps:// in SMTP_URL, or ask its operator.")
    return _("No encrypted line came about: %(reply)s. Check the port and tls in SMTP_URL.")


def _bad_certificate(code: int) -> str:
    if code in EXPIRED:
        return _("The server's certificate has run out: its operator must renew it.")
    if code in NOT_YET:
        return _("The server's certificate is not valid yet: check this machine's clock, or ask its operator.")
    if code in OTHER_NAME:
        return _("The server's certificate is not for %(host)s: write the name that it is for into SMTP_URL.")
    if code in UNKNOWN_ISSUER:
        return _("Nobody this machine trusts has signed the certificate: name the authority with ca_file in SMTP_URL.")
    return _("The server's certificate cannot be trusted: %(reply)s. Its operator must replace it.")


def _no_login(server: Server, error: SmtpError) -> str:
    if error.reply is None:
        return _login_not_tried(server, error)
    if error.reply.is_temporary:
        return _("The server cannot let us in now: “%(reply)s”. Try again later.")
    if server.token_file:
        return _("The server refused the token: “%(reply)s”. Check that the token file holds a fresh one.")
    return _("The server refused the password: “%(reply)s”. Check user and password in SMTP_URL.")


def _login_not_tried(server: Server, error: SmtpError) -> str:
    if server.auth and error.text == sentences.NOT_OFFERED % {"mechanism": server.auth}:
        return _("The server lets nobody in by %(mechanism)s: take auth out of SMTP_URL, or name another way.")
    if error.text == sentences.NO_LOGIN:
        return _("The server lets nobody log in on port %(port)s: try port 587 or 465, or leave out user and password.")
    if error.text == sentences.NOT_ENCRYPTED:
        return _("The line is not encrypted, so no password was sent: write smtps:// or ?tls=starttls in SMTP_URL.")
    if error.text == sentences.NO_TOKEN:
        return _("The file that token_file in SMTP_URL names cannot be read: check its path, and who may read it.")
    return _("No login came about: %(reply)s. Check user, password, auth and tls in SMTP_URL.")


def _no_sender(_server: Server, error: SmtpError) -> str:
    if error.reply is None:
        return _("The server broke off: %(reply)s. Try again later.")
    if error.reply.code == WANTS_LOGIN:
        return _("The server wants a login: “%(reply)s”. Put user and password into SMTP_URL.")
    if error.reply.is_temporary:
        return _("The server takes no mail from us now: “%(reply)s”. Try again later.")
    return _("The server takes no mail from %(sender)s: “%(reply)s”. Ask its operator to allow this sender.")


def _no_recipient(server: Server, error: SmtpError) -> str:
    if error.reply is None or error.reply.is_temporary or error.reply.code == WANTS_LOGIN:
        return _no_sender(server, error)
    return _("The server passes on no mail for us: “%(reply)s”. Log in with user and password, or ask its operator.")


EXPLANATIONS = {
    "resolve": _no_name,
    "connect": _no_connection,
    "greeting": _no_greeting,
    "hello": _no_hello,
    "starttls": _no_encryption,
    "auth": _no_login,
    "mail": _no_sender,
    "rcpt": _no_recipient,
}
