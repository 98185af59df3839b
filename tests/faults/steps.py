"""The steps of a mailing, each of which can be stood at: by a point in the database, or a gate at the peer.

`launch`, `prepare`, `claim`, `record` and `finish` stand in the middle of the step's own statement: its transaction is open.
`mail`, `data`, `dot` stand before the server's answer to that command (the copy is taken at the dot), `reply` just after the
answer to the dot.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState, UnknownPolicy
from tests.faults.databases import Point

if TYPE_CHECKING:
    from newsletter.editions.models import Edition
    from tests.faults.stage import Stage

HELD = "reader000899@example.org"
"""At whose row preparing, claiming and recording stand still: the 900th subscriber."""
AT_MESSAGE = 700
"""At which message the peer stands still."""
POINTS = {
    "launch": Point(1, "newsletter_mailing_messages", "INSERT", "NEW.id > 0"),
    "prepare": Point(2, "newsletter_delivery", "INSERT", "NEW.state = 'queued' AND NEW.subscriber_id = 900"),
    "claim": Point(3, "newsletter_delivery", "UPDATE", "NEW.state = 'sending' AND NEW.subscriber_id = 900"),
    "record": Point(
        4, "newsletter_delivery", "UPDATE", "OLD.state = 'sending' AND NEW.state = 'sent' AND NEW.subscriber_id = 900"
    ),
    "finish": Point(5, "newsletter_mailing", "UPDATE", "OLD.state = 'sending' AND NEW.state = 'finished'"),
}
GATES = ("mail", "data", "dot", "reply")
STEPS = ("launch", "prepare", "claim", *GATES, "record", "finish")


class Moment:
    """One mailing that stands at one step, until `go_on`."""

    def __init__(self, stage: Stage, step: str, edition: Edition, policy: UnknownPolicy = UnknownPolicy.RESEND) -> None:
        self.stage = stage
        self.step = step
        self.edition = edition
        self.policy = policy
        self._answers: list[int] = []

    def reach(self) -> None:
        """Launch, and wait until it stands there."""
        if self.step in POINTS:
            self.stage.database.hold(POINTS[self.step])
        else:
            self.stage.peer.gate(self.step, AT_MESSAGE)
        self._launch()
        if self.step in POINTS:
            self.stage.wait(self._stands_in_the_database, 30, f"standing at {self.step}")
        else:
            self.stage.peer.wait_at_gate(seconds=30)
            assert self.is_there(), f"it is not at {self.step}"

    def go_on(self) -> None:
        if self.step in POINTS:
            self.stage.database.let_go()
        else:
            self.stage.peer.go()

    def mailing(self) -> Mailing:
        """The edition's mailing. A launch that nobody confirmed is asked for again: the person saw that it failed."""
        if self.step == "launch":
            self._asking.join(60)
            if self._answers != [302]:
                self.stage.wait_for_the_site()
                assert self.stage.launch_by_web(self.edition) == 302
        return Mailing.objects.get(edition=self.edition)

    def is_there(self) -> bool:
        """What can be seen from outside says so, too."""
        return bool(getattr(self, f"_is_at_{self.step}")())

    def _stands_in_the_database(self) -> bool:
        """On a slow machine an SQLite may also be kept busy by a step before this one."""
        return self.stage.database.is_reached(POINTS[self.step]) and self.is_there()

    def _launch(self) -> None:
        if self.step == "launch":
            self._asking = threading.Thread(target=self._ask, daemon=True)
            self._asking.start()
        else:
            self.stage.launch(self.edition, policy=self.policy)

    def _ask(self) -> None:
        self._answers.append(self.stage.launch_by_web(self.edition))

    # ── what can be seen ─────────────────────────────────────────────────────────────────────────────────────────────
    def _is_at_launch(self) -> bool:
        return not self._answers and not Mailing.objects.filter(edition=self.edition).exists()

    def _is_at_prepare(self) -> bool:
        return self._state() == MailingState.PREPARING and not self._rows()

    def _is_at_claim(self) -> bool:
        return self._rows() == self._rows(DeliveryState.QUEUED) > 0 and not self.stage.peer.taken()

    def _is_at_mail(self) -> bool:
        return self._rows(DeliveryState.SENDING) > 0 and self.stage.peer.taken() > 0

    _is_at_data = _is_at_mail

    def _is_at_dot(self) -> bool:
        """The last copy's row knows nothing of it."""
        _, reader = self.stage.peer.last_copy()
        rows = Delivery.objects.filter(mailing__edition=self.edition, subscriber__address=reader)
        return rows.get().state == DeliveryState.SENDING

    _is_at_reply = _is_at_dot

    def _is_at_record(self) -> bool:
        rows = Delivery.objects.filter(mailing__edition=self.edition, subscriber__address=HELD)
        copied = any(reader == HELD for _, reader in self.stage.peer.copies())
        return copied and rows.get().state == DeliveryState.SENDING

    def _is_at_finish(self) -> bool:
        return self._state() == MailingState.SENDING and self._rows() == self._rows(DeliveryState.SENT) > 0

    def _state(self) -> str:
        return Mailing.objects.values_list("state", flat=True).get(edition=self.edition)

    def _rows(self, *states: DeliveryState) -> int:
        rows = Delivery.objects.filter(mailing__edition=self.edition)
        return (rows.filter(state__in=states) if states else rows).count()
