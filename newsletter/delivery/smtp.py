"""One SMTP conversation over one socket (RFC 5321, 2920): open it, and hand over one message after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.conversing import SmtpError as SmtpError
from newsletter.delivery.conversing import SmtpLostError as SmtpLostError
from newsletter.delivery.conversing import SmtpRefusedError as SmtpRefusedError
from newsletter.delivery.conversing import SmtpRejectedError as SmtpRejectedError
from newsletter.delivery.conversing import SmtpUnknownError as SmtpUnknownError
from newsletter.delivery.conversing import SmtpUnreachableError as SmtpUnreachableError
from newsletter.delivery.conversing import nothing
from newsletter.delivery.offering import Offer as Offer
from newsletter.delivery.opening import Opening
from newsletter.delivery.replies import Reply

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from newsletter.lib.servers import Server

START_MAIL = 354


class SmtpConnection:
    """A greeted, encrypted and authenticated connection that takes one message after the other."""

    def __init__(
        self, server: Server, *, helo: str, pulse: Callable[[], None] = nothing, until: float = math.inf
    ) -> None:
        """Open it. Past the moment `until` (of `time.monotonic()`) nobody waits for the server any more, at any stage.

        Raises:
            SmtpUnreachableError, SmtpRefusedError: it cannot be used.
        """
        opening = Opening(server, helo=helo, pulse=pulse, until=until)
        self._line = opening.run()
        self.server = server
        self.offer = opening.offer
        self.is_used = False
        """Whether it was kept from before: if it ends now, that is its age (S11) and not the message."""

    @property
    def socket(self) -> socket.socket:
        """The open socket, encrypted where it was agreed; nothing that came over it waits unread."""
        return self._line.socket

    @property
    def pulse(self) -> Callable[[], None]:
        """What is called while the server keeps us waiting."""
        return self._line.pulse

    @pulse.setter
    def pulse(self, pulse: Callable[[], None]) -> None:
        self._line.pulse = pulse

    def deliver(self, *, sender: str, recipient: str, message: bytes, announce: Callable[[], None]) -> Reply:
        """Hand over one message; `announce` is called just before its last bytes go out. The reply to the dot.

        `message` has CRLF line ends and is not dot-stuffed.

        Raises:
            SmtpRejectedError, SmtpLostError, SmtpUnknownError: see the tree.
        """
        self._refuse_impossible(recipient, message)
        self._envelope(sender, recipient, len(message))
        announce()
        self._line.send(_stuffed(message), "block")
        try:
            reply = self._line.read("dot")[0]
        except SmtpLostError as lost:
            if lost.reply is None:
                raise SmtpUnknownError("dot", None, lost.text) from lost
            raise
        if not reply.is_positive:
            raise SmtpRejectedError("dot", reply)
        return reply

    def quit(self) -> None:
        """Say goodbye and hang up."""
        try:
            self._line.send(b"QUIT\r\n", "quit")
            self._line.read("quit")
        except SmtpError:
            pass
        self.close()

    def close(self) -> None:
        """Hang up without a word."""
        self._line.close()

    # ── one message ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _refuse_impossible(self, recipient: str, message: bytes) -> None:
        if not recipient.isascii() and not self.offer.smtputf8:  # F10
            raise SmtpRejectedError("rcpt", Reply(553, "5.6.7", sentences.ASCII_ONLY))
        if self.offer.size and len(message) > self.offer.size:  # S9
            raise SmtpRejectedError("mail", Reply(552, "5.3.4", sentences.TOO_LARGE % {"number": self.offer.size}))

    def _envelope(self, sender: str, recipient: str, size: int) -> None:
        mail = f"MAIL FROM:<{sender}>" + (f" SIZE={size}" if self.offer.size else "")
        mail += " SMTPUTF8" if not recipient.isascii() else ""
        commands = [(mail, "mail"), (f"RCPT TO:<{recipient}>", "rcpt"), ("DATA", "data")]
        if self.offer.pipelining:
            self._envelope_at_once(commands)
        else:
            self._envelope_in_turn(commands)

    def _envelope_in_turn(self, commands: list[tuple[str, str]]) -> None:
        for command, stage in commands:
            reply, _ = self._line.ask(command, stage)
            if not reply.is_positive:
                if stage != "mail":
                    self._line.ask("RSET", "rset")
                raise SmtpRejectedError(stage, reply)

    def _envelope_at_once(self, commands: list[tuple[str, str]]) -> None:
        """MAIL, RCPT and DATA in one write, three replies in order (S8, RFC 2920)."""
        self._line.send("".join(f"{command}\r\n" for command, _ in commands).encode(), "mail")
        replies = [self._line.read(stage)[0] for _, stage in commands]
        refused = next(((stage, r) for (_, stage), r in zip(commands, replies, strict=True) if not r.is_positive), None)
        if refused is None:
            return
        if replies[2].code == START_MAIL:  # refused, and yet it wants the text: nothing, then (RFC 2920 3.1)
            self._line.send(b".\r\n", "block")
            self._line.read("dot")
        self._line.ask("RSET", "rset")
        raise SmtpRejectedError(*refused)


def _stuffed(message: bytes) -> bytes:
    """The message with leading dots doubled, ended by CRLF, dot, CRLF (RFC 5321 4.5.2)."""
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    if message.startswith(b"."):
        message = b"." + message
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
