"""What waits for each receiving provider, for how long, and how much of what was tried was put off (S20).

Cheap to ask: counts come from the sums that the database keeps (see `tallying`), and ages from the mailings' beginnings. Only
a mailing at the reader's local time is looked into, and of it at most `SAMPLE` rows per look.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Sum

from newsletter.delivery.bookkeeping import Tally
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.providers import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

UNDER_WAY = (MailingState.PREPARING, MailingState.SENDING, MailingState.PAUSED)
WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
TRIED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.DEFERRED)
SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one receiving provider."""

    provider: str
    """Its key; empty for all others together."""
    name: str
    """What people call it; for all others a sentence of ours in English, for `sentences.said`."""
    depth: int
    """Deliveries that are queued, being sent, or put off; those whose hour on the reader's clock has not come are among them."""
    oldest_half: dt.timedelta | None
    """Half of what is due waits for longer than this (p50); None where nothing is due."""
    oldest_twentieth: dt.timedelta | None
    """One in twenty waits for longer than this (p95)."""
    deferral_rate: float | None
    """Of those tried in mailings that are under way, the part that was put off by the last try, 0 to 1; None: none was tried."""
    unknown: int
    """Deliveries of mailings under way of which nobody knows whether they arrived."""


def queues(*, now: dt.datetime, mailing_id: int | None = None) -> list[Queue]:
    """The queues of all mailings that are under way, or of this one (whatever its state), the deepest first.

    A delivery waits from the moment its mailing began; at the reader's local time from the moment it was due.
    """
    mailings = Mailing.objects.filter(pk=mailing_id) if mailing_id else Mailing.objects.filter(state__in=UNDER_WAY)
    found: dict[str, _Sums] = defaultdict(_Sums)
    begun = {mailing.pk: mailing for mailing in mailings}
    for (pk, provider), states in _states(begun).items():
        found[provider].add(states, _waits(begun[pk], provider, states, now))
    return sorted((sums.queue(provider) for provider, sums in found.items()), key=lambda each: (-each.depth, each.name))


Ages = list[tuple[dt.timedelta, int]]
"""How many wait for how long."""


@dataclass(slots=True)
class _Sums:
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ages: Ages = field(default_factory=list)

    def add(self, states: Mapping[str, int], ages: Ages) -> None:
        for state, number in states.items():
            self.states[state] += number
        self.ages += ages

    def queue(self, provider: str) -> Queue:
        tried = self._sum(TRIED)
        return Queue(
            provider=provider,
            name=name_of(provider),
            depth=self._sum(WAITING),
            oldest_half=longer_than(self.ages, part=0.5),
            oldest_twentieth=longer_than(self.ages, part=0.05),
            deferral_rate=self.states[DeliveryState.DEFERRED] / tried if tried else None,
            unknown=self.states[DeliveryState.UNKNOWN],
        )

    def _sum(self, states: Iterable[str]) -> int:
        return sum(self.states[state] for state in states)


def longer_than(ages: Sequence[tuple[dt.timedelta, int]], *, part: float) -> dt.timedelta | None:
    """The age that `part` (0 to 1) of all has reached at least; None where there is none. Pure."""
    left = part * sum(number for _, number in ages)
    for age, number in sorted(ages, reverse=True):
        left -= number
        if number and left <= 0:
            return age
    return None


def _states(mailings: Iterable[int]) -> dict[tuple[int, str], dict[str, int]]:
    rows = Tally.objects.filter(mailing_id__in=list(mailings)).order_by().values_list("mailing_id", "provider", "state")
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for pk, provider, state, number in rows.annotate(number=Sum("change")):
        found[pk, provider][state] = number
    return found


def _waits(mailing: Mailing, provider: str, states: Mapping[str, int], now: dt.datetime) -> Ages:
    if not mailing.wall_time:
        began = mailing.started_at or mailing.due_at
        return [(max(now - began, dt.timedelta()), sum(states.get(state, 0) for state in WAITING))]
    due = Delivery.objects.filter(mailing=mailing, provider=provider, state__in=WAITING, due_at__lte=now)
    return [(now - moment, 1) for moment in due.order_by("due_at").values_list("due_at", flat=True)[:SAMPLE] if moment]
