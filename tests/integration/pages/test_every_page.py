"""Every public page: it answers, in its language, with the headers of X12, and without a cookie (TR4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from newsletter.lib.links import Purpose
from newsletter.pages import signing_up

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.integration.pages.conftest import Site

BROWSED = [
    "",
    "sign-up/",
    "sign-up/next/",
    "my-link/",
    "my-link/next/",
    "check/",
    "check/?code=w2611k7f3",
    "check/?code=nothing",
    "editions/",
    "editions/wici-2026-11/",
    "campaigns/sayno/",
    "news/operation/",
    "help/",
    "privacy/",
]
RUBBISH = ["A", "%00", "%ff%fe", "%0a", "%ED%A0%80", "..%2f..%2fetc%2fpasswd", "ż" * 20, "A" * 5000, "%7B%7B7*7%7D%7D"]


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("path", BROWSED)
def test_a_page_answers_in_its_language_without_a_cookie(client: Client, site: Site, language: str, path: str) -> None:
    assert site.wici
    answer = client.get(f"/{language}/{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'lang="{language}"' in answer.content.decode()
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    "path",
    ["/", "/health/", "/robots.txt", "/favicon.ico", "/nothing", "/pl/nothing", "/u/x", "/static/wici/site.css"]
    + [f"/en/{path}" for path in BROWSED],
)
@pytest.mark.usefixtures("redis_server")
def test_every_address_carries_the_headers_of_a_careful_site(client: Client, site: Site, path: str) -> None:
    assert site.wici
    answer = client.get(path)
    answer.close()
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"):
        assert directive in policy
    assert "unsafe-inline" not in policy or path.startswith("/en/editions/wici")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_staff_pages_tell_their_own_origin_so_that_the_csrf_check_can_trust_a_form(client: Client) -> None:
    assert client.get("/admin/login/").headers["Referrer-Policy"] == "same-origin"


def test_a_browsed_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(client: Client, site: Site) -> None:
    assert site.wici
    for path in BROWSED:
        if path.startswith("editions/wici"):
            continue  # a mail carries its styles in its elements; the next test reads that one
        html = client.get(f"/en/{path}").content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick" not in html
        assert 'src="http' not in html


@pytest.mark.parametrize("place", ["/c/", "/u/", "/p/", "/k/"])
@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("debug", [True, False])
def test_a_rubbish_token_gets_the_same_kind_page(
    client: Client, settings: Settings, place: str, rubbish: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    for method in (client.get, client.post):
        answer = method(place + rubbish)
        assert answer.status_code == 404
        assert "<h1>" in answer.content.decode()
        assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/en/nothing/", "/nothing", "/media/nothing.png", "/%0a", "/%ff"])
@pytest.mark.django_db
def test_an_unknown_address_gets_a_kind_page_even_while_debugging(
    client: Client, settings: Settings, path: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"There is no page here" in answer.content
    assert client.post(path).status_code in {404, 405}


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused_kindly(client: Client) -> None:
    answer = client.get("/en/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"We could not read this request" in answer.content


@pytest.mark.django_db
def test_a_fault_of_ours_gets_a_page_that_needs_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr(signing_up, "offered_here", lambda: 1 / 0)
    answer = client.get("/en/")
    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.content
    assert b"ZeroDivisionError" not in answer.content


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_a_sentence(settings: Settings) -> None:
    assert settings.CSRF_FAILURE_VIEW
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = strict.post("/admin/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


@pytest.mark.django_db
def test_media_leads_nowhere_outside_its_folder(client: Client) -> None:
    for path in ("%2e%2e/wici.sqlite3", "..%2fsecret_key", "%2fetc%2fpasswd"):
        assert client.get(f"/media/{path}").status_code in {400, 404}


@pytest.mark.parametrize(
    ("path", "better"),
    [
        ("/editions", "/en/editions/"),
        ("/pl/help", "/pl/help/"),
        ("/help/?country=PL", "/en/help/?country=PL"),
        ("/admin", "/admin/"),
    ],
)
@pytest.mark.django_db
def test_a_forgotten_slash_or_language_is_put_right(client: Client, path: str, better: str) -> None:
    assert client.get(path).headers["Location"] == better


@pytest.mark.parametrize(
    "path", ["//evil.example", "/%5Cevil.example", "//evil.example/help", "/https:/evil.example", "//admin"]
)
@pytest.mark.django_db
def test_no_address_leads_to_another_host(client: Client, path: str) -> None:
    answer = client.get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert 'href="//' not in answer.content.decode()


@pytest.mark.parametrize(("asked", "language"), [("en-GB,en;q=0.9", "en"), ("pl", "pl"), ("ja", "pl")])
@pytest.mark.django_db
def test_the_bare_address_leads_to_the_language_of_the_device(client: Client, asked: str, language: str) -> None:
    answer = client.get("/", headers={"accept-language": asked})
    assert answer.headers["Location"] == f"/{language}/"
    assert "Accept-Language" in answer.headers["Vary"]


def test_switching_the_language_stays_on_the_page(client: Client, site: Site) -> None:
    assert 'href="/pl/check/?code=abc"' in client.get("/en/check/?code=abc").content.decode()
    link = site.link(Purpose.PREFERENCES)
    assert f'href="{link}?language=pl"' in client.get(link).content.decode()
    assert client.get(f"{link}?language=pl").headers["Content-Language"] == "pl"


@pytest.mark.django_db
def test_health_says_ok_while_database_and_redis_answer(client: Client, redis_server: object) -> None:
    assert redis_server
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_health_names_the_part_that_does_not_answer(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "failing": ["redis"]})


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("query", ["&" * 1001, "a=1&" * 1001])
@pytest.mark.django_db
def test_a_query_of_rubbish_gets_a_kind_page_even_while_debugging(
    client: Client, settings: Settings, query: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    answer = client.get(f"/en/check/?{query}")
    assert answer.status_code == 400
    assert b"We could not read this request" in answer.content
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("host", ["evil.example.com", "[::1", "a b", "-", ".."])
@pytest.mark.django_db
def test_a_host_that_is_not_ours_gets_a_kind_page_even_while_debugging(
    client: Client, settings: Settings, host: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    for wanted in ("text/html", "application/json"):
        answer = client.get("/en/check/", headers={"host": host, "accept": wanted})
        assert answer.status_code == 400
        assert b"We could not read this request" in answer.content
        assert b"DisallowedHost" not in answer.content


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.django_db
def test_a_form_larger_than_any_of_ours_is_refused_kindly(settings: Settings, *, debug: bool) -> None:
    settings.DEBUG = debug
    for path in ("/en/sign-up/", "/i18n/setlang/", "/admin/login/", "/inbox/empty/"):
        answer = Client(enforce_csrf_checks=True).post(path, {"language": "x" * 3_000_000})
        assert answer.status_code in {400, 403}, path
        assert b"Traceback" not in answer.content


@pytest.mark.parametrize("path", ["a" * 3000, "a/" * 3000, "%00"])
@pytest.mark.django_db
def test_a_picture_by_a_name_of_rubbish_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "x" * 4000, "' or 1=1"])
@pytest.mark.django_db
def test_a_session_cookie_of_rubbish_is_no_session(client: Client, key: str) -> None:
    answer = client.get("/admin/", headers={"cookie": f"sessionid={key}"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
