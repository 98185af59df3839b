"""The mail catcher: an SMTP server on loopback that takes everything and keeps it in the inbox."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from newsletter.inbox.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosmtpd.smtp import Envelope, Session

HOST = "127.0.0.1"
LARGEST = 50_000_000
"""Octets of the largest mail that is taken."""


async def catch(*, port: int, ready: Callable[[], None]) -> None:
    """Serve SMTP (8BITMIME, SMTPUTF8, SIZE) on loopback `port` until SIGTERM or Ctrl-C; `ready` is called once it listens.

    Raises:
        OSError: the port cannot be had.
    """
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it would note every address (X14)
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with await loop.create_server(_protocol, host=HOST, port=port, backlog=512):
        ready()
        await stopped.wait()


class Keeper:
    """aiosmtpd's handler: one mail in, one file out."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the mail; the answer names its id, as a real server's queue id would."""
        try:
            mail_id = keep(
                envelope_from=envelope.mail_from or "",
                envelope_to=envelope.rcpt_tos,
                source=envelope.original_content or b"",
            )
        except OSError as error:
            return f"452 4.3.1 The inbox cannot be written: {error.strerror}"
        return f"250 2.0.0 Ok: kept as {mail_id}"


def _protocol() -> SMTP:
    return SMTP(
        Keeper(), hostname="catcher.wici", ident="Wici's mail catcher", enable_SMTPUTF8=True, data_size_limit=LARGEST
    )
