"""A test copy: one conversation of its own, short even where the server is silent, and nothing of it is kept."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from newsletter.composition.message import Message
from newsletter.delivery import conversing, testing
from newsletter.delivery.models import Mailing
from newsletter.editions.models import Edition
from tests.builders import NOON, an_edition
from tests.peers import services, smtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)


def send_to(address: str, *, language: str = "en") -> str:
    return testing.send_test(edition=Edition.objects.get(), language=language, address=address, now=NOON)


def test_a_copy_says_that_it_is_a_test_and_leaves_nothing_behind(
    scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(keep_messages=True))
    settings.SMTP_SERVERS = [peer.url]
    an_edition()
    assert send_to("ula@example.org") == "250 2.0.0 taken"
    (message,) = (message_from_bytes(each, policy=policy.default) for each in peer.messages())
    assert message["Subject"].startswith("[test] News for November")
    assert message["To"] == "ula@example.org"
    assert not Mailing.objects.exists()
    assert not Message.objects.exists()


def test_two_editors_who_test_in_the_same_moment_share_no_conversation(
    scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(delay=0.02))
    settings.SMTP_SERVERS = [peer.url]
    an_edition()
    editors = [f"editor{n}@example.org" for n in range(6)]

    def one(address: str) -> str:
        try:
            return send_to(address)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(editors)) as crowd:
        assert set(crowd.map(one, editors)) == {"250 2.0.0 taken"}
    assert sorted(recipient for _, recipient in peer.copies()) == editors
    assert peer.taken() == len(editors)


def test_a_silent_server_holds_nobody_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "PATIENCE", 0.5)
    monkeypatch.setattr(conversing, "PULSE", 0.1)
    an_edition()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.SMTP_SERVERS = [f"smtp://127.0.0.1:{silent.getsockname()[1]}?tls=none"] * 2
        began = time.monotonic()
        with pytest.raises(testing.NotTakenError, match=r"^The server did not answer in time\.$"):
            send_to("ula@example.org")
    assert time.monotonic() - began < 15


def test_a_refusal_is_told_in_the_servers_words_and_a_connection_that_broke_in_ours(
    scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    no, lost = "550 5.1.1 nobody here", "lost@example.org"
    peer = scripted(smtp.Script(replies={"no@example.org": [("rcpt", no, 0)]}, drop_after_dot={lost: 1}))
    settings.SMTP_SERVERS = [peer.url]
    an_edition()
    with pytest.raises(testing.NotTakenError, match=no):
        send_to("no@example.org")
    with pytest.raises(testing.NotTakenError, match=r"The server hung up\."):
        send_to(lost)


# ── by an e-mail backend ─────────────────────────────────────────────────────────────────────────────────────────────
BACKEND = "backend://anymail.backends.postmark.EmailBackend?name=postmark"


@pytest.fixture
def service(settings: Settings) -> Iterator[services.Service]:
    """The services, and one of them as the first way out."""
    with services.running() as running:
        settings.ANYMAIL = services.settings_for(running)
        settings.SMTP_SERVERS = [BACKEND]
        yield running


def test_a_copy_goes_by_the_backend_that_is_the_first_way_out(service: services.Service) -> None:
    an_edition()
    assert send_to("ula@example.org") == "250 sent b7bc2f4a"
    assert service.requests[0][1]["Subject"].startswith("[test] News for November")


def test_what_a_backend_says_against_it_is_told_in_its_words_or_ours(
    service: services.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_edition()
    service.script.refused = {"no@example.org": "rejected"}
    with pytest.raises(testing.NotTakenError, match=r"^Found inactive|^The service does not write to this reader"):
        send_to("no@example.org")
    service.script.fates = [401]
    with pytest.raises(testing.NotTakenError, match=r"^HTTP 401: as told$"):
        send_to("ula@example.org")
    monkeypatch.setattr(testing, "PATIENCE", 0.3)
    service.script.fates = ["silent"]
    with pytest.raises(testing.NotTakenError, match=r"^The server did not answer in time\.$"):
        send_to("ula@example.org")


def test_a_mail_servers_refusal_through_a_backend_keeps_its_code(
    scripted: Callable[[smtp.Script], smtp.Peer], settings: Settings
) -> None:
    peer = scripted(smtp.Script(replies={"no@example.org": [("rcpt", "550 5.1.1 nobody here", 0)]}))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    settings.SMTP_SERVERS = ["backend://django.core.mail.backends.smtp.EmailBackend?name=own"]
    an_edition()
    with pytest.raises(testing.NotTakenError, match=r"^550 5\.1\.1 nobody here$"):
        send_to("no@example.org")


def test_without_a_server_there_is_nothing_to_tell(settings: Settings) -> None:
    settings.SMTP_SERVERS = []
    an_edition()
    with pytest.raises(testing.NotTakenError) as refused:
        send_to("ula@example.org")
    assert refused.value.text == ""
