"""Our letters' way out: clear text where nothing else was asked for, and one connection for several letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import EmailMessage

from newsletter.lib.mail_backend import EmailBackend

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.peers import smtp


def test_a_connection_that_is_open_is_used_again_and_not_encrypted_unasked(peer: smtp.Peer, settings: Settings) -> None:
    settings.SMTP_SERVERS = [peer.url]
    letters = [EmailMessage("Wici", "…", "wici@example.org", [f"reader{n}@example.org"]) for n in range(2)]
    with EmailBackend(host="127.0.0.1", port=peer.port, use_tls=False, use_ssl=False) as backend:
        assert backend.open() is False
        assert backend.send_messages(letters) == 2
    assert [recipient for _, recipient in peer.copies()] == ["reader0@example.org", "reader1@example.org"]
