"""Wherever and however a server fails (S1, S4, S9): everybody gets a copy in the end, and two only where nobody could know."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from newsletter.delivery import conversing, handing, preparing, sending
from newsletter.delivery.conversing import SmtpLostError, SmtpRejectedError
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.posting import post
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.transport import Transport
from newsletter.delivery.wires import Wire
from newsletter.editions.models import Edition
from newsletter.lib.servers import parse
from tests.integration.delivery.conftest import NOON, freeze, make_mailing, make_readers
from tests.peers import faults
from tests.peers.faults import Faulty

if TYPE_CHECKING:
    from newsletter.delivery.models import Mailing
    from newsletter.editions.models import Newsletter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

READERS = 6
TEXT = b"Subject: Wici\r\n\r\n" + b"end\r\n" * 20
OFFERS: list[tuple[str, ...]] = [(), ("PIPELINING",), ("PIPELINING", "CHUNKING")]
every_offer = pytest.mark.parametrize("offers", OFFERS, ids=["in turn", "pipelined", "chunks"])
FIRST_AND_LATER = frozenset({1, 4})
"""On a fresh connection, and on one that has carried mail."""


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a server longer than a moment."""
    monkeypatch.setattr(conversing, "PULSE", 0.05)
    monkeypatch.setattr(handing, "PATIENCE", 0.05)
    for stage in conversing.TIMEOUTS:
        monkeypatch.setitem(conversing.TIMEOUTS, stage, 0.3)


def to_everybody(newsletter: Newsletter, name: str) -> Mailing:
    """A mailing of one more edition to the same readers."""
    edition = Edition.objects.create(newsletter=newsletter, slug=name, code=name, dated=NOON.date())
    freeze(edition, "pl", size=200)
    mailing = make_mailing(edition)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    mailing.refresh_from_db()
    return mailing


def send(mailing: Mailing, server: Faulty) -> None:
    transport = Transport([parse(server.url)])
    sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=20, transport=transport)
    transport.leave()


def send_until_all_have_it(mailing: Mailing, server: Faulty) -> None:
    rows = Delivery.objects.filter(mailing=mailing)
    for _ in range(6):
        send(mailing, server)
        if not rows.exclude(state=DeliveryState.SENT).exists():
            return
        rows.filter(state=DeliveryState.DEFERRED).update(due_at=timezone.now())
    states = set(rows.values_list("state", "attempts", "reply"))
    raise AssertionError(f"{server.way} at {server.point}: {states}")


def known_twice(mailing: Mailing, server: Faulty) -> set[str]:
    """Who was mailed twice although it was known that they had it."""
    several = {recipient for recipient, number in server.copies.items() if number > 1}
    rows = Delivery.objects.filter(mailing=mailing, subscriber__address__in=several, unknowns=0)
    return set(rows.values_list("subscriber__address", flat=True))


def may_be_unknown(server: Faulty) -> bool:
    """Whether at this point the server may have had all of a message without our knowing."""
    if server.way == "goodbye":
        return False
    has_all = ("mail", "rcpt", "data", "text", "dot", "between") if "CHUNKING" in server.offers else ("text", "dot")
    return server.point in has_all


@every_offer
@pytest.mark.parametrize("way", faults.WAYS)
@pytest.mark.usefixtures("hasty")
def test_a_server_that_fails_at_any_point_loses_nobody(
    newsletter: Newsletter, offers: tuple[str, ...], way: str
) -> None:
    make_readers(newsletter, READERS)
    for point in faults.POINTS:
        mailing = to_everybody(newsletter, point)
        with faults.running(Faulty(offers, way, point, FIRST_AND_LATER)) as server:
            send_until_all_have_it(mailing, server)
        assert len(server.copies) == READERS, point
        assert known_twice(mailing, server) == set(), point
        unknowns = Delivery.objects.filter(mailing=mailing, unknowns__gt=0).count()
        assert unknowns <= (len(FIRST_AND_LATER) if may_be_unknown(server) else 0), point


@every_offer
@pytest.mark.parametrize("style", ["cut", "long", "padded"])
def test_replies_may_come_in_pieces_and_in_many_long_lines_s9(
    newsletter: Newsletter, offers: tuple[str, ...], style: str
) -> None:
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, style)
    with faults.running(Faulty(offers, style=style)) as server:
        send(mailing, server)
    assert set(server.copies.values()) == {1}
    assert len(server.copies) == READERS
    assert server.connections == 1
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.SENT, 1)}


@every_offer
@pytest.mark.parametrize("is_lenient", [False, True])
@pytest.mark.parametrize(
    ("reply", "state"),
    [("450 4.2.1 not now", DeliveryState.DEFERRED), ("550 5.1.1 nobody here", DeliveryState.FAILED)],
)
def test_a_refusal_at_any_point_concerns_one_reader_and_the_connection_lives_on_s8(
    newsletter: Newsletter, offers: tuple[str, ...], reply: str, state: DeliveryState, *, is_lenient: bool
) -> None:
    make_readers(newsletter, READERS)
    for point in ("rcpt", "data", "dot"):
        mailing = to_everybody(newsletter, point)
        faulty = Faulty(offers, reply, point, FIRST_AND_LATER, is_lenient=is_lenient)
        with faults.running(faulty) as server:
            send(mailing, server)
        rows = Delivery.objects.filter(mailing=mailing)
        assert rows.filter(state=state, code=int(reply[:3])).count() == len(FIRST_AND_LATER), point
        assert rows.filter(state=DeliveryState.SENT).count() == READERS - len(FIRST_AND_LATER), point
        assert (set(server.copies.values()), server.connections) == ({1}, 1), point


