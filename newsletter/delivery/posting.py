"""Hands one message over a connection and waits for the answer: for whoever sends a single mail and has nothing else to do."""

from __future__ import annotations

import selectors
import time
from typing import TYPE_CHECKING

from newsletter.delivery import sentences
from newsletter.delivery.conversing import SmtpLostError, SmtpRejectedError

if TYPE_CHECKING:
    from newsletter.delivery.replies import Reply
    from newsletter.delivery.transferring import Event, Parcel
    from newsletter.delivery.wires import Wire


LOOK_SECONDS = 0.5
"""How often, while a server keeps us waiting, the clock is looked at."""


def post(wire: Wire, parcel: Parcel, *, until: float) -> Reply:
    """The positive reply to `parcel`'s final dot. Past `until` (of `time.monotonic()`) the server is not waited for.

    Raises:
        SmtpRejectedError: the server does not want it; the connection lives on.
        SmtpLostError: the connection ended. Where its stage is "dot", the server may have taken it all the same (S4).
    """
    talk = wire.conversation
    if (reply := talk.refusal(parcel.recipient, len(parcel.message))) is not None:
        raise SmtpRejectedError("mail", reply)
    wire.say(talk.begin(parcel))
    while (reply := _answered(wire, _heard(wire, until))) is None:
        if talk.ended is not None:
            raise wire.ending(talk.ended)
    return reply


def _heard(wire: Wire, until: float) -> list[Event]:
    """Wait until the server says something, or takes more of what is still unsent."""
    wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if wire.unsent else 0)
    with selectors.DefaultSelector() as selector:
        selector.register(wire.socket, wanted)
        while not (ready := selector.select(max(0.0, min(LOOK_SECONDS, until - time.monotonic())))):
            if wire.is_overdue or time.monotonic() >= until:
                raise SmtpLostError(wire.conversation.stage, None, sentences.SILENT)
    if ready[0][1] & selectors.EVENT_WRITE:
        wire.say(b"")
    return wire.hear()


def _answered(wire: Wire, events: list[Event]) -> Reply | None:
    for _what, parcel, stage, reply in events:
        if reply is None:  # it waits for the text
            wire.say(wire.conversation.hand_over(parcel))
        elif reply.is_positive:
            return reply
        else:
            raise SmtpRejectedError(stage, reply)
    return None
