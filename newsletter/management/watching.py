"""Follows a mailing in a terminal, in a log or for a program, until it is over."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.delivery.models import MailingState
from newsletter.management.reporting import as_whole_json, line, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.management.base import OutputWrapper

    from newsletter.delivery.models import Mailing

OVER = (MailingState.FINISHED, MailingState.CANCELLED)
REDRAWN = 1.0
"""Seconds between two looks where somebody watches."""
NOTED = 3.0
"""And where lines are kept."""
UP_AND_CLEAR = "\x1b[%dF\x1b[J"
"""To the first column, so many lines up, and everything below it gone (ECMA-48)."""
WIDTH = 80


def watch(*, mailing: Mailing, out: OutputWrapper, json: bool) -> None:
    """Show `mailing` on `out` until it is finished or cancelled: one block redrawn on a terminal, else a line per change."""
    if json:
        _note(mailing, out, lambda: as_whole_json(mailing=mailing, now=timezone.now()))
    elif out.isatty():
        _redraw(mailing, out)
    else:
        _note(mailing, out, lambda: line(mailing=mailing, now=timezone.now()))


def _redraw(mailing: Mailing, out: OutputWrapper) -> None:
    drawn = 0
    for _look in _looks(mailing, REDRAWN):
        columns = _columns(out)
        block = [text[:columns] for text in lines(mailing=mailing, now=timezone.now())]
        out.write((UP_AND_CLEAR % drawn if drawn else "") + "\n".join(block) + "\n")
        out.flush()
        drawn = len(block)


def _note(mailing: Mailing, out: OutputWrapper, say: Callable[[], str]) -> None:
    last = ""
    for _look in _looks(mailing, NOTED):
        said = say()
        if _without_time(said) != last:
            out.write(said + "\n")
            out.flush()
            last = _without_time(said)


def _looks(mailing: Mailing, seconds: float) -> Iterator[None]:
    """One step per look; the last one when the mailing is over, which the look itself finds out."""
    while True:
        yield
        if mailing.state in OVER:
            return
        time.sleep(seconds)


def _without_time(said: str) -> str:
    return said if said.startswith("{") else said.partition(" ")[2]


def _columns(out: OutputWrapper) -> int:
    """One less than fit, so that no terminal wraps the last sign."""
    with contextlib.suppress(OSError, ValueError):
        return max(20, (os.get_terminal_size(out.fileno()).columns or WIDTH) - 1)
    return WIDTH - 1
