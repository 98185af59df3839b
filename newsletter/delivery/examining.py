"""Tries a mail server out, step by step, without sending a mail, and says in plain sentences how it went."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cryptography import x509
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.delivery import probing
from newsletter.delivery.conversing import SmtpError, SmtpRejectedError
from newsletter.delivery.explaining import explain
from newsletter.delivery.opening import Opening
from newsletter.delivery.transport import our_name
from newsletter.lib.servers import LOOPBACK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from newsletter.delivery.conversing import Line
    from newsletter.delivery.offering import Offer
    from newsletter.lib.servers import Server

PATIENCE = 20.0
"""Seconds for everything: a person is waiting for the page."""
RENEW_WITHIN = 14
"""Days: a certificate that runs out sooner is mentioned."""

Verdict = Literal["good", "notice", "bad"]
"""Works · works, with something to know · does not work."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: its name in code, how it went, and the sentence for a person, in their language."""

    name: str
    verdict: Verdict
    sentence: str


def examine(*, server: Server, sender: str, recipient: str, now: dt.datetime) -> list[Step]:
    """What happens on the way to a message from `sender` to `recipient`, up to and without the message itself.

    A step that is "bad" is the last one. Takes at most about `PATIENCE` seconds.
    """
    if server.kind == "backend":
        return list(_backend(server, sender))
    opening = Opening(server, helo=our_name(), until=time.monotonic() + PATIENCE)
    try:
        line = opening.run()
    except SmtpError as error:
        failed = Step(error.stage, "bad", explain(server=server, error=error))
        return [*_passed(opening, now, failed=error.stage), failed]
    try:
        return [*_passed(opening, now), _offers(opening.offer), *_tried(line, server, sender, recipient)]
    finally:
        _leave(line)


def envelope() -> dict[str, str]:
    """From whom and to whom a server is asked: our own addresses, so that no stranger's is probed."""
    return {"sender": settings.SENDER_BOUNCE_EMAIL or settings.SENDER_EMAIL, "recipient": settings.SENDER_EMAIL}


def _backend(server: Server, sender: str) -> Iterator[Step]:
    """Whether it is there, set up, reached and lets us in; and what it tells of itself without a mail."""
    try:
        backend = probing.open_backend(server)
        try:
            yield Step("backend", "good", _("The e-mail backend %(path)s is set up.") % {"path": server.path})
            if not probing.asks_over_http(backend):
                yield Step("send", "notice", _("Only a test mail shows whether it takes mail."))
                return
            yield Step("auth", "good", probing.ask(backend, sender=sender, seconds=PATIENCE))
        finally:
            backend.close()
    except probing.ProbeError as error:
        yield Step(error.stage, "bad", error.sentence)


# ── what an opening went through ─────────────────────────────────────────────────────────────────────────────────────
def _passed(opening: Opening, now: dt.datetime, *, failed: str = "") -> list[Step]:
    steps: list[Step] = []
    for stage in opening.done:
        if stage in PASSED:
            steps.append(PASSED[stage](opening, now))
        elif not opening.tls_version and failed != "starttls":
            steps.append(_in_clear(opening.server))
    return steps


def _in_clear(server: Server) -> Step:
    if server.host in LOOPBACK:
        return Step("starttls", "good", _("The line is not encrypted, and does not leave this machine."))
    return Step("starttls", "notice", _("The line is not encrypted: whoever is on the way can read the mail."))


def _resolved(opening: Opening, _now: dt.datetime) -> Step:
    found = ", ".join(address for address, _port in opening.addresses)
    facts = {"host": opening.server.host, "addresses": found}
    return Step("resolve", "good", _("%(host)s is found at %(addresses)s.") % facts)


def _connected(opening: Opening, _now: dt.datetime) -> Step:
    return Step("connect", "good", _("Somebody answers on port %(port)s.") % {"port": opening.server.port})


def _greeted(opening: Opening, _now: dt.datetime) -> Step:
    return Step("greeting", "good", _("It greets us: “%(reply)s”.") % {"reply": str(opening.greeting)[:200]})


def _encrypted(opening: Opening, now: dt.datetime) -> Step:
    if opening.server.tls == "opportunistic":
        sentence = _("The line is encrypted (%(version)s), but nobody checked with whom: demand it with ?tls=starttls.")
        return Step("starttls", "notice", sentence % {"version": opening.tls_version})
    days = (x509.load_der_x509_certificate(opening.certificate).not_valid_after_utc - now).days
    sentence = ngettext(
        "The line is encrypted (%(version)s), and the certificate is good for %(days)s more day.",
        "The line is encrypted (%(version)s), and the certificate is good for %(days)s more days.",
        days,
    )
    verdict: Verdict = "good" if days >= RENEW_WITHIN else "notice"
    return Step("starttls", verdict, sentence % {"version": opening.tls_version, "days": days})


def _logged_in(opening: Opening, _now: dt.datetime) -> Step:
    return Step("auth", "good", _("It lets us in (%(mechanism)s).") % {"mechanism": opening.mechanism})


PASSED: dict[str, Callable[[Opening, dt.datetime], Step]] = {
    "resolve": _resolved,
    "connect": _connected,
    "greeting": _greeted,
    "starttls": _encrypted,
    "auth": _logged_in,
}


# ── a transaction that ends before the message ───────────────────────────────────────────────────────────────────────
def _tried(line: Line, server: Server, sender: str, recipient: str) -> Iterator[Step]:
    try:
        _agree(line, f"MAIL FROM:<{sender}>", "mail")
        yield Step("mail", "good", _("It takes mail from %(sender)s.") % {"sender": sender})
        _agree(line, f"RCPT TO:<{recipient}>", "rcpt")
        yield Step("rcpt", "good", _("It would pass a mail on; none was sent."))
    except SmtpError as error:
        yield Step(error.stage, "bad", explain(server=server, error=error, sender=sender))


def _agree(line: Line, command: str, stage: str) -> None:
    reply, _lines = line.ask(command, stage)
    if not reply.is_positive:
        raise SmtpRejectedError(stage, reply)


def _leave(line: Line) -> None:
    """Take back what was begun, and say goodbye."""
    with contextlib.suppress(SmtpError):
        line.ask("RSET", "quit")
        line.ask("QUIT", "quit")
    line.close()


def _offers(offer: Offer) -> Step:
    named = {
        "PIPELINING": offer.pipelining,
        "CHUNKING": offer.chunking,
        "SMTPUTF8": offer.smtputf8,
        "8BITMIME": offer.eight_bit,
        "DSN": offer.dsn,
    }
    words = [name for name, offered in named.items() if offered]
    if offer.size:
        words.append(_("at most %(size)s a mail") % {"size": filesizeformat(offer.size)})
    if not words:
        return Step("offer", "good", _("It offers nothing beyond the plainest way to send."))
    return Step("offer", "good", _("It offers: %(offers)s.") % {"offers": ", ".join(words)})
