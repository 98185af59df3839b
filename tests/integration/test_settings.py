"""settings.py as a whole process sees it: a word it cannot use is answered with one sentence, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from newsletter.settings import environment

SHOW = "from newsletter import settings as s; print(s.SITE_URL, s.DEBUG, s.CATCHING_MAIL, *s.ALLOWED_HOSTS)"


def run(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env=environment(**changed),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("DEBUG", "maybe"),
        ("DATABASE_URL", "rubbish"),
        ("DATABASE_URL", "postgres://u:secret@host:port/name"),
        ("CATCHER_PORT", "x"),
        ("PORT", "70000"),
        ("SWEEP_SECONDS", "soon"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("DEFAULT_LANGUAGE", "xx"),
    ],
)
def test_a_word_that_cannot_be_used_gets_one_sentence(name: str, word: str) -> None:
    answer = run("manage.py", "check", **{name: word})
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert name in answer.stderr
    assert "secret" not in answer.stderr


def test_the_site_follows_its_port_until_it_has_an_address() -> None:
    assert run("-c", SHOW, SITE_URL="", PORT="8123").stdout.startswith("http://127.0.0.1:8123 ")


def test_a_public_address_ends_the_trial_and_is_an_allowed_host() -> None:
    shown = run("-c", SHOW, SITE_URL="https://news.example.org/", DEBUG="").stdout.split()
    assert shown[:3] == ["https://news.example.org", "False", "False"]
    assert "news.example.org" in shown
