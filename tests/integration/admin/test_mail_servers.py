"""The page of mail servers: who may open it, what it shows, and what its button says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from newsletter.editions.models import Newsletter
from tests.environment import free_port
from tests.integration.admin.filled import filled

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


# ── a newsletter's choice ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def change(chief: Client, settings: Settings) -> Callable[[list[str]], str]:
    """Ticks servers in the form of the demo's newsletter; what the page says then."""
    settings.SMTP_SERVERS = [
        f"smtp://mail.example.org:{port}?name={name}" for port, name in ((1, "main"), (2, "spare"))
    ]
    page = reverse("admin:newsletter_newsletter_change", args=[Newsletter.objects.get().pk])

    def tick(names: list[str]) -> str:
        return chief.post(page, filled(chief, page, servers=names), follow=True).content.decode()

    return tick


@pytest.mark.usefixtures("planted")
def test_a_newsletter_s_servers_are_ticked_in_its_form(change: Callable[[list[str]], str]) -> None:
    change(["spare"])
    assert Newsletter.objects.get().servers == ["spare"]
    assert "There is no mail server called other in SMTP_URL." in change(["other"])
    change([])
    assert Newsletter.objects.get().servers == []


@pytest.mark.usefixtures("planted")
def test_a_server_that_is_gone_is_shown_as_gone_and_not_enough(
    change: Callable[[list[str]], str], chief: Client
) -> None:
    Newsletter.objects.update(servers=["gone"])
    page = reverse("admin:newsletter_newsletter_change", args=[Newsletter.objects.get().pk])
    assert "gone (no longer in SMTP_URL)" in chief.get(page).content.decode()
    assert "so its mail would wait" in change(["gone"])
    change(["gone", "main"])
    assert Newsletter.objects.get().servers == ["gone", "main"]


def test_the_sidebar_marks_the_page_one_is_on_and_no_other(chief: Client, settings: Settings) -> None:
    settings.SMTP_SERVERS = []
    groups = chief.get(reverse("admin:mail_servers")).context["sidebar_navigation"]
    assert [item["link"] for group in groups for item in group["items"] if item["active"]] == [
        reverse("admin:mail_servers")
    ]
