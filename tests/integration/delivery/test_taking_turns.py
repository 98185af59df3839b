"""Real Celery workers with every process busy: small and urgent mailings have their turn, and servers their limits (S11, S20)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter import tasks
from newsletter.audience.models import Subscriber, Subscription, SubscriptionState
from newsletter.delivery import preparing, steering
from newsletter.delivery.models import Delivery, DeliveryState, Lane, Mailing, MailingState
from newsletter.editions.models import Edition, EditionText, Newsletter, NewsletterText
from tests.benchmarks.readers import crowd
from tests.benchmarks.sinks import Sink, running
from tests.integration.delivery.conftest import NOON, freeze, make_mailing, make_readers, subscribe, wait_until
from tests.integration.delivery.relays import on
from tests.peers import services, smtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.delivery.conftest import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

URGENT_SECONDS = 2
"""What is promised: the first message of an urgent mailing is out by then."""


def another(edition: Edition, readers: int) -> Edition:
    """An edition of another newsletter, which the last `readers` of all subscribers read too, and nobody else."""
    newsletter = Newsletter.objects.create(
        slug="mala",
        sender_email="mala@example.org",
        reply_to="redakcja@example.org",
        languages=["pl"],
        postal_address="ul. Jasna 1, 00-013 Warszawa",
    )
    words = edition.newsletter.texts.get(language="pl")
    NewsletterText.objects.create(
        newsletter=newsletter,
        language="pl",
        name="Mała",
        description=words.description,
        sender_name="Mała",
        publisher=words.publisher,
        consent_wording=words.consent_wording,
        first_name_fallback=words.first_name_fallback,
    )
    made = Edition.objects.create(newsletter=newsletter, slug="mala-1", code="M-1", dated=NOON.date())
    EditionText.objects.create(edition=made, language="pl", subject="Mała", preheader="…")
    freeze(made, "pl")
    subscribe(newsletter, Subscriber.objects.order_by("-pk")[:readers])
    return made


def large(edition: Edition, number: int) -> Mailing:
    """A mailing to so many readers, its rows written."""
    crowd(edition, number)
    mailing = make_mailing(edition)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    return mailing


def waiting(mailing: Mailing) -> int:
    states = [DeliveryState.QUEUED, DeliveryState.SENDING]
    return Delivery.objects.filter(mailing=mailing, state__in=states).count()


def is_under_way(mailing: Mailing, busy: int) -> bool:
    """Whether so many processes have a batch of it in hand."""
    leases = Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENDING).values("lease").distinct()
    return leases.count() >= busy


def finished(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state=MailingState.FINISHED).exists()


def first_sent(mailing: Mailing, peer: smtp.Peer) -> bool:
    """Whether the server has the first copy of it, recorded or not."""
    domain = mailing.edition.newsletter.slug
    return any(recipient.startswith(domain) for _, recipient in peer.copies())


def test_a_small_mailing_is_not_behind_a_large_one(
    edition: Edition, peer: smtp.Peer, worker_for: Callable[..., Worker]
) -> None:
    big = large(edition, 100_000)
    small_edition = another(edition, 20)
    worker_for(peer).start()
    wait_until(lambda: is_under_way(big, 2), seconds=60, what="both processes are busy")
    small = make_mailing(small_edition)
    tasks.nudge(mailing_id=small.pk)
    wait_until(lambda: finished(small), seconds=60, what="the small mailing")
    assert waiting(big) > 50_000, "the large one has most of its way before it"
    assert Delivery.objects.filter(mailing=small, state=DeliveryState.SENT).count() == 20


def test_a_small_mailing_is_not_behind_a_slow_services_batch_of_a_large_one_and_a_pause_is_heard_within_it(
    edition: Edition, worker_for: Callable[..., Worker]
) -> None:
    big = large(edition, 1000)
    small_edition = another(edition, 3)
    with services.running(services.Script(delay=0.5)) as service:
        on(service, worker_for, "mailgun", connections=2).start()
        wait_until(lambda: is_under_way(big, 2) and service.taken() > 2, seconds=60, what="both processes are busy")
        small = make_mailing(small_edition)
        tasks.nudge(mailing_id=small.pk)
        wait_until(lambda: finished(small), seconds=30, what="the small mailing")
        assert waiting(big) > 800, "a batch of 200 alone takes 50 seconds"
        wait_until(lambda: is_under_way(big, 1), seconds=30, what="the large one going on")
        steering.pause(mailing_id=big.pk, now=timezone.now())
        in_hand = Delivery.objects.filter(mailing=big, state=DeliveryState.SENDING)
        wait_until(lambda: not in_hand.exists(), seconds=10, what="pausing")
        sent = Delivery.objects.filter(state=DeliveryState.SENT).count()
        assert sent == service.taken() == len(service.copies())
    assert not Delivery.objects.filter(attempts__gt=1).exists(), "what was given back was never tried"


def urgent_to_five(edition: Edition) -> Mailing:
    """Launched by the operator, so nobody need release it; its readers' addresses begin with the newsletter's name."""
    hurried = another(edition, 0)
    for reader in Subscriber.objects.order_by("-pk")[:5]:
        Subscription.objects.filter(subscriber=reader).delete()
        Subscriber.objects.filter(pk=reader.pk).update(address=f"mala{reader.pk}@example.org")
        Subscription.objects.create(
            subscriber=reader,
            newsletter=hurried.newsletter,
            state=SubscriptionState.ACTIVE,
            asked_at=NOON,
            confirmed_at=NOON,
        )
    return make_mailing(hurried, lane=Lane.URGENT, released_at=timezone.now(), state=MailingState.PAUSED)


def test_an_urgent_mailing_is_out_within_two_seconds_while_every_process_is_busy_with_a_large_one(
    edition: Edition, peer: smtp.Peer, worker_for: Callable[..., Worker]
) -> None:
    crowd(edition, 20_000)
    urgent = urgent_to_five(edition)
    big = make_mailing(edition)
    worker_for(peer).start()
    wait_until(lambda: is_under_way(big, 2) and peer.taken() > 500, seconds=60, what="both processes are busy")
    begin_now(urgent)
    wait_until(lambda: first_sent(urgent, peer), seconds=URGENT_SECONDS, what="the first urgent copy")
    wait_until(lambda: finished(urgent), seconds=30, what="the urgent mailing")
    assert waiting(big) > 1000, "the large one still waits"
    taken = peer.taken()
    wait_until(lambda: peer.taken() > taken + 500, seconds=30, what="the large one going on")


def test_an_urgent_mailing_is_out_within_two_seconds_though_a_slow_server_keeps_every_process_busy(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], worker_for: Callable[..., Worker]
) -> None:
    peer = scripted(smtp.Script(delay=0.1))
    crowd(edition, 3_000)
    urgent = urgent_to_five(edition)
    big = make_mailing(edition)
    worker_for(peer).start()
    wait_until(lambda: is_under_way(big, 2) and peer.taken() > 10, seconds=60, what="both processes are busy")
    begin_now(urgent)
    wait_until(lambda: first_sent(urgent, peer), seconds=URGENT_SECONDS, what="the first urgent copy")
    wait_until(lambda: finished(urgent), seconds=30, what="the urgent mailing")
    assert waiting(big) > 2_000
    assert not Delivery.objects.filter(mailing=big, attempts__gt=1).exists(), "what was given back was never tried"


def begin_now(mailing: Mailing) -> None:
    """As the release does."""
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.PREPARING, due_at=timezone.now())
    tasks.nudge(mailing_id=mailing.pk)


def test_two_workers_with_two_beats_send_once_and_share_a_servers_connections_exactly(
    edition: Edition, worker_for: Callable[..., Worker], tmp_path: Path
) -> None:
    make_readers(edition.newsletter, 150)
    mailing = make_mailing(edition)
    with running(Sink(tmp_path, delay=0.02)) as sink:
        for _ in range(2):
            worker_for(SMTP_URL=f"{sink.url}&connections=3", SWEEP_SECONDS="0.5").start()
        wait_until(lambda: finished(mailing), seconds=90, what="finishing")
        taken = sink.taken()
    assert taken.connections_at_once == 3, "four processes want them, and nobody opens a fourth"
    assert (taken.copies, taken.recipients, taken.several) == (150, 150, [])


def test_a_servers_pace_is_kept_by_all_workers_together(
    edition: Edition, peer: smtp.Peer, worker_for: Callable[..., Worker]
) -> None:
    make_readers(edition.newsletter, 120)
    mailing = make_mailing(edition)
    worker_for(SMTP_URL=f"{peer.url}&per_second=20").start()
    wait_until(lambda: peer.taken() > 0, seconds=60, what="the first copy")
    wait_until(lambda: finished(mailing), seconds=60, what="finishing")
    seconds = Counter(
        moment.replace(microsecond=0) for moment in Delivery.objects.values_list("resolved_at", flat=True) if moment
    )
    assert set(peer.copies().values()) == {1}
    assert peer.taken() == 120
    assert max(seconds.values()) <= 2 * 20, "two windows of a second may lie partly within one second of the clock"
    assert len(seconds) >= 5, "six seconds' worth at twenty a second"
