"""How many rows may leave now, per receiving provider: the one question the engine asks before each batch (S11, B7).

The answer comes from the circuit breaker, the limits set for the provider and for the newsletter, and the warm-up of the
sender's domain. What is set is read from the database every few seconds; Redis is asked only where something is limited.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.delivery import breaking, classifying, recounting, sentences, throttling, warming
from newsletter.delivery import providers as known
from newsletter.delivery.breaking import ALL
from newsletter.delivery.receivers import Provider
from newsletter.delivery.throttling import Limit
from newsletter.delivery.warming import WarmUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsletter.delivery.models import Mailing
    from newsletter.delivery.replies import Reply

FRESH_SECONDS = 3.0
"""How long what is set is remembered: a change acts within this."""
HOLD_SECONDS = 15.0
RENEW_SECONDS = 1.0
"""Connections are held for so long, and asked for again so often."""
SLOW = 10.0
"""Seconds up to which waiting is the pace, and not a limit that is used up."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may leave to one receiving provider now."""

    rows: int
    """So many messages; their tokens are taken already. Give back what was not sent: `return_unused`."""
    connections: int = 0
    """At most so many at the same time from this process; 0 is no limit."""
    wait: float = 0.0
    """Seconds until asking again is worth it, where `rows` is 0."""
    sentence: str = ""
    """Why it waits, in English for `sentences.said`; empty where mail flows."""
    per_connection: int = 0
    """Messages over one connection before it should be closed; 0 is no limit."""


