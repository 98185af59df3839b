"""Sentences of ours that stand in a row: kept there in English, said in the language of whoever reads them."""

from __future__ import annotations

import re

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_noop as _

DIED = _("The worker stopped before the server's answer was known.")
FORGOTTEN = _("The worker stopped and the journal was lost, so nobody knows whether the server took it.")
NO_ADDRESS = _("This is not an address or a name that mail can be sent to.")
NO_STARTTLS = _("The server offers no STARTTLS.")
NOT_ENCRYPTED = _("No password is sent over an unencrypted connection.")
NO_LOGIN = _("The server offers no way to log in that we know.")
NOT_OFFERED = _("The server does not offer to log in with %(mechanism)s.")
NO_TOKEN = _("The token file cannot be read.")
BAD_CHALLENGE = _("The server asks something that cannot be answered when logging in.")
UNPROVEN = _("The server did not prove that it knows the password.")
NO_AUTHORITIES = _("The file of authorities to trust (ca_file) cannot be read.")
NO_NAME_SERVER = _("The name server did not answer in time.")
OUT_OF_STEP = _("The server answers before it is asked.")
ASCII_ONLY = _("The server takes no address with letters beyond ASCII.")
TOO_LARGE = _("The server takes at most %(number)s bytes.")
NOT_SMTP = _("The server does not speak SMTP.")
HUNG_UP = _("The server hung up.")
SILENT = _("The server did not answer in time.")
NO_BACKEND = _("There is no such e-mail backend, or a package it needs is not installed.")
NOT_SET_UP = _("It is not set up: %(reason)s.")
NOT_REACHED = _("The service cannot be reached from this machine.")
NO_SUCH_PLACE = _("The address of the service is none.")
SAYS_NOTHING = _("It does not say whether it took the message.")
TOOK_NONE = _("It says that it did not take the message, and not why.")
NO_REASON = _("It could not send the message, and does not say why.")
REJECTED = _("The service does not write to this reader any more, after a bounce or a complaint.")
BACKEND_BROKE = _("The e-mail backend broke (%(reason)s), so nobody knows whether the message was taken.")
NOT_ENCRYPTABLE = _("It could not agree with us on encryption (%(reason)s).")
BAD_CERTIFICATE = _("Its certificate cannot be trusted: %(reason)s.")

NO_SERVER = _("No mail server is set. Put its address into SMTP_URL and restart the worker.")
NOT_THE_CHOSEN = _(
    "None of the mail servers this newsletter names is in SMTP_URL any more. Tick another one in its form."
)
NO_ANSWER = _("The mail server %(host)s does not answer; trying again at %(time)s.")
NO_MAIL_NOW = _("The mail server %(host)s takes no mail from us now: %(reply)s. Trying again at %(time)s.")
NO_JOURNAL = _("Redis does not answer, and without its journal nobody is mailed; trying again at %(time)s.")
BROKEN = _("Something went wrong in the worker; its log says what. Trying again at %(time)s.")
WINDOW = _("Sending goes on %(day)s at %(time)s (%(zone)s), when this newsletter's window opens.")
LATE = _(
    "It should have begun at %(moment)s (%(zone)s) and did not, because no worker was running. Resume it or cancel it."
)
RELEASE = _("Waits for a second person's release: an urgent mailing is launched by two.")
EXPIRED = _("It is no longer news: whoever has not got it by now is not written to any more.")
DAYS = (
    pgettext_lazy("sending goes on", "Monday"),
    pgettext_lazy("sending goes on", "Tuesday"),
    pgettext_lazy("sending goes on", "Wednesday"),
    pgettext_lazy("sending goes on", "Thursday"),
    pgettext_lazy("sending goes on", "Friday"),
    pgettext_lazy("sending goes on", "Saturday"),
    pgettext_lazy("sending goes on", "Sunday"),
)
"""In the order of ISO weekdays. A context of their own: some languages bend them."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""As they stand in a row."""

OTHERS = _("the other providers.")
NO_MAILBOX = _("This address does not exist.")
NO_MAIL_DOMAIN = _("This domain takes no mail.")
INACTIVE = _("The mailbox is closed or no longer used.")
FULL = _("The mailbox is full.")
REFUSED = _("The server refuses this message for this reader.")
TOO_LARGE_FOR_THEM = _("The message is too large for the receiving server.")
UNREADABLE = _("The server cannot handle a message of this form.")
RECIPIENT_POLICY = _("The reader's own organisation lets no such mail in.")
NOT_NOW = _("The server cannot take it now.")
GREYLISTED = _("The server asks unknown senders to come back later.")
TOO_MUCH = _("It was too much mail from us at once.")
POLICY = _("Its rules keep our mail out; this says nothing about the readers.")
OUR_FAULT = _("Our own setup does not pass its checks (SPF, DKIM, DMARC, TLS or the server's name).")
PACED = _("Mail leaves at the pace set in the limits.")

