"""What a server's reply means: for the row, for everybody at that provider, and in a sentence for people (S3). Pure."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.models import DeliveryState
from newsletter.delivery.rules import TABLE, Kind, Rule

if TYPE_CHECKING:
    from newsletter.delivery.replies import Reply

ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
"""At the beginning of a text: Gmail says 421 5.7.32, and replies keep only codes of the same class."""
ENOUGH = "4.5.3"
"""So say servers that take no more messages over one connection (OpenSMTPD after a hundred, with 452)."""
TOO_LARGE = 552
"""At MAIL the only refusal that speaks of the message and not of us."""
ADDRESS = re.compile(r"[^\s<>\"'(),:;=]+@[^\s<>\"'(),:;=]+")
LONGEST_WORDS = 120
SENTENCES = {
    Kind.ACCEPTED: "",
    Kind.HARD: sentences.NO_MAILBOX,
    Kind.BAD_DOMAIN: sentences.NO_MAIL_DOMAIN,
    Kind.INACTIVE: sentences.INACTIVE,
    Kind.FULL: sentences.FULL,
    Kind.REFUSED: sentences.REFUSED,
    Kind.TOO_LARGE: sentences.TOO_LARGE_FOR_THEM,
    Kind.UNREADABLE: sentences.UNREADABLE,
    Kind.RECIPIENT_POLICY: sentences.RECIPIENT_POLICY,
    Kind.TEMPORARY: sentences.NOT_NOW,
    Kind.GREYLISTED: sentences.GREYLISTED,
    Kind.RATE: sentences.TOO_MUCH,
    Kind.POLICY: sentences.POLICY,
    Kind.OUR_FAULT: sentences.OUR_FAULT,
}
PAUSES = {
    Kind.RATE: dt.timedelta(minutes=10),
    Kind.POLICY: dt.timedelta(minutes=10),
    Kind.OUR_FAULT: dt.timedelta(hours=1),
}
"""How long the provider is left alone at first; `breaking` lengthens it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a reply."""

    rule: str
    """Which rule said so; it stays the same from version to version."""
    kind: Kind
    state: DeliveryState
    """What the row becomes: sent, deferred (4yz) or failed (5yz: never tried again, S2)."""
    sentence: str
    """What it means, in English for `sentences.said`; empty where it was accepted."""
    words: str = ""
    """The server's own, without any address."""
    pause: dt.timedelta | None = None
    """How long the provider should be left alone; None: nobody else is concerned."""
    strikes: int = 1
    """So many such replies within ten minutes make the pause."""
    closes: bool = False
    """The server ended the whole conversation (421): where no provider is named, our own server said it."""

    @property
    def is_hard(self) -> bool:
        """Whether the address itself is wrong: the only kind that may end in a suppression (S15)."""
        return self.kind in {Kind.HARD, Kind.BAD_DOMAIN}

    @property
    def alarm(self) -> bool:
        """Whether somebody of ours must mend something."""
        return self.kind == Kind.OUR_FAULT


ACCEPTED = Verdict("accepted", Kind.ACCEPTED, DeliveryState.SENT, "")
UNANSWERED = Verdict("unanswered", Kind.TEMPORARY, DeliveryState.DEFERRED, sentences.NOT_NOW)


def classify(*, reply: Reply, provider: str) -> Verdict:
    """What `reply` of `provider` ("" for all others) means. An unknown refusal concerns its own row only."""
    if not reply.code:
        return UNANSWERED
    if reply.is_positive:
        return ACCEPTED
    enhanced, text = _read(reply)
    rule = _rule(f"{reply.code} {enhanced or '-'} {text}", provider)
    return Verdict(
        rule.name,
        rule.kind,
        DeliveryState.DEFERRED if reply.is_temporary else DeliveryState.FAILED,
        SENTENCES[rule.kind],
        without_addresses(str(reply))[:LONGEST_WORDS].strip(),
        PAUSES.get(rule.kind),
        rule.strikes,
        reply.code == 421,  # noqa: PLR2004 (RFC 5321 3.8)
    )


def is_enough(*, stage: str, reply: Reply) -> bool:
    """Whether `reply`, over a connection that has carried mail, says that it has carried all it may (S11)."""
    return reply.is_temporary and (stage == "mail" or reply.enhanced == ENOUGH)


def without_addresses(text: str) -> str:
    """`text` with whatever looks like an address blotted out (X14)."""
    return ADDRESS.sub("<an address>", text).replace("<<an address>>", "<an address>")


def _read(reply: Reply) -> tuple[str, str]:
    if not reply.enhanced and (found := ENHANCED.match(reply.text)):
        return found[1], reply.text[found.end() :]
    return reply.enhanced, reply.text


def _rule(words: str, provider: str) -> Rule:
    return next(rule for rule, pattern in _patterns() if rule.only in ("", provider) and pattern.match(words))


@functools.cache
def _patterns() -> list[tuple[Rule, re.Pattern[str]]]:
    """The last two rules fit any 4yz and 5yz."""
    return [(rule, rule.pattern()) for rule in TABLE]
