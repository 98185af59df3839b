"""Mailings by e-mail backends of Django's: anymail's real ones to played services, Django's own to a real peer and to files."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.audience.models import Subscriber
from newsletter.composition.merging import MergeField, slot
from newsletter.composition.message import Message
from newsletter.delivery import advancing, allowing, carrying, leasing, recovering, relaying, sending, steering, ways
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.journal import JournalError
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, UnknownPolicy
from newsletter.delivery.receivers import Provider
from newsletter.delivery.transport import Transport
from newsletter.lib.servers import parse
from tests.environment import free_port
from tests.integration.delivery.conftest import prepared
from tests.peers import services, smtp

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from newsletter.editions.models import Edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

MANY = ("postmark", "resend", "mailtrap", "mailjet")
"""Services that take several whole messages at once."""


@pytest.fixture
def service(settings: Settings) -> Iterator[services.Service]:
    """All the services, which take everything."""
    with services.running() as running:
        settings.ANYMAIL = services.settings_for(running)
        yield running


TRANSPORTS: list[Transport] = []


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    yield
    while TRANSPORTS:
        TRANSPORTS.pop().leave()


def over(*urls: str) -> Transport:
    TRANSPORTS.append(Transport([parse(url) for url in urls]))
    return TRANSPORTS[-1]


def to(name: str, options: str = "") -> str:
    return f"backend://anymail.backends.{name}.EmailBackend?name={name}{options}"


def send(
    mailing: Mailing,
    transport: Transport,
    *,
    seconds: float = 30,
    clock: Callable[[], dt.datetime] = timezone.now,
) -> bool:
    return sending.send(mailing_id=mailing.pk, clock=clock, seconds=seconds, transport=transport)


def once(act: Callable[[], object], *, at_look: int) -> Callable[[], dt.datetime]:
    """A clock; somebody else does `act` the `at_look`-th time it is looked at, which is in the middle of a batch."""
    looks = 0

    def clock() -> dt.datetime:
        nonlocal looks
        looks += 1
        if looks == at_look:
            act()
        return timezone.now()

    return clock


def states(mailing: Mailing) -> Counter[str]:
    return Counter(Delivery.objects.filter(mailing=mailing).values_list("state", flat=True))


def tries(mailing: Mailing) -> Counter[tuple[str, int]]:
    return Counter(Delivery.objects.filter(mailing=mailing).values_list("state", "attempts"))


def waits_for(mailing: Mailing) -> str:
    return str(Mailing.objects.values_list("waits_for", flat=True).get(pk=mailing.pk))


def reader(number: int) -> str:
    return f"reader{number:06}@example.org"


def row_of(number: int) -> Delivery:
    return Delivery.objects.get(subscriber__address=reader(number))


@pytest.mark.parametrize("name", MANY)
def test_a_service_that_takes_many_whole_messages_gets_them_in_few_requests(
    edition: Edition, service: services.Service, name: str
) -> None:
    mailing = prepared(edition, 130)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 130}
    assert sorted(recipient for _, recipient in service.copies()) == [f"reader{n:06}@example.org" for n in range(130)]
    assert len({message_id for message_id, _ in service.copies()}) == 130
    assert len(service.requests) <= 3


@pytest.mark.parametrize("name", ["mailgun", "brevo"])
def test_any_other_service_gets_one_message_at_a_time_over_kept_sessions(
    edition: Edition, service: services.Service, name: str
) -> None:
    mailing = prepared(edition, 40)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 40}
    assert set(service.copies().values()) == {1}
    assert len(service.requests) == 40
    assert len(service.sockets) <= 5


def of_one(service: services.Service) -> tuple[str, str, str, dict[str, str]]:
    """Subject, text, HTML and headers as Postmark's interface was given them."""
    asked = service.requests[-1][1]
    (one,) = asked if isinstance(asked, list) else [asked]
    return one["Subject"], one["TextBody"], one["HtmlBody"], {each["Name"]: each["Value"] for each in one["Headers"]}


