"""delivery.resolving: who receives for a domain, asked of a DNS of ours (S11)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import dns.resolver
import pytest

from newsletter.audience.models import Subscriber
from newsletter.delivery.receivers import MailDomain
from newsletter.delivery.resolving import SEEN_TO, Answer, ask_dns, keep_up
from newsletter.lib.redis import connection
from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ZONE = {
    "ministry.pl": Answer(["ministry-pl.mail.protection.outlook.com"]),
    "school.pl": Answer(["mx1.school.pl", "mx2.school.pl"]),
    "silent.pl": Answer(takes_no_mail=True),
    "broken.pl": Answer(failed=True),
}


@pytest.fixture(autouse=True)
def _emptied(redis_server: object) -> Iterator[None]:  # noqa: ARG001 (it must run)
    connection().flushdb()
    yield
    connection().flushdb()


def people(*domains: str) -> None:
    Subscriber.objects.bulk_create(
        Subscriber(address=f"p{n}@{name}", address_key=f"p{n}@{name}", language="pl", created_at=NOON)
        for n, name in enumerate(domains)
    )


def look(now: dt.datetime = NOON) -> int:
    return keep_up(now=now, seconds=5, ask=ZONE.__getitem__)


def found() -> dict[str, str]:
    return dict(MailDomain.objects.values_list("name", "provider"))


def test_every_domain_finds_its_provider_and_the_dns_is_asked_only_where_needed() -> None:
    people("gmail.com", "gmail.com", "ministry.pl", "school.pl", "example.org")
    assert look() == 2
    assert found() == {"gmail.com": "google", "ministry.pl": "microsoft", "school.pl": "", "example.org": ""}
    assert look() == 0


def test_after_a_week_it_is_asked_again_and_a_failure_after_some_hours() -> None:
    people("ministry.pl", "broken.pl", "silent.pl")
    assert look() == 3
    assert MailDomain.objects.get(pk="silent.pl").takes_no_mail
    assert MailDomain.objects.get(pk="broken.pl").looked_up_at is None
    assert look(NOON + dt.timedelta(hours=7)) == 1
    assert look(NOON + dt.timedelta(days=7)) == 3


def test_new_readers_are_seen_in_the_next_round() -> None:
    people("gmail.com")
    look()
    people_before = Subscriber.objects.count()
    Subscriber.objects.create(address="n@wp.pl", address_key="n@wp.pl", language="pl", created_at=NOON)
    look()
    assert found() == {"gmail.com": "google", "wp.pl": "wp"}
    assert people_before == 1
    assert 0 < connection().ttl(SEEN_TO) <= 24 * 3600


def test_while_mail_is_only_caught_the_dns_is_left_alone() -> None:
    people("ministry.pl", "gmail.com")
    assert keep_up(now=NOON, seconds=5, ask=None) == 0
    assert found() == {"ministry.pl": "", "gmail.com": "google"}


def test_without_time_nothing_is_looked_up() -> None:
    people("ministry.pl")
    assert keep_up(now=NOON, seconds=0, ask=ZONE.__getitem__) == 0


def test_without_redis_the_next_round_does_it(settings: Any) -> None:
    people("gmail.com")
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert look() == 0
    assert found() == {}


# ── the real resolver, with answers of ours ──────────────────────────────────────────────────────────────────────────
class Entry:
    def __init__(self, preference: int, exchange: str) -> None:
        self.preference, self.exchange = preference, exchange


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([Entry(20, "b.example."), Entry(10, "a.example.")], Answer(["a.example.", "b.example."])),
        ([Entry(0, ".")], Answer(takes_no_mail=True)),
        (dns.resolver.NXDOMAIN, Answer()),
        (dns.resolver.NoNameservers, Answer(failed=True)),
        (OSError, Answer(failed=True)),
    ],
)
def test_what_the_dns_says_is_read(said: Any, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str, kind: str, lifetime: float) -> Any:
        assert (name, kind, lifetime) == ("xn--kd-5ja.pl", "MX", 5.0)
        if isinstance(said, type):
            raise said
        return said

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    assert ask_dns("kód.pl") == answer


def test_a_name_that_is_none_is_not_asked() -> None:
    assert ask_dns("a..b").failed
