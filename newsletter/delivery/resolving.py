"""Finds out, away from the sending, which provider receives for each reader's domain: asks the DNS for mail exchangers.

Domains come from the subscribers, a stretch of ids at a time. Well-known ones are answered at once; the others are looked up,
and again after a week. A look-up that fails leaves the domain among all others and is tried again after some hours.
"""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.exception
import dns.resolver
import idna
import redis
from django.db.models import Max

from newsletter.audience.models import Subscriber
from newsletter.delivery import providers
from newsletter.delivery.receivers import MailDomain
from newsletter.lib.redis import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ANSWER_LASTS = dt.timedelta(days=7)
FAILURE_LASTS = dt.timedelta(hours=6)
STRETCH = 20_000
"""Subscriber ids read in one step."""
AT_ONCE = 8
PATIENCE = 5.0
"""Seconds for one look-up, retries included."""
SEEN_TO = "wici:domains:seen-to"
SEEN_AGAIN_AFTER = 24 * 3600
"""Once a day the ids are read from the beginning: addresses change."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the DNS says about a domain."""

    exchangers: Sequence[str] = ()
    """Names of mail exchangers, the most preferred first; empty where there are none."""
    takes_no_mail: bool = False
    """Null MX (RFC 7505)."""
    failed: bool = False
    """The DNS gave no answer, so nobody knows."""


def keep_up(*, now: dt.datetime, seconds: float, ask: Callable[[str], Answer] | None) -> int:
    """Note new domains and look up those that are due, for about `seconds`; how many were looked up.

    `ask` answers for one domain, from several threads; None leaves the DNS alone.
    """
    until = time.monotonic() + seconds
    while _note_a_stretch(now) and time.monotonic() < until:
        pass
    done = 0
    while ask is not None and time.monotonic() < until and (due := _due(now)):
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(ask, due))
        _keep(dict(zip(due, answers, strict=True)), now)
        done += len(due)
    return done


def ask_dns(domain: str) -> Answer:
    """The mail exchangers of `domain` (A-label), from the system's resolver."""
    try:
        found = dns.resolver.resolve(idna.encode(domain, uts46=True).decode(), "MX", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Answer()  # none of its own: mail goes to the domain itself, if anywhere
    except (dns.exception.DNSException, idna.IDNAError, OSError):
        return Answer(failed=True)
    hosts = [str(entry.exchange) for entry in sorted(found, key=lambda entry: int(entry.preference))]
    return Answer(takes_no_mail=True) if hosts == ["."] else Answer(hosts)


def _note_a_stretch(now: dt.datetime) -> bool:
    """Read the next stretch of subscribers; whether there may be more. Where Redis is away, the next run does it."""
    last = Subscriber.objects.aggregate(last=Max("id"))["last"] or 0
    try:
        seen = int(connection().get(SEEN_TO) or 0)
        if seen >= last:
            return False
        reached = min(seen + STRETCH, last)
        note(names=_domains_between(seen, reached), now=now)
        connection().set(SEEN_TO, reached, keepttl=bool(seen), ex=None if seen else SEEN_AGAIN_AFTER)
    except redis.RedisError:
        return False
    return True


def _domains_between(after: int, upto: int) -> set[str]:
    keys = Subscriber.objects.filter(id__gt=after, id__lte=upto).values_list("address_key", flat=True)
    return {key.rpartition("@")[2] for key in keys.iterator(chunk_size=5000)} - {""}


def note(*, names: set[str], now: dt.datetime) -> None:
    """Remember these domains; the well-known ones with their provider."""
    rows = [_noted(name, now) for name in names]
    MailDomain.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _noted(name: str, now: dt.datetime) -> MailDomain:
    provider = providers.of_domain(name)
    if provider is None:
        return MailDomain(name=name, ask_again_at=now)
    return MailDomain(name=name, provider=provider, looked_up_at=now)


def _due(now: dt.datetime) -> list[str]:
    due = MailDomain.objects.filter(ask_again_at__lte=now).order_by("ask_again_at")
    return list(due.values_list("name", flat=True)[: AT_ONCE * 8])


def _keep(answers: dict[str, Answer], now: dt.datetime) -> None:
    rows = list(MailDomain.objects.filter(pk__in=answers))
    for row in rows:
        _answered(row, answers[row.pk], now)
    MailDomain.objects.bulk_update(rows, ["provider", "looked_up_at", "ask_again_at", "takes_no_mail"])


def _answered(row: MailDomain, answer: Answer, now: dt.datetime) -> None:
    row.ask_again_at = now + (FAILURE_LASTS if answer.failed else ANSWER_LASTS)
    if not answer.failed:
        row.provider = providers.of_exchangers(answer.exchangers)
        row.takes_no_mail = answer.takes_no_mail
        row.looked_up_at = now
