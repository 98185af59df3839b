"""Where a mailing stands with each receiving provider: sums, pace, waiting times, and why nothing leaves to it (S20)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.delivery import breaking, sentences
from newsletter.delivery.bookkeeping import Stream
from newsletter.delivery.models import DeliveryState
from newsletter.delivery.receivers import Provider
from newsletter.reports import ageing, pacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newsletter.delivery.models import Mailing
    from newsletter.delivery.tallying import Sums
    from newsletter.reports.ageing import Wait
    from newsletter.reports.pacing import Pace, Spans

    Flow = Mapping[tuple[str, str], Sums]
    """Sums per receiving provider and state."""

TRIED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)
"""Where a try leads to for good: what a rate counts as a message."""
STALE = dt.timedelta(seconds=15)
"""A reason whose time has passed so long ago was noted by somebody who is gone."""


@dataclass(frozen=True, slots=True)
class ProviderFigures:
    """Where a mailing stands with one receiving provider."""

    key: str
    """Empty: all others."""
    counts: dict[str, int]
    """Rows per delivery state; every state is there."""
    pace: Pace
    waits_for: str = ""
    """Why little or nothing leaves to it, in the reader's language; empty where mail flows."""
    waits_until: dt.datetime | None = None
    wait: Wait | None = None
    """How long those have waited that still do; None where nobody is due."""

    @property
    def ready(self) -> int:
        """Rows that wait for nothing but their turn, or are under way."""
        return self.counts[DeliveryState.QUEUED] + self.counts[DeliveryState.SENDING]

    @property
    def waiting(self) -> int:
        """Rows without an outcome."""
        return self.ready + self.counts[DeliveryState.DEFERRED]

    @property
    def total(self) -> int:
        """All its rows."""
        return sum(self.counts.values())

    @property
    def deferral_rate(self) -> float | None:
        """Of those tried, the part that the last try put off, 0 to 1; None where none was tried."""
        deferred = self.counts[DeliveryState.DEFERRED]
        tried = deferred + sum(self.counts[state] for state in TRIED)
        return deferred / tried if tried else None


@dataclass(frozen=True, slots=True)
class _Reason:
    sentence: str = ""
    until: dt.datetime | None = None


def figures_by_provider(*, mailing: Mailing, flow: Flow, within: Spans, now: dt.datetime) -> list[ProviderFigures]:
    """One entry per receiving provider that has any row, the ones most wait for first.

    Two queries while any row waits, and a third at the readers' local time.
    """
    found = [_figures(key, flow, within) for key in {provider for provider, _state in flow}]
    some = sorted(
        (each for each in found if each.total), key=lambda each: (-each.waiting, -each.total, not each.key, each.key)
    )
    waiting = [each.key for each in some if each.waiting]
    if not waiting:
        return some
    reasons = _reasons(mailing, waiting, now)
    waits = ageing.waits_by_provider(mailing=mailing, providers=waiting, now=now)
    return [_with(each, reasons.get(each.key, _Reason()), waits.get(each.key)) for each in some]


def counts_in(sums: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Added up per delivery state; every state is there."""
    counts = {state.value: 0 for state in DeliveryState}
    for state, number in sums:
        counts[state] += number
    return counts


def pace_of(sums: Iterable[tuple[str, Sums]], within: Spans) -> Pace:
    """How fast these states' outcomes came."""
    tried = [each for state, each in sums if state in TRIED]
    return pacing.pace(
        lately=sum(each.lately for each in tried), before=sum(each.before for each in tried), within=within
    )


def _figures(key: str, flow: Flow, within: Spans) -> ProviderFigures:
    own = [(state, sums) for (provider, state), sums in flow.items() if provider == key]
    return ProviderFigures(key, counts_in((state, sums.number) for state, sums in own), pace_of(own, within))


def _with(figures: ProviderFigures, reason: _Reason, wait: Wait | None) -> ProviderFigures:
    words = sentences.said(text=reason.sentence)
    return replace(figures, waits_for=words, waits_until=reason.until, wait=wait)


def _reasons(mailing: Mailing, keys: list[str], now: dt.datetime) -> dict[str, _Reason]:
    """The breaker's, which everybody sees at once; else what the sending noted last."""
    rows = Provider.objects.in_bulk([breaking.row_of(key) for key in keys])
    noted = Stream.objects.filter(mailing=mailing, waits_until__gt=now - STALE).exclude(waits_for="")
    reasons = {each.provider: _Reason(each.waits_for, each.waits_until) for each in noted}
    for key in keys:
        stop = breaking.standing(row=rows.get(breaking.row_of(key)), most=0, now=now)
        if stop.until or (stop.sentence and key not in reasons):
            reasons[key] = _Reason(stop.sentence, stop.until)
    return reasons
