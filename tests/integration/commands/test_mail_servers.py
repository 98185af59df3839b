"""`manage.py mail_servers`: lists, tries, explains, and keeps passwords to itself."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from tests.environment import free_port
from tests.peers import smtp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[smtp.Peer]:
    with smtp.running(port=free_port(), log=tmp_path / "copies.log") as running:
        yield running


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("mail_servers", *words, stdout=out)
    return out.getvalue()


def test_servers_are_listed_with_their_limits_and_without_their_passwords(settings: Settings) -> None:
    settings.SMTP_SERVERS = [
        "smtp://ula:hunter2@mail.example.org?name=main&weight=3&per_hour=900",
        "backend://mail.Backend",
    ]
    listed = said()
    assert listed.splitlines() == [
        "main: mail.example.org:587, weight 3, 900 an hour",
        "mail.Backend: mail.Backend, weight 1",
    ]
    assert "hunter2" not in listed + said("--json")


def test_none_at_all_is_said(settings: Settings) -> None:
    settings.SMTP_SERVERS = []
    assert "No mail server is set" in said()


def test_a_wrong_setting_is_said(settings: Settings) -> None:
    settings.SMTP_SERVERS = ["nonsense"]
    with pytest.raises(CommandError, match="SMTP_URL: write it like"):
        said()


def test_each_is_tried_and_none_gets_a_mail(settings: Settings, peer: smtp.Peer) -> None:
    settings.SMTP_SERVERS = [f"{peer.url}&name=main"]
    assert "ok  It would pass a mail on; none was sent." in said("--test")
    (server,) = json.loads(said("--test", "--json"))["servers"]
    assert (server["name"], server["steps"][-1]["verdict"]) == ("main", "good")
    assert peer.taken() == 0


def test_one_that_does_not_work_makes_the_command_fail(settings: Settings) -> None:
    settings.SMTP_SERVERS = [f"smtp://127.0.0.1:{free_port()}"]
    with pytest.raises(CommandError, match="Not every mail server works"):
        said("--test")
