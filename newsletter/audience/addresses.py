"""Reads one e-mail address as people type it: what is shown, what finds it again, and what goes over the wire."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

import email_validator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
"""The library's documented switch. An institution's inner `.local` address is fine here, and a domain that does not exist
is answered like every other one: by a letter that never arrives (X3)."""

FORBIDDEN = frozenset(
    "\r\n\0\x0b\x0c\x85\u2028\u2029\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""Line ends, NUL, bidi controls and invisible joins: in a header they forge, on a screen they deceive (X6)."""

MOST_OCTETS = 254
MOST_LOCAL_OCTETS = 64
"""RFC 5321 4.5.3.1: the path without its brackets, and the part before the @ sign."""

EMPTY = _("Type your e-mail address.")
NO_AT = _("An e-mail address has one @ sign, as in name@example.org. Check what you typed.")
INVISIBLE = _("The address contains an invisible character. Type it by hand instead of pasting it.")
TOO_LONG = _("The address is longer than an e-mail address can be. Check that nothing was pasted along with it.")
BAD_DOMAIN = _("The part after the @ sign is not a domain name. It should look like example.org.")
MALFORMED = _("This is not an e-mail address yet. It should look like name@example.org.")


@dataclass(frozen=True, slots=True)
class Address:
    """One address, three spellings."""

    display: str
    """As typed, in NFC; the domain in lower case and as U-label (F9)."""
    key: str
    """Finds the same mailbox again: the local part casefolded, the domain as in `display`, all in NFC."""
    wire: str
    """What SMTP is told: the domain as A-label (IDNA 2008, UTS 46 non-transitional)."""

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 can take it (F10)."""
        return not self.wire.isascii()


class AddressError(ValueError):
    """Not an address we can write to; `sentence` tells the person what to do."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)


def parse(text: str) -> Address:
    """The address in `text`, without asking the network; spaces around it do not matter.

    Raises:
        AddressError: with a sentence in the active language.
    """
    typed = text.strip(" \t\u00a0")
    _refuse_the_obvious(typed)
    try:
        valid = email_validator.validate_email(typed, check_deliverability=False, allow_smtputf8=True)
    except email_validator.EmailSyntaxError as error:
        raise AddressError(BAD_DOMAIN if "after the @-sign" in str(error).lower() else MALFORMED) from error
    local = unicodedata.normalize("NFC", valid.local_part)
    return Address(
        display=f"{local}@{valid.domain}",
        key=f"{_folded(local)}@{valid.domain}",
        wire=f"{local}@{valid.ascii_domain}",
    )


def wire_form(text: str) -> str:
    """How an address that was parsed before stands on the wire: only one with letters beyond ASCII is written differently.

    Raises:
        AddressError: it is no address (any more).
    """
    return text if text.isascii() else parse(text).wire


def fingerprint(key: str) -> str:
    """The keyed hash of an `Address.key`: 64 hexadecimal digits that nobody without the pepper can try out (R2)."""
    return hmac.new(settings.SUPPRESSION_PEPPER.encode(), key.encode(), hashlib.sha256).hexdigest()


def _refuse_the_obvious(typed: str) -> None:
    if not typed:
        raise AddressError(EMPTY)
    if not FORBIDDEN.isdisjoint(typed):
        raise AddressError(INVISIBLE)
    if _octets(typed) > MOST_OCTETS:
        raise AddressError(TOO_LONG)
    if typed.count("@") != 1:
        raise AddressError(NO_AT)
    if _octets(typed.partition("@")[0]) > MOST_LOCAL_OCTETS:
        raise AddressError(TOO_LONG)


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _folded(local: str) -> str:
    """Canonical caseless form (Unicode D145), so that folding twice changes nothing."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
