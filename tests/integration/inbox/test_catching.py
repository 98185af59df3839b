"""The mail catcher as a mail server sees it."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from newsletter.inbox import keeping
from newsletter.settings import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = "Subject: ż\r\n\r\n..one dot\r\nzażółć\r\n".encode()


@pytest.fixture(scope="module")
def catcher() -> Iterator[int]:
    """The port of `manage.py catch_mail`."""
    started = subprocess.Popen(
        [sys.executable, "manage.py", "catch_mail"],
        cwd=settings.BASE_DIR,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "catching mail\n"
    yield settings.CATCHER_PORT
    started.terminate()
    assert started.wait(10) == 0
    started.stdout.close()


@pytest.fixture
def server(catcher: int) -> Iterator[smtplib.SMTP]:
    keeping.empty()
    with smtplib.SMTP("127.0.0.1", catcher, timeout=10) as connection:
        connection.ehlo("wici.example.org")
        yield connection
    keeping.empty()


@pytest.mark.parametrize("extension", ["8bitmime", "smtputf8", "size"])
def test_it_offers_what_mail_beyond_ascii_needs(server: smtplib.SMTP, extension: str) -> None:
    assert server.has_extn(extension)


def test_it_keeps_the_octets_and_the_envelope(server: smtplib.SMTP) -> None:
    server.sendmail("bounce@example.org", ["zażółć@example.org"], BODY, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    (mail_id,) = keeping.ids()
    kept = keeping.read(mail_id)
    assert (kept.envelope_from, kept.envelope_to) == ("bounce@example.org", "zażółć@example.org")
    assert kept.source == BODY


def test_it_names_the_kept_mail_in_its_answer(server: smtplib.SMTP) -> None:
    server.mail("a@example.org")
    server.rcpt("b@example.org")
    code, answer = server.data(BODY)
    assert code == 250
    assert answer.endswith(keeping.ids()[0].encode())


def test_it_takes_a_thousand_mails_on_one_connection_in_seconds(server: smtplib.SMTP) -> None:
    began = time.monotonic()
    for number in range(1000):
        server.sendmail("a@example.org", [f"reader{number}@example.org"], BODY)
    assert len(keeping.ids()) == 1000
    assert time.monotonic() - began < 20
