"""The same engine against Postfix, Exim and OpenSMTPD as Debian packages them: what they deliver is counted and compared."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.delivery import sending
from newsletter.delivery.models import Delivery, DeliveryState
from newsletter.delivery.posting import post
from newsletter.delivery.smtp import SmtpConnection
from newsletter.delivery.transferring import Parcel
from newsletter.delivery.transport import Transport
from newsletter.delivery.wires import Wire
from newsletter.lib.servers import parse
from tests.integration.delivery.conftest import prepared
from tests.peers import certificates, servers

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.delivery.models import Mailing
    from newsletter.editions.models import Edition
    from tests.peers.servers import MailServer

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_server"),
]

READERS = 260
FEW = 40
ONCE = {(DeliveryState.SENT, 1)}
WAYS = [
    ("postfix", ""),
    ("postfix", "smtpd_discard_ehlo_keywords = chunking"),
    ("postfix", "smtpd_discard_ehlo_keywords = chunking, pipelining"),
    ("exim", ""),
    ("exim", "chunking_advertise_hosts ="),
    ("exim", "chunking_advertise_hosts =\npipelining_advertise_hosts ="),
    ("opensmtpd", ""),
]
"""BDAT, then PIPELINING, then command by command; OpenSMTPD knows only the last."""
every_way = pytest.mark.parametrize(("name", "more"), WAYS)
every_server = pytest.mark.parametrize("name", ["postfix", "exim", "opensmtpd"])
encrypting = pytest.mark.parametrize("name", ["postfix", "exim"])


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The messages as they were made, by address."""
    made: dict[str, bytes] = {}
    fill = sending.Sender.filled

    def filled(sender: sending.Sender, claimed: Any, address: str, *more: Any) -> bytes:
        made[address] = fill(sender, claimed, address, *more)
        return made[address]

    monkeypatch.setattr(sending.Sender, "filled", filled)
    return made


def send(mailing: Mailing, *urls: str) -> bool:
    transport = Transport([parse(url) for url in urls])
    try:
        return sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=60, transport=transport)
    finally:
        transport.leave()


def assert_whole(server: MailServer, written: dict[str, bytes]) -> None:
    """Each reader has one copy, and beneath the server's own headers it is what we wrote, byte by byte."""
    server.wait_for(len(written))
    assert sorted(server.copies().elements()) == sorted(written)
    ours = {message.replace(b"\r\n", b"\n") for message in written.values()}
    for copy in server.delivered():
        assert any(copy.replace(b"\r\n", b"\n").endswith(message) for message in ours)


def rows() -> set[tuple[str, int]]:
    return set(Delivery.objects.values_list("state", "attempts"))


@every_way
def test_everybody_gets_one_whole_copy_s8(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str, more: str
) -> None:
    mailing = prepared(edition, READERS)
    with servers.running(name, tmp_path, more=more) as server:
        send(mailing, server.url())
        assert_whole(server, written)
    assert len(written) == READERS
    assert rows() == ONCE


@encrypting
def test_everybody_gets_one_whole_copy_over_a_line_that_is_encrypted_and_checked_s6(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str
) -> None:
    mailing = prepared(edition, READERS)
    with servers.running(name, tmp_path) as server:
        send(mailing, server.url(tls="starttls"))
        assert_whole(server, written)
    assert rows() == ONCE


@encrypting
def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail_s6(
    edition: Edition, tmp_path: Path, name: str
) -> None:
    mailing = prepared(edition, 2)
    with servers.running(name, tmp_path) as server:
        assert not send(
            mailing, server.url(tls="starttls", ca_file=certificates.make(tmp_path, name="stranger").authority)
        )
        assert not server.delivered()
    mailing.refresh_from_db()
    assert "certificate cannot be trusted" in mailing.waits_for