def test_a_copy_says_what_was_frozen_with_this_readers_slots_and_all_list_headers(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 1)
    send(mailing, over(to("postmark")))
    subject, text, html, headers = of_one(service)
    assert subject == "Wici"
    assert text.startswith("Cześć Ula\n")
    assert "<p>Cześć Ula</p>" in html
    assert headers["List-Unsubscribe"].strip("<>") in text
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {"Message-ID", "List-Id", "Feedback-ID", "Precedence", "Content-Language"} <= headers.keys()
    assert not {"Date", "Content-Type", "MIME-Version", "DKIM-Signature", "To", "From"} & headers.keys()
    asked = service.requests[0][1]
    assert asked["From"].endswith("<wici@example.org>")
    assert asked["ReplyTo"] == "redakcja@example.org"
    assert (asked["TrackOpens"], asked["TrackLinks"]) == (False, "None")


# ── what an editor or a reader typed is text (X9) ────────────────────────────────────────────────────────────────────
TYPED = "{{ first_name }} {% now %} *|MC:X|* %recipient.email% [[UNSUB_LINK]] <% x %> {$y}"


def test_nothing_in_a_copy_can_be_taken_for_a_command_of_a_service_x9(
    edition: Edition, service: services.Service
) -> None:
    name = slot(MergeField.FIRST_NAME, "…")
    html = f"<p>{TYPED.replace('<', '&lt;')} {name}</p>"
    Message.objects.filter(edition=edition).update(subject=TYPED, text=f"{TYPED} {name}\n", html=html)
    mailing = prepared(edition, 1)
    Subscriber.objects.update(first_name="{{ name }}")
    send(mailing, over(to("postmark")))
    subject, text, html, _ = of_one(service)
    for said in (subject, text, html):
        for command in ("{{", "{%", "{$", "*|", "%recipient", "[[", "<%"):
            assert command not in said
    assert "&#123;{ first_name }} &#123;% now %}" in html
    assert html.endswith("&#123;{ name }}</p>")
    assert "{ { first_name }} { % now %} * |MC:X|* % recipient.email% [ [UNSUB_LINK]] < % x %> { $y}" in text
    assert text.endswith("{ { name }}\n")


def test_no_copy_holds_anything_of_another_reader_f11(edition: Edition, service: services.Service) -> None:
    mailing = prepared(edition, 30)
    send(mailing, over(to("postmark")))
    links = set()
    for one in service.requests[0][1]:
        said = str(one)
        assert [n for n in range(30) if reader(n) in said] == [int(one["To"][6:12])]
        links.add(next(each["Value"] for each in one["Headers"] if each["Name"] == "List-Unsubscribe"))
        assert next(iter(links & {one_link for one_link in links if one_link.strip("<>") in said}))
    assert len(links) == 30


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_recipient_of_a_request_has_the_outcome_the_service_gives_them(
    edition: Edition, service: services.Service
) -> None:
    service.script.refused = {reader(1): "rejected", reader(2): "invalid", reader(3): "Too odd a message."}
    mailing = prepared(edition, 20)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 17, DeliveryState.FAILED: 3}
    assert (row_of(1).code, row_of(2).code, row_of(3).code) == (550, 553, 550)
    assert row_of(3).reply == "Too odd a message"
    assert row_of(1).reply.startswith("Found inactive addresses: <an address>")
    assert (row_of(0).code, row_of(0).reply, row_of(0).server) == (250, "sent b7bc2f4a", "postmark")


@pytest.mark.parametrize("name", ["mailtrap", "mailjet", "resend"])
def test_one_bad_address_fails_alone_however_the_service_says_it(
    edition: Edition, service: services.Service, name: str
) -> None:
    service.script.refused = {reader(5): "no such domain"}
    mailing = prepared(edition, 12)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 11, DeliveryState.FAILED: 1}
    assert row_of(5).state == DeliveryState.FAILED
    assert set(service.copies().values()) == {1}


def test_one_bad_address_fails_alone_where_messages_go_one_by_one(edition: Edition, service: services.Service) -> None:
    service.script.refused = {reader(5): "no such domain", reader(11): "no such domain"}
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 10, DeliveryState.FAILED: 2}
    assert "no such domain" in row_of(5).reply