@every_offer
def test_a_server_that_takes_so_many_messages_a_session_gets_no_more_rfc_9422(
    newsletter: Newsletter, offers: tuple[str, ...]
) -> None:
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, "limited")
    with faults.running(Faulty((*offers, "LIMITS MAILMAX=4 RCPTMAX=1"))) as server:
        send(mailing, server)
    assert (server.connections, server.seen["mail"], len(server.copies)) == (2, READERS, READERS)


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_server_that_offers_chunking_and_does_not_know_it_gets_data(newsletter: Newsletter, code: int) -> None:
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, "chunks")
    faulty = Faulty(("PIPELINING", "CHUNKING"), f"{code} 5.5.1 what?", "data", frozenset({1}))
    with faults.running(faulty) as server:
        send(mailing, server)
    assert [line.split()[0] for line in server.heard if line.startswith(("BDAT", "DATA"))] == [
        "BDAT",
        *["DATA"] * READERS,
    ]
    assert set(server.copies.values()) == {1}
    assert set(Delivery.objects.values_list("state", "attempts", "unknowns")) == {(DeliveryState.SENT, 1, 0)}


@every_offer
@pytest.mark.parametrize("point", ["data", "between"])
@pytest.mark.usefixtures("hasty")
def test_an_answer_that_fits_nowhere_ends_the_conversation_and_nothing_else(
    newsletter: Newsletter, offers: tuple[str, ...], point: str
) -> None:
    """Yes to DATA where 354 was due, and one more yes behind the answer to a dot."""
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, point)
    with faults.running(Faulty(offers, "250 yes", point, FIRST_AND_LATER)) as server:
        send_until_all_have_it(mailing, server)
    assert known_twice(mailing, server) == set()
    chunked = "CHUNKING" in offers and point == "data"  # there it is the answer to the message itself
    assert len(server.copies) == READERS - (len(FIRST_AND_LATER) if chunked else 0)
    assert server.connections > 1 or chunked


@every_offer
@pytest.mark.parametrize("way", ["goodbye", "hangs up"])
@pytest.mark.usefixtures("hasty")
def test_a_line_that_was_closed_while_it_idled_is_noticed_before_anything_is_entrusted_to_it_s11(
    newsletter: Newsletter, offers: tuple[str, ...], way: str
) -> None:
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, "idle")
    later = Delivery.objects.filter(pk__in=list(Delivery.objects.values_list("pk", flat=True))[READERS // 2 :])
    later.update(due_at=timezone.now() + dt.timedelta(hours=1))
    with faults.running(Faulty(offers, way, "between", frozenset({READERS // 2}))) as server:
        transport = Transport([parse(server.url)])
        sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=20, transport=transport)
        time.sleep(0.1)
        later.update(due_at=timezone.now())
        sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=20, transport=transport)
        transport.leave()
    assert set(server.copies.values()) == {1}
    assert len(server.copies) == READERS
    assert set(Delivery.objects.values_list("state", "attempts", "unknowns")) == {(DeliveryState.SENT, 1, 0)}


@every_offer
@pytest.mark.parametrize("reply", ["452 4.5.3 enough", "550 5.7.1 not you"])
def test_a_refusal_and_a_goodbye_in_one_breath_are_both_heard(
    newsletter: Newsletter, offers: tuple[str, ...], reply: str
) -> None:
    make_readers(newsletter, READERS)
    mailing = to_everybody(newsletter, "both")
    faulty = Faulty(offers, f"{reply}\r\n421 4.3.2 goodbye", "mail", FIRST_AND_LATER)
    with faults.running(faulty) as server:
        send_until_all_have_it(mailing, server)
    assert set(server.copies.values()) == {1}
    assert set(Delivery.objects.values_list("state", "unknowns")) == {(DeliveryState.SENT, 0)}


# ── one mail by itself ───────────────────────────────────────────────────────────────────────────────────────────────
def posted(server: Faulty) -> str:
    wire = Wire(SmtpConnection(parse(server.url), helo="wici.example.org"))
    try:
        return str(post(wire, Parcel("wici@example.org", "ula@example.org", TEXT), until=time.monotonic() + 20))
    finally:
        wire.close()


@every_offer
@pytest.mark.parametrize("way", faults.WAYS)
@pytest.mark.usefixtures("hasty")
def test_a_single_mail_is_told_wherever_the_server_fails(offers: tuple[str, ...], way: str) -> None:
    for point in ("mail", "rcpt", "data", "text", "dot"):
        with (
            faults.running(Faulty(offers, way, point, frozenset({1}))) as server,
            pytest.raises((SmtpLostError, SmtpRejectedError)) as failed,
        ):
            posted(server)
        assert ("421" in failed.value.text) == (way == "goodbye"), point


@every_offer
def test_a_single_mail_is_taken_or_refused_in_the_servers_words(offers: tuple[str, ...]) -> None:
    with faults.running(Faulty(offers)) as server:
        assert posted(server) == "250 2.0.0 taken"
    for point in ("mail", "rcpt", "data", "dot"):
        refusing = Faulty(offers, "550 5.7.1 not you", point, frozenset({1}), is_lenient=True)
        with faults.running(refusing) as server, pytest.raises(SmtpRejectedError, match=r"550 5\.7\.1 not you"):
            posted(server)
        assert not server.copies, point
