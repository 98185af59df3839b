"""audience.corresponding: one letter for one request, few for one address, none lost to a server that is away."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core import mail
from django.utils import timezone

from newsletter import tasks
from newsletter.audience import subscribing
from newsletter.audience.addresses import fingerprint, parse
from newsletter.audience.corresponding import letters_due, send_confirmation, send_due, send_my_link
from newsletter.audience.models import Subscriber, Subscription, SubscriptionState, SuppressionReason
from newsletter.audience.suppression import suppress
from newsletter.lib import links
from newsletter.lib.links import Purpose
from newsletter.lib.redis import connection
from tests.environment import free_port
from tests.integration.audience.conftest import NOON, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session
    from pytest_django import Settings

    from newsletter.editions.models import Newsletter

pytestmark = pytest.mark.django_db


def sign_up(*newsletters: Newsletter, address: str = "anna@example.org", language: str = "pl", **later: float) -> None:
    subscribing.sign_up(
        address=address, first_name="Anna", language=language, newsletters=list(newsletters), origin=at(**later)
    )


def sweep(**later: float) -> int:
    """What the tasks do, so long after noon; how many letters went out."""
    before, now = len(mail.outbox), NOON + dt.timedelta(**later)
    send_due(clock=lambda: now, limit=50)
    return len(mail.outbox) - before


def link_in(letter: mail.EmailMessage, purpose: Purpose) -> links.Grant:
    """What the letter's only link grants an hour after noon."""
    path = f"/{links.PATHS[purpose]}/"
    token = str(letter.body).split(path)[1].split()[0]
    return links.read(purpose, token, now=NOON + dt.timedelta(hours=1))


def anna() -> Subscriber:
    return Subscriber.objects.get(address_key="anna@example.org")


def test_a_sign_up_is_answered_by_one_letter_that_confirms_it(wici: Newsletter) -> None:
    sign_up(wici, language="en")
    assert sweep(minutes=1) == 1
    assert sweep(minutes=2) == 0
    letter = mail.outbox[0]
    assert letter.to == ["anna@example.org"]
    assert letter.from_email == "Redakcja Wici <wici@example.org>"
    assert "Anna" not in str(letter.body)
    assert "Wici — safer online (wici)" in str(letter.body)
    grant = link_in(letter, Purpose.CONFIRM)
    assert (grant.subscriber, grant.newsletter_id) == (anna().public_id, wici.pk)
    sent = anna().consent_events.get(kind="confirmation_sent")
    assert f"<{sent.message_id}>" == letter.extra_headers["Message-ID"]


def test_two_newsletters_asked_for_at_once_are_one_letter(wici: Newsletter, alerts: Newsletter) -> None:
    sign_up(wici, alerts)
    assert sweep() == 1
    assert link_in(mail.outbox[0], Purpose.CONFIRM).newsletter_id == 0
    assert "(wici)" in str(mail.outbox[0].body)
    assert "(alerts)" in str(mail.outbox[0].body)


def test_one_confirmation_a_day_and_three_a_month_whatever_is_asked_x1(wici: Newsletter, alerts: Newsletter) -> None:
    letters = []
    for hour in range(0, 24 * 40, 6):
        sign_up(wici, alerts, hours=hour)
        letters += [hour] * sweep(hours=hour, minutes=1)
    assert all(later - sooner >= 24 for sooner, later in itertools.pairwise(letters))
    assert len([hour for hour in letters if hour < 24 * 30]) == 3
    assert len(letters) <= 6


def test_another_newsletter_on_the_same_day_waits_for_the_next(wici: Newsletter, alerts: Newsletter) -> None:
    sign_up(wici)
    assert sweep() == 1
    sign_up(alerts, hours=1)
    assert sweep(hours=23) == 0
    assert sweep(hours=24, minutes=1) == 1
    assert "(alerts)" in str(mail.outbox[1].body)
    assert "(wici)" not in str(mail.outbox[1].body)


def test_a_sign_up_after_the_link_has_lapsed_is_a_new_one(wici: Newsletter) -> None:
    sign_up(wici)
    assert sweep() == 1
    sign_up(wici, hours=73)
    assert sweep(hours=73) == 1
    first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert first != second


def test_a_reader_who_signs_up_again_hears_so_once_in_thirty_days(wici: Newsletter) -> None:
    sign_up(wici)
    sweep()
    subscribing.confirm(subscriber_id=anna().public_id, newsletter_id=0, origin=at())
    told = []
    for day in range(1, 100):
        sign_up(wici, days=day)
        told += [day] * sweep(days=day)
    assert told == [30, 60, 90]
    assert link_in(mail.outbox[1], Purpose.PREFERENCES).subscriber == anna().public_id
    assert anna().consent_events.filter(kind="asked").count() == 1