def test_a_service_that_objects_to_everybody_fails_nobody_and_says_why(
    edition: Edition, service: services.Service
) -> None:
    service.script.always, service.script.words = 400, "The sender is not confirmed."
    mailing = prepared(edition, 12)
    send(mailing, over(to("postmark")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 12}
    assert "postmark takes no mail from us now: HTTP 400: The sender is not confirmed. " in waits_for(mailing)


def test_a_service_that_begins_to_object_to_everybody_puts_a_few_off_and_fails_nobody(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 12)
    service.script.fates, service.script.always = [200] * 4, 400
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 4, DeliveryState.DEFERRED: 3, DeliveryState.QUEUED: 5}
    assert "HTTP 400" in waits_for(mailing)


@pytest.mark.parametrize("name", ["mailgun", "postmark", "mailjet", "resend", "mailtrap"])
def test_a_key_that_is_refused_fails_nobody_and_the_page_says_why(
    edition: Edition, service: services.Service, name: str
) -> None:
    service.script.always, service.script.words = 401, "Invalid private key"
    mailing = prepared(edition, 12)
    assert not send(mailing, over(to(name)))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 12}
    assert f"The mail server {name} takes no mail from us now: HTTP 401: " in waits_for(mailing)
    assert "nvalid private key" in waits_for(mailing)
    assert len(service.requests) == 1
    service.script.always = 200
    Mailing.objects.update(waits_until=None)
    send(mailing, over(to(name)))
    assert states(mailing) == {DeliveryState.SENT: 12}
    assert waits_for(mailing) == ""


def test_without_a_key_nobody_is_tried(edition: Edition, settings: Settings) -> None:
    settings.ANYMAIL = {}
    mailing = prepared(edition, 3)
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 3}
    assert "It is not set up: You must set ANYMAIL = {'MAILGUN_API_KEY': ...}" in waits_for(mailing)


def test_a_backend_that_is_not_there_is_named(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    send(mailing, over("backend://nowhere.EmailBackend"))
    assert "There is no such e-mail backend" in waits_for(mailing)


def test_too_many_requests_put_off_those_and_leave_the_service_alone(
    edition: Edition, service: services.Service
) -> None:
    service.script.fates, service.script.always = [200, 200, 200], 429
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 3, DeliveryState.DEFERRED: 1, DeliveryState.QUEUED: 8}
    assert len(service.requests) == 4
    assert "HTTP 429" in waits_for(mailing)
    deferred = Delivery.objects.get(state=DeliveryState.DEFERRED)
    assert deferred.due_at is not None
    assert deferred.due_at > timezone.now()


def test_a_fault_of_the_service_puts_off_and_three_in_a_row_stop(edition: Edition, service: services.Service) -> None:
    service.script.fates = [200, 500, 200, 503, 500]
    service.script.always = 500
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.SENT: 2, DeliveryState.DEFERRED: 4, DeliveryState.QUEUED: 6}
    assert Attempt.objects.filter(state=DeliveryState.DEFERRED, code=451).count() == 4


# ── nobody knows (S4) ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("fate", ["silent", "reset", "strange", "deaf", 502])
def test_a_request_that_may_have_arrived_is_unknown_and_goes_again_with_the_same_id_s4(
    edition: Edition, service: services.Service, settings: Settings, fate: int | str
) -> None:
    settings.ANYMAIL |= {"REQUESTS_TIMEOUT": 0.5}
    service.script.fates = [fate]
    mailing = prepared(edition, 12)
    while send(mailing, over(to("postmark"))):
        pass
    assert tries(mailing) == {(DeliveryState.SENT, 2): 12}
    assert set(Delivery.objects.values_list("unknowns", flat=True)) == {1}
    assert set(service.copies().values()) == ({1} if fate in ("deaf", 502) else {2})
    assert len(service.copies()) == 12, "a second copy has the same Message-ID"


def test_a_mailing_that_holds_what_is_unknown_sends_no_second_copy(edition: Edition, service: services.Service) -> None:
    service.script.fates = ["reset"]
    mailing = prepared(edition, 6, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 6}
    assert set(service.copies().values()) == {1}


