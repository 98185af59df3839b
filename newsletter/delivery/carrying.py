"""Carries messages to one e-mail backend, over open sessions with a thread for each.

So a service that keeps us waiting keeps nobody from renewing leases or hearing of a pause.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from anymail.exceptions import AnymailUnsupportedFeature
from django.utils.module_loading import import_string

from newsletter.delivery import answering, couriers, sentences
from newsletter.delivery.answering import Answer, What
from newsletter.delivery.enveloping import UNASKED, Bundle
from newsletter.delivery.holding import RENEW_SECONDS, Slots
from newsletter.delivery.replies import Reply
from newsletter.delivery.throttling import LimitsAwayError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.delivery.enveloping import Copy
    from newsletter.lib.servers import Server

IDLE_SECONDS = 20.0
"""A session that nobody used for so long is closed: services hang up on silence."""
LONGEST_WAIT = 600.0
"""Seconds for one answer, as after a final dot (S1); backends have shorter limits of their own."""
PATIENCE = 1.0
"""Seconds to wait for a session to close."""
WISHES = (*UNASKED, "envelope_sender")
"""What not every backend knows, and may be left away."""


class Session:
    """One opened backend, for one thread at a time."""

    def __init__(self, server: Server) -> None:
        """Open at first use."""
        self._server = server
        self._backend: Any = None
        self._unknown: list[str] = []

    def hand_over(self, copies: Sequence[Copy]) -> list[Answer]:
        """Hand over `copies` in one go; what became of each, in their order. Raises nothing."""
        try:
            backend = self._opened()
        except Exception as error:  # noqa: BLE001 (a backend may be anybody's)
            return [answering.to_opening(error)] * len(copies)
        answers = self._sent(backend, copies)
        if any(answer.what in {What.UNKNOWN, What.AWAY, What.REFUSED} for answer in answers):
            self.close()
        return answers

    def close(self) -> None:
        """Hang up."""
        backend, self._backend = self._backend, None
        try:
            if backend is not None:
                backend.close()
        except Exception:  # noqa: BLE001 (a goodbye; what was to be known is known)
            return

    def _opened(self) -> Any:
        if self._backend is None:
            backend = backend_of(self._server)(fail_silently=False)
            backend.open()
            self._backend = backend
        return self._backend

    def _sent(self, backend: Any, copies: Sequence[Copy]) -> list[Answer]:
        for wish in self._unknown:
            _ask_less(copies, wish)
        message = copies[0] if len(copies) == 1 else Bundle(copies)
        try:
            count = backend.send_messages([message])
        except AnymailUnsupportedFeature as error:  # raised while nothing has gone out
            known = [each for each in WISHES if each in str(error) and each not in self._unknown]
            self._unknown += known
            return self._sent(backend, copies) if known else answering.to_error(error, message, copies)
        except Exception as error:  # noqa: BLE001 (as above)
            return answering.to_error(error, message, copies)
        return answering.to_count(count, message, copies)


def backend_of(server: Server) -> Any:
    """The class that `server` names, ready for bundles where its service takes them.

    Raises:
        ImportError: there is none such.
    """
    backend = import_string(server.path)
    return couriers.joining(backend) if couriers.of(backend) else backend


class Errand:
    """Copies on the way in one request."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        """It sets out now."""
        self.copies = copies
        self.answers: list[Answer] = []
        self.since = time.monotonic()


class Desk:
    """All sessions of this process with one backend."""

    def __init__(self, server: Server) -> None:
        """Nothing is loaded or opened before it is needed."""
        self.server = server
        self._back: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self._out: set[Errand] = set()
        self._clerks: list[_Clerk] = []
        self._slots = Slots()
        self._asked = float("-inf")

    @property
    def most(self) -> int:
        """Copies that go out in one request."""
        try:
            courier = couriers.of(import_string(self.server.path))
        except ImportError:
            return 1
        return courier.most if courier else 1

    @property
    def sessions(self) -> int:
        """How many requests of ours may be under way at the same time; all workers share the server's `connections`.

        Raises:
            LimitsAwayError: nobody knows.
        """
        if time.monotonic() - self._asked >= RENEW_SECONDS:
            self._asked = time.monotonic()
            try:
                self._slots.ask(self.server, wanted=self.server.connections, still_open=len(self._out))
            except LimitsAwayError:
                if not self._slots.number(self.server):
                    raise
        return self._slots.number(self.server)

    def keep(self) -> None:
        """Hold on to the sessions of what is under way, however long it takes; where Redis is away, to what it told last."""
        with contextlib.suppress(LimitsAwayError):
            _ = self.sessions

    def send(self, copies: Sequence[Copy]) -> Errand:
        """Let somebody carry `copies`, over a session that is open if there is one."""
        errand = Errand(copies)
        self._out.add(errand)
        self._clerks = [each for each in self._clerks if each.is_alive()]
        if not any(clerk.take(errand) for clerk in self._clerks):
            self._clerks.append(_Clerk(self.server, self._back))
            self._clerks[-1].take(errand)
        return errand

    def wait(self, seconds: float) -> list[Errand]:
        """The errands that came back, answered; after `seconds` none. One that took too long comes back as unknown."""
        came: list[Errand] = []
        try:
            came.append(self._back.get(timeout=seconds))
            while True:
                came.append(self._back.get_nowait())
        except queue.Empty:
            pass
        back = [each for each in came if each in self._out]
        overdue = [each for each in self._out - {*back} if time.monotonic() - each.since > LONGEST_WAIT]
        for errand in overdue:
            errand.answers = [Answer(What.UNKNOWN, Reply(0, "", sentences.SILENT))] * len(errand.copies)
        self._out -= {*back, *overdue}
        return [*back, *overdue]

    def forget(self) -> None:
        """Whatever is still under way: nobody asks for its answer any more."""
        self._out.clear()

    def leave(self) -> None:
        """Close all sessions; one that a service keeps waiting closes when it is answered."""
        self._slots.let_go(self.server)
        for clerk in self._clerks:
            clerk.leave()
        self._clerks.clear()


class _Clerk(threading.Thread):
    """Carries one errand after the other over one session; ends when nobody has asked for it for a while."""

    def __init__(self, server: Server, back: queue.SimpleQueue[Errand]) -> None:
        super().__init__(daemon=True, name=f"to {server.name}")
        self._session = Session(server)
        self._back = back
        self._asked: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._free = threading.Lock()
        self.start()

    def take(self, errand: Errand) -> bool:
        """Whether this one had nothing else to do."""
        if not self._free.acquire(blocking=False):
            return False
        self._asked.put(errand)
        return True

    def leave(self) -> None:
        """End after what is under way; a goodbye takes no longer than a moment."""
        self._asked.put(None)
        self.join(PATIENCE)

    def run(self) -> None:
        while (errand := self._next()) is not None:
            errand.answers = self._session.hand_over(errand.copies)
            self._free.release()
            self._back.put(errand)
        self._session.close()

    def _next(self) -> Errand | None:
        with contextlib.suppress(queue.Empty):
            return self._asked.get(timeout=IDLE_SECONDS)
        # From here on nobody can ask; unless somebody did in this very moment.
        return None if self._free.acquire(blocking=False) else self._asked.get()


def _ask_less(copies: Sequence[Copy], wish: str) -> None:
    for copy in copies:
        copy.without(wish)