STOPPED = _("%(provider)s gets no mail until %(time)s: %(reason)s. The server said: %(reply)s.")
ALL_STOPPED = _("Nobody gets mail until %(time)s: %(reason)s. The server said: %(reply)s.")
CAREFUL = _("%(provider)s is tried again carefully, with few connections at first.")
BUSY = _("All connections that may go to %(provider)s are in use; it goes on in a moment.")
PROVIDER_LIMIT = _("The limit set for %(provider)s is reached; it goes on at %(time)s.")
NEWSLETTER_LIMIT = _("The limit set for this newsletter is reached; it goes on at %(time)s.")
WARMING_UP = _("%(domain)s is warming up, and its share for %(provider)s is used up; it goes on at %(time)s.")
SERVER_LIMIT = _("The mail server %(server)s has carried all it may for now; it goes on at %(time)s.")
SERVER_PACED = _("Mail leaves at the pace set for the mail server %(server)s.")
SERVER_BUSY = _("All connections that may go to the mail server %(server)s are in use; it goes on when one is free.")
NO_COUNTERS = _("Redis does not answer, and without its counters nobody is mailed; trying again at %(time)s.")

REASONS = (
    *(NO_MAILBOX, NO_MAIL_DOMAIN, INACTIVE, FULL, REFUSED, TOO_LARGE_FOR_THEM, UNREADABLE, RECIPIENT_POLICY),
    *(NOT_NOW, GREYLISTED, TOO_MUCH, POLICY, OUR_FAULT),
)
LIMITS = (STOPPED, ALL_STOPPED, CAREFUL, BUSY, PROVIDER_LIMIT, NEWSLETTER_LIMIT, WARMING_UP, NO_COUNTERS)
OF_SERVERS = (SERVER_LIMIT, SERVER_PACED, SERVER_BUSY)

OURS = (
    DIED,
    FORGOTTEN,
    NO_ADDRESS,
    NO_STARTTLS,
    NOT_ENCRYPTED,
    NO_LOGIN,
    NO_TOKEN,
    BAD_CHALLENGE,
    UNPROVEN,
    NO_AUTHORITIES,
    NO_NAME_SERVER,
    OUT_OF_STEP,
    ASCII_ONLY,
    NOT_SMTP,
    HUNG_UP,
    SILENT,
    *(NO_BACKEND, NOT_REACHED, NO_SUCH_PLACE, SAYS_NOTHING, TOOK_NONE, NO_REASON, REJECTED),
    NO_SERVER,
    NOT_THE_CHOSEN,
    RELEASE,
    EXPIRED,
    OTHERS,
    PACED,
    *REASONS,
)
OPENING = (NOT_OFFERED, NOT_ENCRYPTABLE, NOT_SET_UP, BACKEND_BROKE)
TIMES = (WINDOW, LATE)
WITH_SLOTS = (
    TOO_LARGE,
    BAD_CERTIFICATE,
    NO_ANSWER,
    NO_MAIL_NOW,
    NO_JOURNAL,
    BROKEN,
    *OPENING,
    *LIMITS,
    *OF_SERVERS,
    *TIMES,
)


def said(*, text: str) -> str:
    """`text` in the reader's language where it is ours; a server's own words stay as they are."""
    for sentence, pattern in PATTERNS:
        if found := pattern.fullmatch(text):
            return gettext(sentence) % {name: _inside(words) for name, words in found.groupdict().items()}
    return text


def _inside(words: str) -> str:
    """What fills a slot may itself be a sentence of ours, without its full stop, or a weekday."""
    if words in WEEKDAYS:
        return str(DAYS[WEEKDAYS.index(words)])
    return said(text=f"{words}.").removesuffix(".")


def _pattern(sentence: str) -> re.Pattern[str]:
    """How `sentence` reads once its slots are filled."""
    return re.compile(
        SLOT.sub(lambda slot: rf"(?P<{slot[1]}>{DIGITS if slot[1] == 'number' else '.+'})", re.escape(sentence))
    )


SLOT = re.compile(r"%\\\((\w+)\\\)s")
"""As `re.escape` leaves it."""
DIGITS = r"\d+"
PATTERNS = [(sentence, _pattern(sentence)) for sentence in (*OURS, *WITH_SLOTS)]
