"""The page of mail servers: who may open it, what it shows, and what its button says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.environment import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
SERVERS = [
    "smtp://ula:hunter2@mail.example.org?name=main&weight=3&per_second=20&per_hour=9&per_day=8",
    "backend://m.B?weight=0",
]


def test_servers_are_shown_without_their_passwords(chief: Client, settings: Settings) -> None:
    settings.SMTP_SERVERS = SERVERS
    shown = chief.get(reverse("admin:mail_servers")).content.decode()
    for words in ("main", "mail.example.org:587", "20 a second", "only when the others do not answer", "m.B"):
        assert words in shown
    assert "hunter2" not in shown
    assert reverse("admin:mail_servers") in chief.get(reverse("admin:index")).content.decode()


def test_only_whoever_may_change_newsletters_may_see_and_try_them(staff: Callable[..., Client]) -> None:
    client = staff("newsletter.view_mailing")
    assert client.get(reverse("admin:mail_servers")).status_code == 403
    assert client.post(reverse("admin:mail_servers_test"), {"name": "main"}).status_code == 403
    assert reverse("admin:mail_servers") not in client.get(reverse("admin:index")).content.decode()


def test_the_button_tells_what_is_wrong(staff: Callable[..., Client], settings: Settings) -> None:
    settings.SMTP_SERVERS = [f"smtp://127.0.0.1:{free_port()}?name=down"]
    client = staff("newsletter.change_newsletter")
    shown = client.post(reverse("admin:mail_servers_test"), {"name": "down"}).content.decode()
    assert "It does not work" in shown
    assert "Nobody listens on port" in shown


def test_a_server_that_is_not_there_cannot_be_tried_and_get_tries_nothing(chief: Client, settings: Settings) -> None:
    settings.SMTP_SERVERS = []
    assert chief.post(reverse("admin:mail_servers_test"), {"name": "other"}).status_code == 404
    assert chief.get(reverse("admin:mail_servers_test")).status_code == 405
    assert "No mail server is set" in chief.get(reverse("admin:mail_servers")).content.decode()


def test_a_wrong_setting_is_said(chief: Client, settings: Settings) -> None:
    settings.SMTP_SERVERS = ["nonsense"]
    assert "SMTP_URL: write it like" in chief.get(reverse("admin:mail_servers")).content.decode()