def test_a_service_that_never_answers_is_left_alone_after_three_requests(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.ANYMAIL |= {"REQUESTS_TIMEOUT": 0.2}
    service.script.always = "silent"
    mailing = prepared(edition, 12, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("mailgun", "&connections=1")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 3, DeliveryState.QUEUED: 9}
    assert "The server did not answer in time" in waits_for(mailing)


def test_an_answer_that_takes_too_long_is_not_waited_for(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "LONGEST_WAIT", 0.3)
    service.script.always = "silent"
    mailing = prepared(edition, 2, unknown_policy=UnknownPolicy.HOLD)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.UNKNOWN: 2}


def test_a_service_that_cannot_be_reached_has_taken_nothing(edition: Edition, settings: Settings) -> None:
    settings.ANYMAIL = services.SETTINGS | {"POSTMARK_API_URL": f"http://127.0.0.1:{free_port()}/"}
    mailing = prepared(edition, 5)
    send(mailing, over(to("postmark")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 5}
    assert waits_for(mailing).startswith("The mail server postmark does not answer")


# ── lease, journal, limits, steering ─────────────────────────────────────────────────────────────────────────────────
def test_a_pause_stops_before_the_next_request_and_what_was_not_sent_waits(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "LOOK_SECONDS", 0.05)
    service.script.delay = 0.05
    mailing = prepared(edition, 60)
    clock = once(lambda: steering.pause(mailing_id=mailing.pk, now=timezone.now()), at_look=20)
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    sent = service.taken()
    assert 0 < sent < 30
    assert states(mailing) == {DeliveryState.SENT: sent, DeliveryState.QUEUED: 60 - sent}


def test_a_lease_that_ran_out_lets_nothing_more_go(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 0
    mailing = prepared(edition, 5)
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.SENDING, 1): 5}
    assert service.taken() == 0
    settings.LEASE_SECONDS = 30
    recovering.recover(now=timezone.now())
    send(mailing, over(to("mailgun")))
    assert tries(mailing) == {(DeliveryState.SENT, 1): 5}