def test_nobody_hears_of_a_letter_after_leaving_or_being_suppressed(wici: Newsletter, alerts: Newsletter) -> None:
    sign_up(wici)
    subscribing.unsubscribe(subscriber_id=anna().public_id, newsletter_id=0, origin=at())
    sign_up(alerts, address="ola@example.org")
    suppress(key="ola@example.org", reason=SuppressionReason.COMPLAINED, now=NOON)
    assert sweep() == 0
    assert letters_due(now=NOON + dt.timedelta(days=9), limit=9) == []


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(wici: Newsletter) -> None:
    sign_up(wici)
    due = Subscription.objects.get()
    Subscription.objects.update(letter_due_at=NOON + dt.timedelta(minutes=10), letter_attempts=1)
    send_confirmation(subscription_id=due.pk, now=NOON + dt.timedelta(minutes=9))
    assert len(mail.outbox) == 0
    assert sweep(minutes=11) == 1


# ── With a real server ───────────────────────────────────────────────────────────────────────────────────────────────
class Peer:
    """A mail server that says what it is told to say, and keeps what it took."""

    def __init__(self) -> None:
        self.rcpt_reply = "250 fine"
        self.data_reply = "250 taken"
        self.taken: list[bytes] = []
        self.options: list[list[str]] = []

    async def handle_RCPT(  # noqa: N802 — the signature aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt_reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_reply

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 — likewise
        self.options.append(list(envelope.mail_options))
        self.taken.append(envelope.original_content or b"")
        return self.data_reply


@pytest.fixture
def peer(settings: Settings) -> Iterator[Peer]:
    yield from _serving(settings, enable_SMTPUTF8=True)


@pytest.fixture
def ascii_peer(settings: Settings) -> Iterator[Peer]:
    yield from _serving(settings, enable_SMTPUTF8=False)


@pytest.fixture
def tls_peer(settings: Settings, tmp_path: Path) -> Iterator[Peer]:
    """Takes nothing in clear text, and shows a key it made itself."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*self_made_key(tmp_path))
    yield from _serving(settings, tls_context=context, require_starttls=True)


def self_made_key(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody vouches for, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "peer")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOON.replace(year=2020)).not_valid_after(NOON.replace(year=2050))
    certificate, secret = folder / "peer.pem", folder / "peer.key"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


def _serving(settings: Settings, **options: Any) -> Iterator[Peer]:
    peer = Peer()
    controller = Controller(peer, hostname="127.0.0.1", port=free_port(), decode_data=False, **options)
    settings.EMAIL_BACKEND = "newsletter.lib.mail_backend.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.SMTP_SERVERS = [f"smtp://127.0.0.1:{controller.port}"]
    controller.start()
    yield peer
    controller.stop()


def test_a_letter_arrives_in_seven_bits(wici: Newsletter, peer: Peer) -> None:
    sign_up(wici)
    sweep()
    [letter] = peer.taken
    assert letter.isascii()
    assert b"To: anna@example.org\r\n" in letter
    assert Subscription.objects.get().letter_sent_at == NOON


def test_a_local_part_beyond_ascii_goes_by_smtputf8_only_f10(wici: Newsletter, peer: Peer) -> None:
    sign_up(wici, address="łucja@example.org")
    sweep()
    assert "To: łucja@example.org\r\n".encode() in peer.taken[0]
    assert "SMTPUTF8" in peer.options[0]


def test_a_server_without_smtputf8_is_not_asked_twice_f10(wici: Newsletter, ascii_peer: Peer) -> None:
    sign_up(wici, address="łucja@example.org")
    sweep()
    assert ascii_peer.taken == []
    assert letters_due(now=NOON + dt.timedelta(days=9), limit=9) == []


def test_tls_is_used_where_it_is_offered_s6(wici: Newsletter, tls_peer: Peer) -> None:
    sign_up(wici)
    sweep()
    assert len(tls_peer.taken) == 1


def test_demanded_tls_is_not_given_to_a_stranger_s6(wici: Newsletter, tls_peer: Peer, settings: Settings) -> None:
    settings.SMTP_SERVERS = [f"{settings.SMTP_SERVERS[0]}?tls=starttls"]
    settings.EMAIL_USE_TLS = True
    sign_up(wici)
    sweep()
    assert tls_peer.taken == []
    assert Subscription.objects.get().letter_due_at == NOON + dt.timedelta(minutes=1)


def test_a_busy_server_is_asked_again_later_with_the_same_letter_s2(wici: Newsletter, peer: Peer) -> None:
    sign_up(wici)
    peer.data_reply = "451 4.7.1 come back later"
    sweep()
    sweep(minutes=4)
    assert len(peer.taken) == 1
    sweep(minutes=6)
    assert len(peer.taken) == 2
    sweep(minutes=12)
    assert len(peer.taken) == 2
    peer.data_reply = "250 taken"
    sweep(minutes=17)
    ids = {next(line for line in letter.splitlines() if line.startswith(b"Message-ID")) for letter in peer.taken}
    assert (len(peer.taken), len(ids)) == (3, 1)
    assert Subscription.objects.get().letter_attempts == 0
    assert letters_due(now=NOON + dt.timedelta(days=9), limit=9) == []


def test_a_refused_mailbox_is_left_alone(wici: Newsletter, peer: Peer) -> None:
    sign_up(wici)
    peer.rcpt_reply = "550 5.1.1 nobody here"
    sweep()
    assert peer.taken == []
    assert letters_due(now=NOON + dt.timedelta(days=9), limit=9) == []
    assert Subscription.objects.get().state == SubscriptionState.PENDING


def test_without_a_server_the_letter_waits_and_gives_up_when_the_request_lapses(
    wici: Newsletter, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "newsletter.lib.mail_backend.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    sign_up(wici)
    due = [sweep(hours=hour) or Subscription.objects.get().letter_attempts for hour in range(100)]
    assert 15 < due[-1] < 30
    assert Subscription.objects.get().letter_due_at is None


def test_while_no_server_answers_all_letters_wait_together(wici: Newsletter, peer: Peer, settings: Settings) -> None:
    for name in ("anna", "ola", "ewa"):
        sign_up(wici, address=f"{name}@example.org")
    settings.EMAIL_PORT, port = free_port(), settings.EMAIL_PORT
    sweep()
    assert sorted(Subscription.objects.values_list("letter_attempts", flat=True)) == [0, 0, 1]
    assert letters_due(now=NOON + dt.timedelta(seconds=59), limit=9) == []
    settings.EMAIL_PORT = port
    sweep(minutes=1)
    assert len(peer.taken) == 3


# ── The preferences link ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def counters(redis_server: object) -> Iterator[None]:
    assert redis_server
    connection().flushdb()
    yield
    connection().flushdb()


@pytest.fixture
def reader(wici: Newsletter) -> Subscriber:
    sign_up(wici)
    subscribing.confirm(subscriber_id=anna().public_id, newsletter_id=0, origin=at())
    return anna()


@pytest.mark.usefixtures("counters")
def test_the_link_goes_to_a_reader_and_to_nobody_else(reader: Subscriber, alerts: Newsletter) -> None:
    sign_up(alerts, address="ola@example.org")
    for address in ("nobody@example.org", "ola@example.org", "Anna@Example.org", "anna@example.org"):
        send_my_link(fingerprint=fingerprint(parse(address).key), language="en", now=NOON)
    [letter] = mail.outbox
    assert letter.to == ["anna@example.org"]
    assert letter.subject == "The link to your settings"
    assert link_in(letter, Purpose.PREFERENCES).subscriber == reader.public_id


@pytest.mark.usefixtures("counters")
def test_the_tasks_do_what_the_stage_says(reader: Subscriber, alerts: Newsletter) -> None:
    tasks.send_my_link(fingerprint=reader.fingerprint, language="en")
    today = dataclasses.replace(at(), now=timezone.now())
    subscribing.sign_up(address="ola@example.org", first_name="", language="en", newsletters=[alerts], origin=today)
    tasks.send_letters()
    assert [letter.to for letter in mail.outbox] == [["anna@example.org"], ["ola@example.org"]]


@pytest.mark.usefixtures("counters")
def test_at_most_five_links_a_day(reader: Subscriber) -> None:
    for _hour in range(8):
        send_my_link(fingerprint=reader.fingerprint, language="pl", now=NOON)
        connection().delete(f"wici:limit:my_link:{reader.fingerprint}:600")
    assert len(mail.outbox) == 5


@pytest.mark.usefixtures("counters")
def test_a_suppressed_reader_gets_no_link(reader: Subscriber) -> None:
    suppress(key=reader.address_key, reason=SuppressionReason.COMPLAINED, now=NOON)
    send_my_link(fingerprint=reader.fingerprint, language="pl", now=NOON)
    assert mail.outbox == []


def test_without_counters_no_link_is_sent(reader: Subscriber, settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    send_my_link(fingerprint=reader.fingerprint, language="pl", now=NOON)
    assert mail.outbox == []


@pytest.mark.usefixtures("counters")
def test_a_link_that_cannot_be_sent_is_no_error(reader: Subscriber, peer: Peer) -> None:
    peer.data_reply = "451 later"
    send_my_link(fingerprint=reader.fingerprint, language="pl", now=NOON)
    assert len(peer.taken) == 1
