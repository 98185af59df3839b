"""How fast is a whole mailing? Measured beside a plain loop of Django's own mail classes, to the same server, in one run.

Ours: launch, rows, claims, filling, SMTP, journal and recording, by a real Celery worker with two processes that is already
up. The loop: one open connection, one EmailMultiAlternatives per reader, nothing recorded anywhere. The mail server, the
database and Redis share the machine's cores with both.

Without DATABASE_URL on SQLite; with it in a database of its own beside the named one. Never touches data of yours.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import environment  # sets this process's own folder, keys and ports before Django reads them

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from newsletter import tasks  # noqa: E402
from newsletter.audience.models import Subscriber, Subscription  # noqa: E402
from newsletter.celery import app  # noqa: E402
from newsletter.composition.freezing import approve  # noqa: E402
from newsletter.composition.merging import MergeField, filled  # noqa: E402
from newsletter.delivery.launching import launch  # noqa: E402
from newsletter.delivery.models import Delivery, Mailing, MailingState  # noqa: E402
from newsletter.editions.models import BlockKind, Edition  # noqa: E402
from newsletter.seeding.planting import plant  # noqa: E402
from tests.integration.delivery.conftest import database_url, make_readers  # noqa: E402
from tests.peers import smtp  # noqa: E402
from tests.peers.valkey import lasting_server  # noqa: E402

if TYPE_CHECKING:
    from newsletter.composition.message import Message

READERS = 5000
PROCESSES = 2
NEWS_ITEMS = 1
"""News items left in the demo edition, so that a message is about 20 kB."""


def main() -> None:
    """Measure both, print the ratio first, write var/bench.json of the working folder."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        figures = _measured()
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)
    print(_table(figures))  # noqa: T201 (its answer)
    file = settings.BASE_DIR / "var" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(figures, indent=2) + "\n")


def _measured() -> dict[str, Any]:
    edition = _demo_edition()
    log = Path(tempfile.mkdtemp(prefix="wici-bench-"))
    with (
        lasting_server(log, port=settings.EMBEDDED_REDIS_PORT),
        smtp.running(port=environment.free_port(), log=log / "ours.log") as ours,
        smtp.running(port=environment.free_port(), log=log / "loop.log") as theirs,
    ):
        loop_seconds = _plain_loop(edition, theirs)
        seconds, mailing = _mailing(edition, ours, log)
        copies = ours.copies()
    assert len(copies) == copies.total() == READERS, "somebody was lost or mailed twice"
    return {
        "times_the_plain_loop": round(loop_seconds / seconds, 1),
        "messages_per_second": round(READERS / seconds),
        "plain_loop_messages_per_second": round(READERS / loop_seconds),
        "recipients": READERS,
        "seconds_from_launch_to_finished": round(seconds, 2),
        "bytes_per_message": ours_bytes(mailing),
        "database": connection.vendor,
        "worker_processes": PROCESSES,
        "cores": os.cpu_count(),
        "shared": "database, Redis, worker and mail server share the cores; the loop shares them with the mail server",
    }


def _demo_edition() -> Edition:
    """The demo edition, shortened and approved anew, for as many readers as are measured."""
    plant(now=timezone.now())
    Subscription.objects.all().delete()
    edition = Edition.objects.select_related("newsletter").get()
    news = edition.blocks.filter(kind=BlockKind.NEWS_ITEM).order_by("position")
    edition.blocks.filter(pk__in=[block.pk for block in news[NEWS_ITEMS:]]).delete()
    approve(edition=edition, by=None, now=timezone.now())
    make_readers(edition.newsletter, READERS)
    return edition


def _plain_loop(edition: Edition, peer: smtp.Peer) -> float:
    message = edition.messages.filter(language="pl").order_by("-id")[0]
    backend = "django.core.mail.backends.smtp.EmailBackend"
    addresses = list(Subscriber.objects.filter(address__startswith="reader").values_list("address", "first_name"))
    started = time.perf_counter()
    with get_connection(backend, host="127.0.0.1", port=peer.port, use_tls=False, use_ssl=False) as opened:
        for address, first_name in addresses:
            _mail(message, address, first_name, opened).send()
    return time.perf_counter() - started


def _mail(message: Message, address: str, first_name: str, opened: Any) -> EmailMultiAlternatives:
    link = f"{settings.SITE_URL}/u/{'x' * 48}"
    values = {MergeField.FIRST_NAME: first_name, MergeField.UNSUBSCRIBE_URL: link, MergeField.PREFERENCES_URL: link}
    subject, text, html = (
        filled(part, lambda slot: values[slot.field]) for part in (message.subject, message.text, message.html)
    )
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(subject, text, "wici@example.org", [address], connection=opened, headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _mailing(edition: Edition, peer: smtp.Peer, log: Path) -> tuple[float, Mailing]:
    worker = _worker(peer, log)
    try:
        while not app.control.ping(timeout=0.5):
            assert worker.poll() is None, (log / "worker.log").read_text()
        started = time.perf_counter()
        mailing = launch(edition=edition, now=timezone.now())
        tasks.nudge(mailing_id=mailing.pk)
        while not Mailing.objects.filter(pk=mailing.pk, state=MailingState.FINISHED).exists():
            time.sleep(0.02)
        return time.perf_counter() - started, mailing
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(20)


def _worker(peer: smtp.Peer, log: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "newsletter",
        "worker",
        "-B",
        "-c",
        str(PROCESSES),
        "-l",
        "WARNING",
    ]
    facts = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL, "SMTP_URL": peer.url}
    with (log / "worker.log").open("wb") as out:
        return subprocess.Popen(
            [*command, "-s", str(log / "beat")],
            env={**os.environ, **facts},
            cwd=settings.BASE_DIR,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def ours_bytes(mailing: Mailing) -> int:
    """How long a filled message is, HTML and text together, before its transfer encoding."""
    row = Delivery.objects.select_related("message").filter(mailing=mailing)[0]
    return len(row.message.html.encode()) + len(row.message.text.encode())


def _table(figures: dict[str, Any]) -> str:
    width = max(map(len, figures))
    return "\n".join(f"{name.replace('_', ' '):<{width}}  {value}" for name, value in figures.items())
