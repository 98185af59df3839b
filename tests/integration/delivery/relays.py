"""What the tests of e-mail backends share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils import timezone

from newsletter.delivery import sending
from newsletter.delivery.models import Delivery, Mailing
from newsletter.delivery.transport import Transport
from newsletter.lib.servers import parse
from tests.peers import services

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from tests.integration.delivery.conftest import Worker


def over(*urls: str) -> Transport:
    """A transport over these servers."""
    return Transport([parse(url) for url in urls])


def to(name: str, options: str = "") -> str:
    return f"backend://anymail.backends.{name}.EmailBackend?name={name}{options}"


def send(
    mailing: Mailing,
    transport: Transport,
    *,
    seconds: float = 30,
    clock: Callable[[], dt.datetime] = timezone.now,
) -> bool:
    """Send it, and leave nothing open."""
    try:
        return sending.send(mailing_id=mailing.pk, clock=clock, seconds=seconds, transport=transport)
    finally:
        transport.leave()


def on(service: services.Service, worker_for: Callable[..., Worker], name: str, *, connections: int) -> Worker:
    """A worker whose only way out is this service; its options stand in the environment, as an operator would set them."""
    url = f"backend://anymail.backends.{name}.EmailBackend?name={name}&connections={connections}"
    options = {f"ANYMAIL_{option}": word for option, word in services.settings_for(service).items()}
    return worker_for(SMTP_URL=url, **options)


def once(act: Callable[[], object], *, when: Callable[[], bool]) -> Callable[[], dt.datetime]:
    """A clock; somebody else does `act` the first time it is looked at when `when` is true: in the middle of a batch."""
    acts = [act]

    def clock() -> dt.datetime:
        if acts and when():
            acts.pop()()
        return timezone.now()

    return clock


def states(mailing: Mailing) -> Counter[str]:
    return Counter(Delivery.objects.filter(mailing=mailing).values_list("state", flat=True))


def tries(mailing: Mailing) -> Counter[tuple[str, int]]:
    return Counter(Delivery.objects.filter(mailing=mailing).values_list("state", "attempts"))


def waits_for(mailing: Mailing) -> str:
    return str(Mailing.objects.values_list("waits_for", flat=True).get(pk=mailing.pk))


def reader(number: int) -> str:
    return f"reader{number:06}@example.org"


def row_of(number: int) -> Delivery:
    return Delivery.objects.get(subscriber__address=reader(number))
