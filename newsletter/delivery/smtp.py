"""One opened connection to a mail server. What travels over it, and in which order, is for `transferring` and `wires`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from newsletter.delivery.conversing import SmtpError, nothing
from newsletter.delivery.opening import Opening

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from newsletter.delivery.offering import Offer
    from newsletter.lib.servers import Server


class SmtpConnection:
    """A greeted, encrypted and authenticated connection."""

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
        self.offer: Offer = opening.offer

    @property
    def socket(self) -> socket.socket:
        """The open socket, encrypted where it was agreed; nothing that came over it waits unread."""
        return self._line.socket

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