@pytest.mark.parametrize(
    ("auth", "noted"), [("PLAIN", "A=plain:ula"), ("LOGIN", "A=login:ula"), ("CRAM-MD5", "A=cram:ula")]
)
def test_a_password_opens_the_door_s7(edition: Edition, tmp_path: Path, auth: str, noted: str) -> None:
    mailing = prepared(edition, FEW)
    with servers.running("exim", tmp_path) as server:
        send(mailing, server.url(login=True, tls="starttls", auth=auth))
        server.wait_for(FEW)
        assert noted in server.log()
    assert rows() == ONCE


def test_a_wrong_password_makes_the_mailing_wait_and_say_so_s7(edition: Edition, tmp_path: Path) -> None:
    mailing = prepared(edition, 2)
    with servers.running("exim", tmp_path) as server:
        assert not send(mailing, server.url(login=True, tls="starttls").replace(servers.PASSWORD, "wrong"))
    mailing.refresh_from_db()
    assert "535" in mailing.waits_for
    assert rows() == {(DeliveryState.QUEUED, 0)}


@every_way
def test_a_refusal_in_the_middle_concerns_one_reader_and_not_now_another(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str, more: str
) -> None:
    mailing = prepared(edition, FEW)
    for number, address in ((7, servers.REFUSED), (8, servers.LATER), (20, servers.LATER.upper())):
        Subscriber.objects.filter(address=f"reader{number:06}@example.org").update(address=address)
    with servers.running(name, tmp_path, more=more) as server:
        send(mailing, server.url())
        taken = {address: text for address, text in written.items() if address.lower() not in servers.UNWANTED}
        assert_whole(server, taken)
    states = Delivery.objects.values_list("subscriber__address", "state", "code", "enhanced_code")
    found = {address: tuple(facts) for address, *facts in states if address.lower() in servers.UNWANTED}
    put_off = (DeliveryState.DEFERRED, 451, "4.3.0")
    assert found == {
        servers.REFUSED: (DeliveryState.FAILED, 550, "5.1.1"),
        servers.LATER: put_off,
        servers.LATER.upper(): put_off,
    }


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("exim", "smtp_accept_max_per_connection = 15"),
        ("exim", "smtp_accept_max_per_connection = 15\nchunking_advertise_hosts ="),
        ("opensmtpd", "smtp limit max-mails 15"),
    ],
)
def test_a_session_that_is_full_means_another_session_s11(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str, more: str
) -> None:
    mailing = prepared(edition, FEW)
    with servers.running(name, tmp_path, more=more) as server:
        send(mailing, server.url())
        assert_whole(server, written)
    assert rows() == ONCE


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("postfix", "smtpd_client_connection_count_limit = 2"),
        ("exim", "smtp_accept_max = 20\nsmtp_accept_max_per_host = 2"),
    ],
)
def test_a_server_whose_connections_are_all_taken_is_waited_for(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str, more: str
) -> None:
    mailing = prepared(edition, FEW)
    with servers.running(name, tmp_path, more=more) as server:
        others = [SmtpConnection(parse(server.url()), helo="wici.example.org") for _ in range(2)]
        assert not send(mailing, server.url())
        mailing.refresh_from_db()
        assert "421" in mailing.waits_for
        for other in others:
            other.quit()
        send(mailing, server.url())
        assert_whole(server, written)
    assert rows() == ONCE


def test_a_rate_that_is_reached_makes_the_mailing_wait_and_concerns_nobody(
    edition: Edition, tmp_path: Path, written: dict[str, bytes]
) -> None:
    mailing = prepared(edition, FEW)
    with servers.running("postfix", tmp_path, more="smtpd_client_message_rate_limit = 15") as server:
        assert not send(mailing, server.url())
        server.wait_for(15)
    mailing.refresh_from_db()
    assert "450 4.7.1" in mailing.waits_for
    assert rows() == {(DeliveryState.SENT, 1), (DeliveryState.QUEUED, 0)}
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 15
    assert len(written) >= 15


