"""Everything a mailing needs, on this machine: database, Redis, worker, beat and web as processes of their own, and a peer.

Whatever it kills it starts again, and nothing else: no step of a mailing is done by hand.
"""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import redis
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import Count
from django.utils import timezone

from newsletter.delivery import steering
from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.launching import launch
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from newsletter.delivery.receivers import MailDomain
from newsletter.lib.sessions import SessionStore
from tests.builders import a_newsletter, an_approved_edition
from tests.environment import free_port
from tests.faults import databases, programs, steps
from tests.integration.delivery.conftest import make_readers
from tests.peers import smtp
from tests.peers.valkey import LastingServer, lasting_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newsletter.editions.models import Edition
    from tests.faults.databases import Database

READERS = 2000
CONNECTIONS = 4
"""The server's limit: so many messages can be past their dot at the same moment."""
LEASE_SECONDS = 3
SECRET = "a" * 32
"""A token that a browser would have got with the form."""
PROGRAMS = ("worker", "beat", "web")


class Stage:
    """The whole of it, running."""

    def __init__(self, folder: Path, database: Database, server: LastingServer, peer: smtp.Peer) -> None:
        self.folder = folder
        self.database = database
        self.redis = server
        self.peer = peer
        self.port = free_port()
        self.editions = 0
        self._read: dict[Path, int] = {}
        """How much each log held when the last test began."""
        self._over = threading.Event()
        self._session = ""
        self.environment = {
            "DATABASE_URL": database.url,
            "REDIS_URL": server.url,
            "SMTP_URL": f"{peer.url}&connections={CONNECTIONS}",
            "SENDERS": "2",
            "SWEEP_SECONDS": "1",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "WARNING",
        }
        self.programs = {
            "worker": programs.worker(self.environment, folder),
            "beat": programs.beat(self.environment, folder),
            "web": programs.web(self.environment, folder, port=self.port),
        }

    def kill(self, victim: str) -> None:
        """kill -9 of `worker`, `child` (one process of it), `beat`, `web`, `redis`, `database`, or `everything`."""
        if victim == "child":
            self.programs["worker"].kill_a_child()
        for program in PROGRAMS:
            if victim in (program, "everything"):
                self.programs[program].kill()
        if victim in ("redis", "everything"):
            self.redis.kill()
        if victim in ("database", "everything"):
            self.database.kill()

    def start(self, victim: str) -> None:
        """What `kill` killed, again; a child is its worker's business."""
        if victim in ("database", "everything"):
            self.database.start()
        if victim in ("redis", "everything"):
            self.redis.start()
        for program in PROGRAMS:
            if victim in (program, "everything"):
                self.programs[program].start()

    def mend(self) -> None:
        """Whatever an earlier test left: nothing is held, everything runs, no mailing is under way."""
        self.database.let_go()
        self.peer.go()
        self.wait_for_the_site()
        self._read = {file: file.stat().st_size for file in self.folder.glob("*.log")}
        for mailing in Mailing.objects.exclude(state__in=[MailingState.FINISHED, MailingState.CANCELLED]):
            steering.cancel(mailing_id=mailing.pk, now=timezone.now())
        self.wait(self._nobody_sends, 60, "whoever has a batch of an earlier mailing in hand gives it back")

    # ── a mailing ────────────────────────────────────────────────────────────────────────────────────────────────────
    def fresh_edition(self) -> Edition:
        """An approved edition that was never mailed; the peer counts from zero."""
        self.editions += 1
        self.peer.begin_again(self.folder / f"copies-{self.editions}.log")
        return an_approved_edition(f"net-{self.editions}", newsletter=a_newsletter(), now=timezone.now())

    def launch(self, edition: Edition, *, policy: UnknownPolicy = UnknownPolicy.RESEND) -> Mailing:
        """As the command does it; nobody is nudged, so beat's sweep finds it."""
        return launch(edition=edition, now=timezone.now(), unknown_policy=policy)

    def launch_by_web(self, edition: Edition, *, seconds: float = 30) -> int:
        """As an approver does it in a browser: the status of the answer, 302 when it is launched; 0: none came."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/admin/newsletter/edition/{edition.pk}/launch/",
            data=urlencode({"when": "now", "csrfmiddlewaretoken": SECRET}).encode(),
            headers={"Cookie": f"csrftoken={SECRET}; sessionid={self._session}"},
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def wait_until_finished(self, mailing: Mailing, *, seconds: float = 60) -> None:
        """By what the processes do alone."""
        self.wait(lambda: self.state_of(mailing) == MailingState.FINISHED, seconds, "the mailing finishes")

    def last_mailing(self) -> Mailing:
        return Mailing.objects.latest("pk")

    def page_of(self, mailing: Mailing) -> str:
        """What an approver sees of it in a browser, in English."""
        headers = {"Cookie": f"sessionid={self._session}", "Accept-Language": "en"}
        address = f"http://127.0.0.1:{self.port}/admin/newsletter/mailing/{mailing.pk}/change/"
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())

    def failing(self, word: str) -> Callable[[], bool]:
        """Whether the worker has said an error with this word since now."""
        log = self.programs["worker"].log
        before = log.stat().st_size
        return lambda: word in log.read_bytes()[before:].decode(errors="replace")

    def in_hands_of_the_dead(self, mailing: Mailing) -> int:
        """Rows under a lease: should their worker be dead and Redis forget, nobody knows what became of any."""
        try:
            return Delivery.objects.filter(mailing=mailing, state=DeliveryState.SENDING).count()
        except OperationalError:
            connection.close()
            return 0

    def lose_messages(self) -> None:
        """Celery's, all that wait."""
        with redis.Redis.from_url(self.redis.url) as client:
            client.delete("urgent", "celery", "mailings", "unacked", "unacked_index")

    def state_of(self, mailing: Mailing) -> str:
        """Also while the database is away, and after."""
        try:
            return Mailing.objects.values_list("state", flat=True).get(pk=mailing.pk)
        except OperationalError:
            connection.close()
            return ""

    def wait(self, said: Callable[[], bool], seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not said():
            assert time.monotonic() < end, (
                f"not within {seconds} seconds: {what}\n{self.last_words()}\n{self.standing()}"
            )
            time.sleep(0.02)

    def standing(self) -> str:
        """The last mailing, as its rows say."""
        rows = Delivery.objects.filter(mailing=self.last_mailing()).order_by().values_list("state", "lease")
        facts = Mailing.objects.filter(pk=self.last_mailing().pk).values()[0]
        return f"{timezone.now()} {facts} {list(rows.annotate(n=Count('pk')))} {list(Lease.objects.values())}"

    def last_words(self) -> str:
        """The end of what every log got since the test began, for who looks for the reason."""
        return "\n".join(
            f"== {file.name}\n{file.read_bytes()[self._read.get(file, 0) :].decode(errors='replace')[-3000:]}"
            for file in sorted(self.folder.glob("*.log"))
            if not file.name.startswith("copies")
        )

    def _nobody_sends(self) -> bool:
        return not Delivery.objects.filter(state=DeliveryState.SENDING).exists()

    def prepare(self) -> None:
        """Tables, readers, somebody who may launch; then everything starts."""
        call_command("migrate", interactive=False, verbosity=0)
        self.database.prepare(tuple(steps.POINTS.values()))
        make_readers(a_newsletter(), READERS)
        MailDomain.objects.create(name="example.org", looked_up_at=timezone.now())
        # Without an address: no reminder of a date or a helpline counts among the copies, whatever the clocks say.
        self._session = _signed_in(User.objects.create_superuser("chief", "", "an unguessable phrase"))
        for program in self.programs.values():
            program.start()
        threading.Thread(target=self._look_after_programs, daemon=True).start()
        self.wait_for_the_site()

    def end(self) -> None:
        """Nothing of ours is left."""
        self._over.set()
        for program in self.programs.values():
            program.kill()

    def _look_after_programs(self) -> None:
        while not self._over.wait(1.0):
            for program in list(self.programs.values()):
                program.look_after()

    def wait_for_the_site(self) -> None:
        self.wait(self._web_answers, 60, "the site answers")

    def _web_answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextlib.contextmanager
def running(vendor: str, folder: Path) -> Iterator[Stage]:
    """A stage on this kind of database; nothing of it is left afterwards. Django in this process speaks to its database."""
    with (
        databases.running(vendor, folder) as database,
        databases.ours(database),
        lasting_server(folder) as server,
        smtp.running(port=free_port(), log=folder / "copies-0.log") as peer,
    ):
        stage = Stage(folder, database, server, peer)
        try:
            stage.prepare()
            yield stage
        finally:
            stage.end()
