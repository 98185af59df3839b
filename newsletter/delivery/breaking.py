"""Leaves a receiving provider alone that asked us to, then tries again carefully (S3).

A stop lasts ten minutes (our own fault: an hour). After it one connection may go there, and one more after each quiet minute
until its limit. Stopped again soon, it is left alone twice as long, up to four hours. All of it stands in the provider's row,
so that a lost Redis does not forget it, and so does the reason, with the server's own words.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.delivery import providers as known
from newsletter.delivery import sentences
from newsletter.delivery.receivers import Provider
from newsletter.lib.limits import allow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.delivery.classifying import Verdict

log = logging.getLogger(__name__)

ALL = "all"
"""The row that stops everybody: our own server said so."""
OTHERS = "others"
"""The row of all providers we do not know by name."""
CAP = dt.timedelta(hours=4)
SOON = dt.timedelta(hours=1)
"""Stopped again within this, or within the length of the last stop: longer next time."""
STRIKES_WITHIN = 600
QUIET = dt.timedelta(minutes=1)
RAMP = 10
"""Connections after which a provider without a limit is trusted as before."""
NO_END = 20
"""Doublings after which nobody counts any more."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where one provider stands."""

    until: dt.datetime | None = None
    """Stopped until then; None: mail may flow."""
    sentence: str = ""
    """Why, in English for `sentences.said`; empty where it flows as ever."""
    connections: int = 0
    """While it recovers: at most so many; 0 is no limit."""


OPEN = Break()


def trip(*, provider: str, verdict: Verdict, now: dt.datetime) -> bool:
    """Stop `provider` where `verdict` asks for it; whether this call stopped it.

    All others ("") are never stopped for the words of one of them, unless the server ended the conversation: with all mail
    going through our own servers that is one of ours speaking, and everybody waits. Pass ALL for what a server says before
    it heard of any recipient.
    """
    key = provider or (ALL if verdict.closes else "")
    if not key or verdict.pause is None or not _struck_out(key, verdict):
        return False
    row, _new = Provider.objects.get_or_create(pk=key)
    if row.stopped_until and row.stopped_until > now:
        return False
    stops = row.stops + 1 if _soon(row, verdict.pause, now) else 1
    until = now + _length(verdict.pause, stops)
    same = Provider.objects.filter(pk=key, stopped_until=row.stopped_until)
    if row.stopped_until is None:
        same = Provider.objects.filter(pk=key, stopped_until__isnull=True)
    if not same.update(stopped_until=until, stopped_why=_why(key, verdict, until), stops=stops):
        return False
    level = logging.ERROR if verdict.alarm else logging.WARNING
    log.log(level, "%s is left alone for %s: %s", key, until - now, verdict.rule)
    return True


def release(*, provider: str) -> None:
    """Forget that `provider` was stopped: a person says that mail may flow again."""
    Provider.objects.filter(pk=provider).update(stopped_until=None, stopped_why="", stops=0)


def state(*, providers: Sequence[str], now: dt.datetime) -> dict[str, Break]:
    """Where each of `providers` (and ALL) stands; one query."""
    rows = Provider.objects.in_bulk([*map(row_of, providers), ALL])
    return {key: standing(row=rows.get(row_of(key)), most=0, now=now) for key in (*providers, ALL)}


def standing(*, row: Provider | None, most: int, now: dt.datetime) -> Break:
    """Where the provider of `row` stands; `most` is its limit of connections (0: none). Pure."""
    if row is None or row.stopped_until is None:
        return OPEN
    if now < row.stopped_until:
        return Break(row.stopped_until, row.stopped_why)
    connections = 1 + (now - row.stopped_until) // QUIET
    if connections >= (most or RAMP):
        return OPEN
    return Break(None, sentences.CAREFUL % {"provider": known.name_of(row.pk)}, connections)


def row_of(provider: str) -> str:
    """The key of the row that stands for `provider`."""
    return provider or OTHERS


def _struck_out(key: str, verdict: Verdict) -> bool:
    """Whether this was the last straw; while Redis is away the first one is."""
    return verdict.strikes <= 1 or not allow(f"strike:{key}:{verdict.rule}", (STRIKES_WITHIN, verdict.strikes - 1))


def _soon(row: Provider, pause: dt.timedelta, now: dt.datetime) -> bool:
    return row.stopped_until is not None and now - row.stopped_until < max(SOON, _length(pause, row.stops))


def _length(pause: dt.timedelta, stops: int) -> dt.timedelta:
    return min(pause * (1 << min(max(stops, 1) - 1, NO_END)), CAP)


def _why(key: str, verdict: Verdict, until: dt.datetime) -> str:
    slots = {
        "provider": known.name_of(key),
        "time": f"{timezone.localtime(until):%H:%M}",
        "reason": verdict.sentence.rstrip("."),
        "reply": verdict.words.rstrip("."),
    }
    return ((sentences.ALL_STOPPED if key == ALL else sentences.STOPPED) % slots)[:300]
