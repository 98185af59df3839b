"""`manage.py mailing ID --watch`: a block on a terminal, a line per change elsewhere, and Ctrl-C that stops nothing."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from newsletter.delivery import sentences, steering
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState
from newsletter.management.watching import UP_AND_CLEAR
from tests.integration.delivery.conftest import brought_to, database_url, prepared
from tests.peers.smtp import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.editions.models import Edition
    from tests.integration.delivery.conftest import Worker
    from tests.peers.smtp import Peer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
CLEAR = UP_AND_CLEAR.partition("%d")[2]


def begin(mailing: Mailing, *options: str, out: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "mailing", str(mailing.pk), "--watch", *options]
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=out, stderr=subprocess.PIPE)


@contextlib.contextmanager
def watching(mailing: Mailing, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command with its output in a pipe; it is over when this ends."""
    with begin(mailing, *options) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def test_on_a_terminal_it_redraws_one_block_until_the_mailing_is_finished(
    frozen: Edition, scripted: Callable[[Script], Peer], worker_for: Callable[..., Worker]
) -> None:
    peer = scripted(Script(delay=0.02, replies={"reader000003@example.org": [("rcpt", "550 5.1.1 no such user", 0)]}))
    mailing = prepared(frozen, 400)
    Mailing.objects.update(state=MailingState.SENDING, started_at=timezone.now())
    worker_for(peer).start()
    ours, theirs = pty.openpty()
    process = begin(mailing, out=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError), process:  # the terminal is gone when the command is
        while chunk := os.read(ours, 4096):
            shown += chunk
    os.close(ours)
    words = shown.decode().replace("\r\n", "\n")
    assert process.returncode == 0, process
    assert words.count(CLEAR) >= 2
    last = words.rpartition(CLEAR)[2]
    assert "is finished: 399 sent, 1 failed." in last
    assert "100 %" in last
    assert "1 × failed: This address does not exist" in last
    assert max(map(len, last.split("\n"))) < 80
    assert Mailing.objects.get().state == MailingState.FINISHED


def test_in_a_pipe_it_writes_a_line_per_change_and_ends_with_the_mailing(frozen: Edition) -> None:
    mailing = prepared(frozen, 3)
    with watching(mailing) as process:
        assert b"sending 0 %: 3 queued" in first_line(process)
        steering.cancel(mailing_id=mailing.pk, now=timezone.now())
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, b"")
    assert rest.count(b"\n") == 1
    assert b"cancelled 100 %: 3 skipped" in rest
    assert b"\x1b" not in rest


def test_for_a_program_it_writes_one_object_per_line(frozen: Edition) -> None:
    mailing = prepared(frozen, 3)
    with watching(mailing, "--json") as process:
        first = json.loads(first_line(process))
        steering.cancel(mailing_id=mailing.pk, now=timezone.now())
        rest, _errors = process.communicate(timeout=20)
    assert (first["state"], first["counts"]["queued"], first["providers"][0]["name"]) == ("sending", 3, "All others")
    assert [json.loads(line)["state"] for line in rest.splitlines()] == ["cancelled"]


def test_ctrl_c_leaves_the_mailing_alone_and_says_so(frozen: Edition) -> None:
    mailing = prepared(frozen, 3)
    with watching(mailing) as process:
        first_line(process)
        process.send_signal(signal.SIGINT)
        _rest, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"manage.py mailing {mailing.pk} --pause" in errors.decode()
    assert b"Traceback" not in errors
    assert Mailing.objects.get().state == MailingState.SENDING


def test_a_mailing_that_is_over_is_shown_once(frozen: Edition) -> None:
    mailing = prepared(frozen, 1)
    steering.cancel(mailing_id=mailing.pk, now=timezone.now())
    out = io.StringIO()
    call_command("mailing", str(mailing.pk), "--watch", stdout=out)
    assert out.getvalue().count("\n") == 1


def test_without_watching_it_says_what_the_page_says(frozen: Edition) -> None:
    mailing = prepared(frozen, 3)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    brought_to(Delivery.objects.filter(pk=ids[0]), DeliveryState.UNKNOWN, unknowns=2)
    Attempt.objects.create(
        delivery_id=ids[0], mailing=mailing, number=2, at=timezone.now(), state="unknown", reply=sentences.HUNG_UP
    )
    Mailing.objects.update(waits_for=sentences.NO_SERVER)
    out = io.StringIO()
    call_command("mailing", str(mailing.pk), stdout=out)
    said = out.getvalue()
    for words in (
        "is sending: 2 queued, 1 unknown.",
        "[##########....................] 33 % · 1 of 3 people have an outcome",
        sentences.NO_SERVER,
        "1 reader may have a second copy",
        "nobody knows what became of them: 1.",
        "  All others: 2 queued, 1 unknown",
        "1 × unknown: The server hung up; last at",
    ):
        assert words in said
