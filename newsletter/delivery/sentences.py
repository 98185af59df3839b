"""Sentences of ours that stand where a server's words would: kept in English in the row, said in the reader's language."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

DIED = _("The worker stopped before the server's answer was known.")
FORGOTTEN = _("The worker stopped and the journal was lost, so nobody knows whether the server took it.")
NO_ADDRESS = _("This is not an address or a name that mail can be sent to.")
NO_STARTTLS = _("The server offers no STARTTLS.")
NOT_ENCRYPTED = _("No password is sent over an unencrypted connection.")
NO_LOGIN = _("The server offers no way to log in that we know (PLAIN, LOGIN).")
ASCII_ONLY = _("The server takes no address with letters beyond ASCII.")
TOO_LARGE = _("The server takes at most %(number)s bytes.")
NOT_SMTP = _("The server does not speak SMTP.")
HUNG_UP = _("The server hung up.")
SILENT = _("The server did not answer in time.")
BAD_CERTIFICATE = _("Its certificate cannot be trusted: %(reason)s.")

OURS = (DIED, FORGOTTEN, NO_ADDRESS, NO_STARTTLS, NOT_ENCRYPTED, NO_LOGIN, ASCII_ONLY, NOT_SMTP, HUNG_UP, SILENT)
FILLED = {
    TOO_LARGE: re.compile(r"The server takes at most (?P<number>\d+) bytes\."),
    BAD_CERTIFICATE: re.compile(r"Its certificate cannot be trusted: (?P<reason>.+)\."),
}
"""How those with a slot read once it is filled."""


def said(*, text: str) -> str:
    """`text` in the reader's language where it is ours; a server's own words stay as they are."""
    if text in OURS:
        return gettext(text)
    for sentence, pattern in FILLED.items():
        if found := pattern.fullmatch(text):
            return gettext(sentence) % found.groupdict()
    return text
