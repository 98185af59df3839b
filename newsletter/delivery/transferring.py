"""The transactions of one opened SMTP connection (RFC 5321 3.3, 2920, 3030): bytes in, events out; no socket, no clock.

With PIPELINING the final dot of one message and MAIL, RCPT and DATA of the next travel in one write, so a message costs one
wait for the server. With CHUNKING as well, envelope and message travel together (BDAT). Without either, command by command.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from newsletter.delivery import sentences
from newsletter.delivery.replies import Reply, ReplyReader

if TYPE_CHECKING:
    from newsletter.delivery.offering import Offer

USUAL = b"MAIL FROM:<%b>%b\r\nRCPT TO:<%b>\r\n%b"
FINE = 250
START_MAIL = 354
IN_STEADY_FLOW = 4
"""Replies that come together while all goes well."""
CLOSING = 421
NOT_KNOWN = range(500, 505)
"""What the server says of a command and not of a message (RFC 5321 4.2.2)."""
WHOLE = {"dot", "bdat"}
"""Stages whose answer says what became of a message."""


@dataclass(slots=True, eq=False)
class Parcel:
    """One message on its way to one reader."""

    sender: str
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)
    """CRLF line ends, not dot-stuffed."""
    envelope_id: str = ""
    """Comes back in a report about this copy where the server offers DSN (S10); printable ASCII without + and =."""
    is_stuffed: bool = False
    """Whether no line begins with a dot (our own quoted-printable sees to it), so that nobody need look."""
    refused: tuple[str, Reply] | None = None
    """The stage at which the server said no, and how."""


class What(Enum):
    """What happened to a parcel."""

    READY = "ready"
    """The server waits for its text: note it in the journal, then `hand_over`."""
    ANSWERED = "answered"
    """The server has it whole and said yes or no to it."""
    REFUSED = "refused"
    """The server said no before it had the text."""


class Event(NamedTuple):
    """Something happened to a parcel. `stage` is mail, rcpt, data, dot, or bdat where the server knows no such command.

    `reply` is None for READY.
    """

    what: What
    parcel: Parcel
    stage: str
    reply: Reply | None


class Conversation:
    """What was said and what is still to be answered on one connection."""

    def __init__(self, offer: Offer) -> None:
        """Begin where EHLO, TLS and AUTH ended."""
        self.offer = offer
        self.ended: Reply | None = None
        """What the server said that ended the conversation: 421, an answer that nobody asked for, or that it knows no BDAT."""
        self._reader = ReplyReader()
        self._expected: deque[tuple[str, Parcel]] = deque()
        self._in_turn: deque[tuple[str, bytes]] = deque()
        self._say = b""
        self._is_dirty = False
        self.chunks = offer.chunking and offer.pipelining

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def refusal(self, recipient: str, size: int) -> Reply | None:
        """What this server cannot take by its own word, so that nobody asks (F10, S9)."""
        if not recipient.isascii() and not self.offer.smtputf8:
            return Reply(553, "5.6.7", sentences.ASCII_ONLY)
        if self.offer.size and size > self.offer.size:
            return Reply(552, "5.3.4", sentences.TOO_LARGE % {"number": self.offer.size})
        return None

    @property
    def is_idle(self) -> bool:
        """Whether a new parcel may be begun."""
        return not self._expected

    @property
    def stage(self) -> str:
        """What the server owes an answer to: mail, rcpt, data, dot, rset; empty for nothing."""
        stage = self._expected[0][0] if self._expected else ""
        return "dot" if stage in {"bdat", "dismissed"} else stage

    def begin(self, parcel: Parcel) -> bytes:
        """What to send for a parcel on an idle connection. Where `chunks`, this is the whole of it: note it first."""
        if self.chunks:
            return self._commands(parcel, b"BDAT %d LAST\r\n" % len(parcel.message)) + parcel.message
        if self.offer.pipelining:
            return self._commands(parcel, b"DATA\r\n")
        clean = [("rset", b"RSET\r\n")] if self._is_dirty else []
        self._is_dirty = False
        self._in_turn = deque(
            [*clean, ("mail", self._mail(parcel)), ("rcpt", self._rcpt(parcel)), ("data", b"DATA\r\n")]
        )
        self._next_in_turn(parcel)
        return self.outgoing()

    def hand_over(self, parcel: Parcel, then: Parcel | None = None) -> bytes:
        """The text of a READY parcel and its final dot; behind it the envelope of the next, where the server allows it."""
        self._expected.append(("dot", parcel))
        text = parcel.message + b".\r\n" if parcel.is_stuffed else stuffed(parcel.message)
        return text if then is None else text + self._commands(then, b"DATA\r\n")

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def received(self, data: bytes) -> list[Event]:
        """What these bytes mean. Once `ended` is set, what is outstanding stays so, and nothing more is heard.

        Raises:
            ReplyMalformedError: this is not SMTP as anybody knows it.
        """
        replies, events = self._reader.replies(data), list[Event]()
        if len(replies) == IN_STEADY_FLOW == len(self._expected) and self._all_is_well(replies):
            (_, taken), (_, ready) = self._expected.popleft(), self._expected.pop()
            self._expected.clear()
            return [Event(What.ANSWERED, taken, "dot", replies[0]), Event(What.READY, ready, "data", None)]
        for reply in replies:
            if self.ended is not None:
                break
            self._hear(reply, events)
        return events

    def outgoing(self) -> bytes:
        """What must be sent now that those bytes were read; often nothing."""
        say, self._say = self._say, b""
        return say

    def outstanding(self) -> list[tuple[Parcel, bool]]:
        """Parcels without an answer, each with whether the server may have the whole of it.

        Who says 421 to an envelope carries out nothing that came behind it.
        """
        last: dict[Parcel, bool] = {}
        for stage, parcel in self._expected:
            last[parcel] = stage in WHOLE and parcel.refused is None and self.ended is None
        return list(last.items())

    def _all_is_well(self, replies: list[Reply]) -> bool:
        """The usual answer to a message with the next envelope behind it: yes to the dot, MAIL and RCPT, then DATA's 354."""
        dot, mail, rcpt, data = replies
        return (
            self._expected[0][0] == "dot"
            and self._expected[1][0] == "mail"
            and dot.code == mail.code == rcpt.code == FINE
            and data.code == START_MAIL
            and self._expected[0][1].refused is None
        )

    def _hear(self, reply: Reply, events: list[Event]) -> None:
        if reply.code == CLOSING:
            self._close(reply, events)
        elif self._expected:
            self._step(*self._expected.popleft(), reply, events)
        else:
            self.ended = reply

    def _close(self, reply: Reply, events: list[Event]) -> None:
        """421 comes at any point (S9); where a dot or last chunk waits for its answer, this is the answer."""
        self.ended = reply
        if not self._expected:
            return
        stage, parcel = self._expected[0]
        if parcel.refused is not None:  # that was said before, and stands
            self._expected = deque(each for each in self._expected if each[1] is not parcel)
            self._refuse(parcel, events)
        elif stage in WHOLE:
            self._expected.popleft()
            events.append(Event(What.ANSWERED, parcel, "dot", reply))

    def _step(self, stage: str, parcel: Parcel, reply: Reply, events: list[Event]) -> None:
        if stage in {"mail", "rcpt"}:
            if not reply.is_positive and parcel.refused is None:
                parcel.refused = (stage, reply)
            self._next_in_turn(parcel, events)
        elif stage == "data":
            self._data(parcel, reply, events)
        elif stage == "rset":
            self._next_in_turn(parcel, events)
        elif stage == "bdat" and reply.code in NOT_KNOWN and parcel.refused is None:
            self.ended, parcel.refused = reply, ("bdat", reply)  # it reads the message as commands now
            self._refuse(parcel, events)
        elif parcel.refused is None:  # the dot, or the last chunk
            self._is_dirty |= not reply.is_positive
            events.append(Event(What.ANSWERED, parcel, "dot", reply))
        else:
            self._refuse(parcel, events)

    def _next_in_turn(self, parcel: Parcel, events: list[Event] | None = None) -> None:
        """Without PIPELINING: the next command, or none after a refusal."""
        if self._in_turn and parcel.refused is None:
            stage, self._say = self._in_turn.popleft()
            self._expected.append((stage, parcel))
        elif self._in_turn and events is not None:
            self._in_turn.clear()
            self._refuse(parcel, events)

    def _data(self, parcel: Parcel, reply: Reply, events: list[Event]) -> None:
        if reply.code == START_MAIL and parcel.refused is None:
            events.append(Event(What.READY, parcel, "data", None))
        elif reply.code == START_MAIL:  # refused, and yet it wants the text: nothing, then (RFC 2920 3.1)
            self._expected.appendleft(("dismissed", parcel))
            self._say = b".\r\n"
        elif reply.is_positive:
            self._expected.appendleft(("data", parcel))
            self.ended = reply
        else:
            parcel.refused = parcel.refused or ("data", reply)
            self._refuse(parcel, events)

    def _refuse(self, parcel: Parcel, events: list[Event]) -> None:
        assert parcel.refused is not None  # noqa: S101 (only called once it is)
        self._is_dirty = True
        events.append(Event(What.REFUSED, parcel, *parcel.refused))

    # ── wording ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _commands(self, parcel: Parcel, last: bytes) -> bytes:
        """MAIL, RCPT and `last` in one piece, after RSET where the transaction before was refused."""
        clean = b""
        if self._is_dirty:
            self._is_dirty, clean = False, b"RSET\r\n"
            self._expected.append(("rset", parcel))
        self._expected += [("mail", parcel), ("rcpt", parcel), ("bdat" if self.chunks else "data", parcel)]
        if clean or parcel.envelope_id or not parcel.recipient.isascii():
            return b"".join((clean, self._mail(parcel), self._rcpt(parcel), last))
        size = b" SIZE=%d" % len(parcel.message) if self.offer.size else b""
        return USUAL % (parcel.sender.encode(), size, parcel.recipient.encode(), last)

    def _mail(self, parcel: Parcel) -> bytes:
        offer = self.offer
        size = f" SIZE={len(parcel.message)}" if offer.size else ""
        utf8 = "" if parcel.recipient.isascii() else " SMTPUTF8"
        dsn = f" RET=HDRS ENVID={parcel.envelope_id}" if offer.dsn and parcel.envelope_id else ""
        return f"MAIL FROM:<{parcel.sender}>{size}{utf8}{dsn}\r\n".encode()

    def _rcpt(self, parcel: Parcel) -> bytes:
        notify = ""
        if self.offer.dsn and parcel.envelope_id:  # never SUCCESS: nobody wants a report for each of a million
            original = f" ORCPT=rfc822;{_xtext(parcel.recipient)}" if parcel.recipient.isascii() else ""
            notify = f" NOTIFY=FAILURE,DELAY{original}"
        return f"RCPT TO:<{parcel.recipient}>{notify}\r\n".encode()


def _xtext(text: str) -> str:
    """RFC 3461 4: what is not printable, and + and =, as +XX."""
    return "".join(each if "!" <= each <= "~" and each not in "+=" else f"+{ord(each):02X}" for each in text)


def stuffed(message: bytes) -> bytes:
    """The message with leading dots doubled, ended by CRLF, dot, CRLF (RFC 5321 4.5.2)."""
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    if message.startswith(b"."):
        message = b"." + message
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