@pytest.mark.parametrize(("name", "more"), [("postfix", "smtpd_timeout = 1s"), ("exim", "smtp_receive_timeout = 1s")])
def test_a_server_that_hung_up_on_an_idle_line_is_called_again(
    edition: Edition, tmp_path: Path, written: dict[str, bytes], name: str, more: str
) -> None:
    mailing = prepared(edition, FEW)
    with servers.running(name, tmp_path, more=more) as server:
        transport = Transport([parse(server.url())])
        half = sorted(Delivery.objects.values_list("pk", flat=True))[FEW // 2]
        late = Delivery.objects.filter(pk__gte=half)
        late.update(due_at=timezone.now() + dt.timedelta(hours=1))
        sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=60, transport=transport)
        assert transport.wires
        time.sleep(2)
        late.update(due_at=timezone.now())
        sending.send(mailing_id=mailing.pk, clock=timezone.now, seconds=60, transport=transport)
        transport.leave()
        assert_whole(server, written)
    assert rows() == ONCE


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("postfix", "message_size_limit = 1500"),
        ("exim", "message_size_limit = 1500"),
        ("opensmtpd", "smtp max-message-size 1500"),
    ],
)
def test_a_message_larger_than_the_server_takes_is_not_offered_s9(
    edition: Edition, tmp_path: Path, name: str, more: str
) -> None:
    mailing = prepared(edition, 2)
    with servers.running(name, tmp_path, more=more) as server:
        send(mailing, server.url())
        assert not server.delivered()
    assert set(Delivery.objects.values_list("state", "code", "enhanced_code")) == {(DeliveryState.FAILED, 552, "5.3.4")}


# ── extensions ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("name", "taken"), [("postfix", True), ("exim", True), ("opensmtpd", False)])
def test_a_local_part_beyond_ascii_is_written_where_the_server_can_and_fails_alone_where_not_f10(
    edition: Edition, tmp_path: Path, name: str, *, taken: bool
) -> None:
    mailing = prepared(edition, 5)
    Subscriber.objects.filter(address="reader000002@example.org").update(address="żółw@example.org")
    with servers.running(name, tmp_path) as server:
        send(mailing, server.url())
        server.wait_for(4 + taken)
    row = Delivery.objects.get(subscriber__address="żółw@example.org")
    assert (row.state, row.enhanced_code) == (
        (DeliveryState.SENT, row.enhanced_code) if taken else (DeliveryState.FAILED, "5.6.7")
    )
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 4 + taken


LINES = [".", "..", "...and so on", "", "From here on", "x" * 900, ".", "zażółć", ""]


@every_way
def test_lines_with_dots_and_letters_of_eight_bits_arrive_as_they_are(tmp_path: Path, name: str, more: str) -> None:
    text = "\r\n".join(["To: ula@example.org", "From: wici@example.org", "Subject: Wici", "", *LINES]).encode()
    with servers.running(name, tmp_path, more=more) as server:
        wire = Wire(SmtpConnection(parse(server.url()), helo="wici.example.org"))
        for _ in range(2):
            post(wire, Parcel("wici@example.org", "ula@example.org", text), until=time.monotonic() + 20)
        wire.leave()
        server.wait_for(2)
        bodies = {copy.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1] for copy in server.delivered()}
    assert bodies == {"\n".join(LINES).encode()}


@every_server
def test_a_report_is_asked_for_where_it_is_offered_s10(tmp_path: Path, name: str) -> None:
    text = b"To: ula@example.org\r\nFrom: wici@example.org\r\nSubject: Wici\r\n\r\nend\r\n"
    with servers.running(name, tmp_path) as server:
        wire = Wire(SmtpConnection(parse(server.url()), helo="wici.example.org"))
        assert wire.conversation.offer.dsn
        parcel = Parcel("wici@example.org", "ula@example.org", text, envelope_id="wazbavmffooxhrzmc4hue2np")
        assert post(wire, parcel, until=time.monotonic() + 20).is_positive
        wire.leave()
        server.wait_for(1)
