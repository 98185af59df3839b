"""settings.py as a whole process sees it: a word it cannot use is answered with one sentence, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from newsletter.settings import environment

if TYPE_CHECKING:
    from pathlib import Path

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
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgres://"),
        ("REDIS_URL", "foo"),
        ("REDIS_URL", "redis://:secret@host:port/0"),
        ("REDIS_URL", "redis://:secret@host:6379/first"),
        ("LOG_LEVEL", "loud"),
        ("CATCHER_PORT", "x"),
        ("PORT", "70000"),
        ("SWEEP_SECONDS", "soon"),
        ("ANYMAIL_REQUESTS_TIMEOUT", "long"),
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


@pytest.mark.parametrize("command", [("mailing", "1"), ("send_edition", "x"), ("seed",)])
def test_a_database_without_tables_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    answer = run("manage.py", *command, DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert answer.returncode == 1
    assert "manage.py migrate" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_is_away_is_one_sentence_that_repeats_no_password() -> None:
    answer = run("manage.py", "mailing", "1", DATABASE_URL="postgres://wici:secret@127.0.0.1:1/wici")
    assert answer.returncode == 1
    assert "Check DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "secret" not in answer.stderr


def test_a_variable_that_is_set_to_nothing_counts_as_left_out() -> None:
    shown = run("-c", "from newsletter import settings as s; print(s.VAR_DIR, s.TIME_ZONE)", VAR_DIR="", TIME_ZONE="")
    assert shown.stdout.split() == [str(settings.BASE_DIR / "var"), "Europe/Warsaw"]


def test_options_of_mail_services_stand_in_variables_of_their_own_and_the_first_way_out_carries_letters() -> None:
    show = "from newsletter import settings as s; print(s.EMAIL_BACKEND, *sorted(s.ANYMAIL.items()))"
    url = "backend://anymail.backends.mailtrap.EmailBackend,smtp://127.0.0.1"
    options = {"ANYMAIL_MAILTRAP_API_TOKEN": "12", "ANYMAIL_MAILTRAP_USE_SANDBOX": "False"}
    assert run("-c", show, SMTP_URL=url, **options).stdout.split(maxsplit=1) == [
        "anymail.backends.mailtrap.EmailBackend",
        "('MAILTRAP_API_TOKEN', '12') ('MAILTRAP_USE_SANDBOX', False) ('REQUESTS_TIMEOUT', 30.0)\n",
    ]
    assert run("-c", show, SMTP_URL="smtp://127.0.0.1").stdout.startswith("newsletter.lib.mail_backend.EmailBackend ")
