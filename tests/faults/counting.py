"""What became of a mailing: copies counted by the peer, against what the rows, the figures and the command say."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.utils import timezone

from newsletter.delivery.models import Attempt, Delivery, DeliveryState, UnknownPolicy
from newsletter.reports.figures import progress_of

if TYPE_CHECKING:
    from newsletter.delivery.models import Mailing
    from tests.peers.smtp import Peer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one mailing."""

    recipients: int
    copies: int
    lost: int
    """Readers without a copy, but for those whose row is held or says that nobody could be reached."""
    doubled: int
    """Readers with more than one copy."""
    doubled_though_known: int
    """Of those, who was never `unknown`."""
    most_copies: int
    other_ids: int
    """Readers whose copies do not all have the same Message-ID."""
    unknown: int
    """Readers whose outcome was unknown at least once."""
    held: int
    unfinished: int
    """Rows that are neither sent nor held."""

    def __str__(self) -> str:
        return (
            f"{self.recipients} recipients, {self.copies} copies, {self.lost} lost, {self.doubled} with more than one copy "
            f"({self.doubled_though_known} of them though known), {self.unknown} once unknown, {self.held} held"
        )


def verdict_on(mailing: Mailing, peer: Peer) -> Verdict:
    """Count."""
    rows = Delivery.objects.filter(mailing=mailing)
    copies, ids = _per_reader(peer)
    readers = set(rows.values_list("subscriber__address", flat=True))
    unknown = set(rows.filter(unknowns__gt=0).values_list("subscriber__address", flat=True))
    held = set(rows.filter(state=DeliveryState.UNKNOWN).values_list("subscriber__address", flat=True))
    doubled = {reader for reader, number in copies.items() if number > 1}
    return Verdict(
        recipients=len(readers),
        copies=sum(copies.values()),
        lost=len(readers - copies.keys() - held),
        doubled=len(doubled),
        doubled_though_known=len(doubled - unknown),
        most_copies=max(copies.values(), default=0),
        other_ids=sum(len(each) > 1 for each in ids.values()),
        unknown=len(unknown),
        held=len(held),
        unfinished=rows.exclude(state__in=[DeliveryState.SENT, DeliveryState.UNKNOWN]).count(),
    )


def demand(mailing: Mailing, verdict: Verdict, *, recipients: int, in_flight: int) -> None:
    """What sending promises; `in_flight`: so many messages can have been past their dot when something died."""
    mailing.refresh_from_db()
    assert (verdict.recipients, verdict.lost, verdict.unfinished) == (recipients, 0, 0), verdict
    assert (verdict.doubled_though_known, verdict.other_ids) == (0, 0), verdict
    assert verdict.doubled <= verdict.unknown <= in_flight, f"{verdict}, {in_flight} in flight{why_unknown(mailing)}"
    assert verdict.copies - recipients + verdict.held <= in_flight, verdict
    if mailing.unknown_policy == UnknownPolicy.RESEND:
        assert verdict.held == 0, verdict
    _demand_it_is_shown(mailing, verdict)


def why_unknown(mailing: Mailing) -> str:
    """When and why each outcome became unknown, a line each: for who looks for the reason."""
    tries = Attempt.objects.filter(mailing=mailing, state=DeliveryState.UNKNOWN).order_by("at", "pk")
    facts = tries.values_list("at", "delivery_id", "number", "reply")
    return "".join(f"\n{at:%H:%M:%S.%f} delivery {pk}, try {number}: {reply}" for at, pk, number, reply in facts)


def _demand_it_is_shown(mailing: Mailing, verdict: Verdict) -> None:
    progress = progress_of(mailing=mailing, now=timezone.now())
    assert (progress.once_unknown, progress.undecided) == (verdict.unknown - verdict.held, verdict.held)
    said = StringIO()
    call_command("mailing", mailing.pk, "--json", stdout=said)
    shown = json.loads(said.getvalue())
    assert shown["state"] == "finished"
    assert (shown["second_copies_possible"], shown["held"]) == (progress.once_unknown, progress.undecided)
    assert shown["counts"] == progress.counts


def _per_reader(peer: Peer) -> tuple[Counter[str], dict[str, set[str]]]:
    copies: Counter[str] = Counter()
    ids: dict[str, set[str]] = defaultdict(set)
    for (message_id, reader), number in peer.copies().items():
        copies[reader] += number
        ids[reader].add(message_id)
    return copies, ids
