"""/inbox/: what was caught, from every side, and never more than looked at."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from newsletter.inbox import keeping
from newsletter.settings import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

HOSTILE = (
    b"From: Wici <wici@example.org>\r\nSubject: <script>alert(1)</script>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<script>top.document.title='mine'</script><meta http-equiv=refresh content='0;url=/admin/'>"
    b"<form action=/inbox/empty/ method=post><button>x</button></form>"
)


@pytest.fixture(autouse=True)
def empty_inbox() -> Iterator[None]:
    keeping.empty()
    yield
    keeping.empty()


def caught(source: bytes = HOSTILE, to: str = "anna@example.org") -> str:
    return keeping.keep(envelope_from="bounce@example.org", envelope_to=[to], source=source)


def test_an_empty_inbox_says_what_belongs_here(client: Client) -> None:
    page = client.get("/inbox/", headers={"accept-language": "en"}).text
    assert "appear here as soon as they are sent" in page


@pytest.mark.parametrize("language", ["pl", "en"])
def test_its_language_links_are_heard(client: Client, language: str) -> None:
    assert client.get(f"/inbox/?language={language}").headers["Content-Language"] == language


def test_the_list_shows_the_newest_first(client: Client) -> None:
    caught(b"Subject: first\r\n\r\n")
    caught(b"Subject: second\r\n\r\n")
    page = client.get("/inbox/").text
    assert page.index("second") < page.index("first")


def test_the_list_is_searched_by_address_and_subject(client: Client) -> None:
    caught(b"Subject: spring\r\n\r\n", to="anna@example.org")
    caught(b"Subject: autumn\r\n\r\n", to="jan@example.com")
    page = client.get("/inbox/", {"q": "JAN aut"}).text
    assert "autumn" in page
    assert "spring" not in page


def test_the_list_comes_in_pages(client: Client) -> None:
    for number in range(51):
        caught(b"Subject: number %03d\r\n\r\n" % number)
    assert "number 000" not in client.get("/inbox/").text
    assert "number 000" in client.get("/inbox/", {"page": "2"}).text


@pytest.mark.parametrize("view", ["", "text/", "headers/", "source/"])
def test_a_hostile_mail_is_only_text_on_our_pages(client: Client, view: str) -> None:
    answer = client.get(f"/inbox/{caught()}/{view}")
    assert answer.status_code == 200
    assert b"<script>" not in answer.content
    assert b"http-equiv=refresh" not in answer.content.replace(b"&lt;meta http-equiv=refresh", b"")


def test_a_frame_of_the_mail_is_sandboxed_without_scripts_forms_or_our_origin(client: Client) -> None:
    page = client.get(f"/inbox/{caught()}/").text
    assert page.count('sandbox="allow-popups allow-popups-to-escape-sandbox"') == page.count("<iframe") == 2


def test_the_mail_is_sandboxed_even_when_its_address_is_opened_directly(client: Client) -> None:
    answer = client.get(f"/inbox/{caught()}/frame/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ")
    assert "script-src" not in policy
    assert policy.endswith("form-action 'none'; frame-ancestors 'self'")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_our_own_page_may_frame_only_this_site_and_be_framed_by_nobody(client: Client) -> None:
    policy = client.get(f"/inbox/{caught()}/").headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_mail_without_pictures_loads_none(client: Client) -> None:
    assert "img-src 'none'" in client.get(f"/inbox/{caught()}/frame/?images=off").headers["Content-Security-Policy"]


def test_the_file_is_what_was_received_octet_for_octet(client: Client) -> None:
    source = bytes(range(256)) + b"\r\n.\r\n"
    assert client.get(f"/inbox/{caught(source)}/file/").content == source


@pytest.mark.parametrize("mail_id", ["00000000000000000000-000000", "../secret_key", "x"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, mail_id: str) -> None:
    assert client.get(f"/inbox/{mail_id}/").status_code == 404


def test_looking_at_the_button_empties_nothing(client: Client) -> None:
    caught()
    assert client.get("/inbox/empty/").status_code == 405
    assert len(keeping.ids()) == 1


@pytest.mark.django_db
def test_the_button_empties_the_inbox(client: Client) -> None:
    caught()
    assert client.post("/inbox/empty/").status_code == 302
    assert keeping.ids() == []


@pytest.mark.parametrize("changed", [{"SMTP_URL": "smtp://mail.example.org"}, {"DEBUG": "0"}])
def test_there_is_no_inbox_where_mail_leaves_or_in_production(changed: dict[str, str]) -> None:
    assert settings.CATCHING_MAIL
    question = "import django; django.setup(); from django.urls import resolve; print(resolve('/inbox/').url_name)"
    asked = subprocess.run(
        [sys.executable, "-c", question],
        env=environment(DJANGO_SETTINGS_MODULE="newsletter.settings", **changed),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.strip() != "inbox"