def test_a_request_that_outlives_its_lease_is_settled_by_somebody_else_and_not_twice(
    edition: Edition, service: services.Service, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 1
    service.script.delay = 1.0
    mailing = prepared(edition, 5, unknown_policy=UnknownPolicy.HOLD)

    def sleep_too_long() -> None:
        Lease.objects.update(until=timezone.now())
        assert recovering.recover(now=timezone.now()) == 5

    send(mailing, over(to("postmark")), clock=once(sleep_too_long, at_look=14), seconds=3)
    assert states(mailing) == {DeliveryState.UNKNOWN: 5}
    assert set(service.copies().values()) == {1}


def test_without_a_journal_nothing_goes_out(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    mailing = prepared(edition, 6)
    service.script.delay = 0.3
    settings.LEASE_SECONDS = 4

    def cut_off(_self: object, _notes: object) -> bool:
        raise JournalError

    def cut() -> None:
        monkeypatch.setattr("newsletter.delivery.journal.Journal.write", cut_off)

    looks_before_the_second_request = 11
    clock = once(cut, at_look=looks_before_the_second_request)
    assert not send(mailing, over(to("mailgun", "&connections=1")), clock=clock)
    assert states(mailing) == {DeliveryState.SENT: service.taken(), DeliveryState.QUEUED: 6 - service.taken()}
    assert waits_for(mailing).startswith("Redis does not answer, and without its journal")


@pytest.mark.usefixtures("service")
def test_a_limit_per_day_lets_so_many_go_and_says_when_it_goes_on(edition: Edition) -> None:
    mailing = prepared(edition, 12)
    send(mailing, over(to("mailgun", "&per_day=5")))
    assert states(mailing) == {DeliveryState.SENT: 5, DeliveryState.QUEUED: 7}
    assert waits_for(mailing).startswith("The limit set for mailgun is reached")


@pytest.mark.usefixtures("service")
def test_a_limit_per_second_slows_it_down(edition: Edition) -> None:
    mailing = prepared(edition, 12)
    began = timezone.now()
    send(mailing, over(to("postmark", "&per_second=8")))
    assert states(mailing) == {DeliveryState.SENT: 12}
    assert (timezone.now() - began).total_seconds() > 1


def test_a_provider_that_takes_one_connection_gets_one_request_at_a_time(
    edition: Edition, service: services.Service
) -> None:
    mailing = prepared(edition, 8)
    Delivery.objects.update(provider="google")
    Stream.objects.update(provider="google")
    Provider.objects.create(pk="google", connections=1)
    allowing.forget()
    send(mailing, over(to("mailgun")))
    assert states(mailing) == {DeliveryState.SENT: 8}
    assert len(service.sockets) == 1


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(("address", "code"), [("zażółć@example.org", "5.6.7"), ("nobody", "5.1.3")])
def test_who_cannot_be_written_to_fails_before_anything_goes_out(edition: Edition, address: str, code: str) -> None:
    mailing = prepared(edition, 3)
    Subscriber.objects.filter(address=reader(1)).update(address=address)
    send(mailing, over(to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 2, DeliveryState.FAILED: 1}
    assert Delivery.objects.get(state=DeliveryState.FAILED).enhanced_code == code


def test_a_fault_of_ours_breaks_off_hands_back_and_is_said(
    edition: Edition, service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = prepared(edition, 12)
    service.script.delay = 0.1

    def broken(_self: object, _claimed: object) -> None:
        raise ZeroDivisionError

    def break_it() -> None:
        monkeypatch.setattr(relaying.Relay, "_copy", broken)

    with pytest.raises(ZeroDivisionError):
        send(mailing, over(to("mailgun")), clock=once(break_it, at_look=12))
    sent = service.taken()
    assert states(mailing) == {DeliveryState.SENT: sent, DeliveryState.QUEUED: 12 - sent}
    assert sent
    assert "Something went wrong in the worker" in waits_for(mailing)


# ── several ways ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_mail_is_shared_out_between_servers_and_backends_by_weight(
    edition: Edition, service: services.Service, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MIXED", 50)
    mailing = prepared(edition, 400)
    send(mailing, over(f"{peer.url}&weight=3", to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 400}
    assert (peer.taken(), service.taken()) == (300, 100)
    assert Counter(Delivery.objects.values_list("server", flat=True))["postmark"] == 100


def test_where_a_backend_takes_nothing_mail_goes_over_smtp_and_back_again_later(
    edition: Edition, service: services.Service, peer: smtp.Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MIXED", 20)
    service.script.always = 401
    mailing = prepared(edition, 100)
    transport = over(to("postmark"), peer.url)
    clock = once(lambda: None, at_look=0)
    send(mailing, transport, clock=clock)
    assert states(mailing) == {DeliveryState.SENT: 100}
    assert (peer.taken(), service.taken()) == (100, 0)
    assert waits_for(mailing) == ""
    assert len(service.requests) == 1, "it rests"


def test_where_the_mail_server_is_away_mail_goes_by_the_backend(edition: Edition, service: services.Service) -> None:
    mailing = prepared(edition, 100)
    send(mailing, over(f"smtp://127.0.0.1:{free_port()}?tls=none", to("postmark")))
    assert states(mailing) == {DeliveryState.SENT: 100}
    assert service.taken() == 100


def test_where_the_mail_server_refuses_us_in_the_middle_mail_goes_by_the_backend_and_back(
    edition: Edition,
    service: services.Service,
    scripted: Callable[[smtp.Script], smtp.Peer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ways, "MIXED", 20)
    monkeypatch.setattr(ways, "REST_SECONDS", 0.5)
    monkeypatch.setattr("newsletter.delivery.transport.REST_SECONDS", 0.5)
    peer = scripted(smtp.Script(mail="550 5.7.1 not from you"))
    mailing = prepared(edition, 200)
    transport = over(f"{peer.url}&weight=100", to("postmark"))
    service.script.delay = 0.3
    clock = once(lambda: peer.behave(smtp.Script()), at_look=120)
    send(mailing, transport, clock=clock)
    assert states(mailing) == {DeliveryState.SENT: 200}
    over_smtp = [message_id for message_id, _ in peer.copies() if message_id]  # not what it took after a refusal
    assert over_smtp
    assert service.taken()
    assert len({*over_smtp, *(message_id for message_id, _ in service.copies())}) == 200
    assert len(over_smtp) + service.taken() == 200


def test_with_weight_0_a_backend_is_asked_only_while_all_others_rest(
    edition: Edition, service: services.Service, peer: smtp.Peer
) -> None:
    mailing = prepared(edition, 30)
    send(mailing, over(to("postmark", "&weight=0"), peer.url))
    assert (peer.taken(), service.taken()) == (30, 0)


def test_a_newsletter_that_names_a_backend_goes_by_no_other_way(
    edition: Edition, service: services.Service, peer: smtp.Peer, settings: Settings
) -> None:
    settings.SMTP_SERVERS = [peer.url, to("postmark")]
    edition.newsletter.servers = ["postmark"]
    edition.newsletter.save()
    mailing = prepared(edition, 10)
    advancing.advance(mailing_id=mailing.pk, clock=timezone.now, seconds=10)
    assert states(mailing) == {DeliveryState.SENT: 10}
    assert (peer.taken(), service.taken()) == (0, 10)


# ── Django's own backends ────────────────────────────────────────────────────────────────────────────────────────────
DJANGO = "backend://django.core.mail.backends.{}.EmailBackend?name={}&connections=2"


def test_djangos_smtp_backend_hands_over_the_very_bytes_over_a_kept_connection(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(keep_messages=True, replies={reader(3): [("rcpt", "550 5.1.1 nobody here", 0)]}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    settings.SENDER_BOUNCE_EMAIL = "bounces@example.org"
    mailing = prepared(edition, 8)
    send(mailing, over(DJANGO.format("smtp", "own")))
    assert states(mailing) == {DeliveryState.SENT: 7, DeliveryState.FAILED: 1}
    assert (row_of(3).code, row_of(3).enhanced_code, row_of(3).reply) == (550, "5.1.1", "nobody here")
    read = message_from_bytes(peer.messages()[0], policy=policy.default)
    assert read["From"] == "Wici <wici@example.org>"
    assert read["Date"]
    assert read.get_body(("plain",))
    assert read.get_body(("html",))


def test_a_connection_of_djangos_smtp_backend_that_breaks_is_unknown_s4(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(drop_after_dot={reader(2): 1}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    mailing = prepared(edition, 8)
    while send(mailing, over(DJANGO.format("smtp", "own"))):
        pass
    assert states(mailing) == {DeliveryState.SENT: 8}
    assert row_of(2).unknowns == 1
    assert {recipient: number for (_, recipient), number in peer.copies().items() if number > 1} == {reader(2): 2}


def test_a_mail_server_that_asks_for_rest_through_djangos_backend_gets_it(
    edition: Edition, scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    refusal = "450 4.7.28 unusual rate of mail"
    peer = scripted(smtp.Script(replies={reader(n): [("rcpt", refusal, 0)] for n in range(8)}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    mailing = prepared(edition, 8)
    Delivery.objects.update(provider="google")
    Stream.objects.update(provider="google")
    send(mailing, over(DJANGO.format("smtp", "own").replace("=2", "=1")))
    assert states(mailing) == {DeliveryState.DEFERRED: 1, DeliveryState.QUEUED: 7}
    assert Provider.objects.get(pk="google").stopped_until is not None


def test_a_mail_server_behind_djangos_backend_that_is_away_is_said_to_be(edition: Edition, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    mailing = prepared(edition, 3)
    send(mailing, over(DJANGO.format("smtp", "own")))
    assert tries(mailing) == {(DeliveryState.QUEUED, 0): 3}
    assert waits_for(mailing).startswith("The mail server own does not answer")


def test_files_hold_every_copy(edition: Edition, tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mailing = prepared(edition, 6)
    send(mailing, over(DJANGO.format("filebased", "files")))
    assert states(mailing) == {DeliveryState.SENT: 6}
    found = b"".join(file.read_bytes() for file in (tmp_path / "mail").iterdir())
    assert found.count(b"\nMessage-ID: <") == 6


def test_the_backend_in_memory_gets_subject_and_parts(edition: Edition) -> None:
    mailing = prepared(edition, 3)
    mail.outbox = []
    send(mailing, over(DJANGO.format("locmem", "memory")))
    assert states(mailing) == {DeliveryState.SENT: 3}
    assert sorted(each.to[0] for each in mail.outbox) == [reader(n) for n in range(3)]
    assert {each.subject for each in mail.outbox} == {"Wici"}