def allowances(*, mailing: Mailing, providers: Sequence[str], wanted: int, now: dt.datetime) -> dict[str, Allowance]:
    """For each of `providers` ("" is all others) at most `wanted` rows, as breaker, limits and warm-up allow.

    Raises:
        LimitsAwayError: something is limited and Redis does not answer.
    """
    rules = _rules(now)
    newsletter = _of_newsletter(mailing)
    order, share = list(providers), wanted
    if newsletter.counts and order:  # one bucket for all of them: each gets its part, and another is first each time
        random.shuffle(order)
        share = -(-wanted // len(order))
    return {key: _Gate(rules, mailing, newsletter, key).open(share, now) for key in order}


def return_unused(*, mailing: Mailing, unused: Mapping[str, int]) -> None:
    """Give back what `allowances` took and nobody sent: rows per provider.

    Raises:
        LimitsAwayError: they stay taken.
    """
    rules, newsletter = _rules(_READ.asked_at), _of_newsletter(mailing)
    for key, number in unused.items():
        if number > 0:
            _Gate(rules, mailing, newsletter, key).give_back(number, _READ.asked_at)


def keep() -> None:
    """Renew the connections this process holds: for a batch that a server keeps waiting longer than `HOLD_SECONDS`.

    Raises:
        LimitsAwayError: nobody knows.
    """
    for limit, _told, _asked in list(_slots().values()):
        _ask(limit)


def leave() -> None:
    """Let go of the connections this process holds, at the end of a slice of work. Where Redis is away they end by themselves."""
    held = _slots()
    try:
        for limit, _told, _asked in held.values():
            throttling.let_go(limit=limit, holder=_holder(os.getpid()))
    except throttling.LimitsAwayError:
        pass
    finally:
        held.clear()


def heed(*, provider: str, reply: Reply, now: dt.datetime) -> bool:
    """Let a refusal speak: whether it asks to leave `provider` alone (S3) and this call stopped it. From now on nothing is allowed there."""
    verdict = classifying.classify(reply=reply, provider=provider)
    stopped = verdict.pause is not None and breaking.trip(provider=provider, verdict=verdict, now=now)
    if stopped:
        forget()
    return stopped


def forget() -> None:
    """Read anew what is set, at the next question."""
    _READ.rules = None


# ── what is set ──────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Rules:
    rows: Mapping[str, Provider]
    warm_ups: Mapping[str, WarmUp]
    read_at: float

    def limit(self, provider: str) -> Limit:
        row, start = self.row(provider), known.PROVIDERS.get(provider)
        key = f"provider:{breaking.row_of(provider)}"
        connections = start.connections if start else 0
        if row is None:
            return Limit(key, connections=connections)
        return Limit(key, row.per_second or 0, row.per_hour or 0, row.per_day or 0, row.connections or connections)

    def per_connection(self, provider: str) -> int:
        row, start = self.row(provider), known.PROVIDERS.get(provider)
        return (row and row.mails_per_connection) or (start.mails_per_connection if start else 0)

    def row(self, provider: str) -> Provider | None:
        return self.rows.get(breaking.row_of(provider))


@dataclass(slots=True)
class _Read:
    """What this process read last."""

    rules: _Rules | None = None
    asked_at: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    pid: int = 0
    slots: dict[str, tuple[Limit, int, float]] = field(default_factory=dict)
    """By key: the limit, how many of its connections are ours, and when we asked."""


_READ = _Read()


def _rules(now: dt.datetime) -> _Rules:
    _READ.asked_at = now
    if _READ.rules is None or time.monotonic() - _READ.rules.read_at > FRESH_SECONDS:
        _READ.rules = _Rules(Provider.objects.in_bulk(), WarmUp.objects.in_bulk(), time.monotonic())
    return _READ.rules


def _of_newsletter(mailing: Mailing) -> Limit:
    newsletter = mailing.edition.newsletter
    rates = (newsletter.per_second or 0, newsletter.per_hour or 0, newsletter.per_day or 0)
    return Limit(f"newsletter:{newsletter.pk}", *rates)


# ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _slots() -> dict[str, tuple[Limit, int, float]]:
    if _READ.pid != os.getpid():  # a fork does not inherit what its parent holds
        _READ.pid, _READ.slots = os.getpid(), {}
    return _READ.slots


def _connections(limit: Limit) -> int:
    """How many of them are ours for now."""
    held = _slots().get(limit.key)
    if held and held[0] == limit and held[1] and time.monotonic() - held[2] < RENEW_SECONDS:
        return held[1]
    return _ask(limit)


def _ask(limit: Limit) -> int:
    told = throttling.hold(limit=limit, holder=_holder(os.getpid()), wanted=limit.connections, seconds=HOLD_SECONDS)
    _slots()[limit.key] = (limit, told, time.monotonic())
    return told


@functools.cache
def _holder(pid: int) -> str:
    return f"{pid}-{secrets.token_hex(8)}"


# ── one provider ─────────────────────────────────────────────────────────────────────────────────────────────────────
class _Gate:
    """What stands between one mailing and one provider."""

    def __init__(self, rules: _Rules, mailing: Mailing, newsletter: Limit, provider: str) -> None:
        self._rules = rules
        self._newsletter = newsletter
        self._provider = provider
        self._limit = rules.limit(provider)
        domain = mailing.edition.newsletter.sender_email.rpartition("@")[2].lower()
        self._warm_up = rules.warm_ups.get(domain)

    def open(self, wanted: int, now: dt.datetime) -> Allowance:
        everybody = breaking.standing(row=self._rules.row(ALL), most=0, now=now)
        own = breaking.standing(row=self._rules.row(self._provider), most=self._limit.connections, now=now)
        for stop in (everybody, own):
            if stop.until:
                return Allowance(0, wait=(stop.until - now).total_seconds(), sentence=stop.sentence)
        if self._warm_up and (wait := self._cold(self._warm_up, now)):
            return wait
        recovering = [each for each in (everybody.connections, own.connections, self._limit.connections) if each]
        held = _connections(Limit(self._limit.key, connections=min(recovering))) if recovering else 0
        if recovering and not held:
            return Allowance(0, wait=RENEW_SECONDS, sentence=sentences.BUSY % {"provider": self._name})
        return self._taken(wanted, held, now)

    def give_back(self, number: int, now: dt.datetime) -> None:
        throttling.give_back(limits=self._limits(now), number=number)
        if self._warm_up:
            warming.uncount(warm_up=self._warm_up, provider=self._provider, number=number, now=now)

    def _taken(self, wanted: int, held: int, now: dt.datetime) -> Allowance:
        limits = self._limits(now)
        handful = throttling.take(
            limits=limits, wanted=wanted, recount=lambda lost: recounting.recount(limit=lost, now=now)
        )
        granted = handful.granted
        if self._warm_up and granted:
            granted = warming.count(warm_up=self._warm_up, provider=self._provider, wanted=granted, now=now)
            throttling.give_back(limits=limits, number=handful.granted - granted)
        if not granted:
            wait = handful.wait or RENEW_SECONDS
            return Allowance(0, wait=wait, sentence=self._why(handful.key, wait, now))
        return Allowance(granted, held, per_connection=self._rules.per_connection(self._provider))

    def _limits(self, now: dt.datetime) -> list[Limit]:
        limits = [self._limit, self._newsletter]
        if self._warm_up and (pace := warming.pace(warm_up=self._warm_up, provider=self._provider, now=now)):
            limits.append(pace)
        return limits

    def _cold(self, warm_up: WarmUp, now: dt.datetime) -> Allowance | None:
        """Where the warm-up lets nothing out now."""
        left = warming.left_today(warm_up=warm_up, provider=self._provider, now=now)
        if left == 0:
            wait = (warming.tomorrow(now=now) - now).total_seconds()
            return Allowance(0, wait=wait, sentence=self._why("warmup:", wait, now))
        quiet = warming.quiet_seconds(now=now) if left else 0
        return Allowance(0, wait=quiet, sentence=self._why("warmup:", quiet, now)) if quiet else None

    def _why(self, key: str, wait: float, now: dt.datetime) -> str:
        if wait <= SLOW:
            return sentences.PACED
        what = key.partition(":")[0]
        sentence = {"newsletter": sentences.NEWSLETTER_LIMIT, "warmup": sentences.WARMING_UP}
        again = timezone.localtime(now + dt.timedelta(seconds=wait))
        domain = self._warm_up.domain if self._warm_up else ""
        slots = {"provider": self._name, "domain": domain, "time": f"{again:%H:%M}"}
        return sentence.get(what, sentences.PROVIDER_LIMIT) % slots

    @property
    def _name(self) -> str:
        return known.name_of(self._provider)
