from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from campaigns.calendar import following
from tests.builders import an_edition
from tests.peers.calendars import events_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", is_staff=True)


@pytest.fixture
def address(editor: User) -> str:
    return f"/k/{following.new_key(person=editor, language='pl', now=NOW)}.ics"


def names(client: Client, address: str) -> set[str]:
    return {str(one["SUMMARY"]) for one in events_of(client.get(address).content)}


def test_it_is_a_calendar_in_its_owners_language_or_the_one_asked_for(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Language"] == "pl"
    assert "Dzień Bezpiecznego Internetu" in names(client, address)
    assert client.get(f"{address}?language=en")["Content-Language"] == "en"
    assert "Safer Internet Day" in names(client, f"{address}?language=en")
    assert client.get(f"{address}?language=xx")["Content-Language"] == "pl"


def test_whoever_has_it_already_is_told_so(client: Client, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert client.get(f"{address}?language=en", headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.head(address).status_code == 200


def test_nobody_in_between_keeps_it_and_no_crawler_lists_it(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_it_holds_what_its_owner_may_see_and_no_more(client: Client, editor: User, address: str) -> None:
    edition = an_edition()
    edition.dated = timezone.localdate()
    edition.save()
    assert not [name for name in names(client, address) if edition.code in name or "Wieści" in name]
    editor.user_permissions.add(Permission.objects.get(codename="view_edition"))
    assert [name for name in names(client, address) if "Wieści" in name or "szkic" in name]


@pytest.mark.parametrize("key", ["guess", "%00", "..", "x" * 2000])
def test_a_guess_finds_nothing(client: Client, key: str) -> None:
    assert client.get(f"/k/{key}.ics").status_code == 404


def test_a_closed_address_finds_nothing(client: Client, editor: User, address: str) -> None:
    following.revoke(person=editor)
    assert client.get(address).status_code == 404


def test_it_only_reads(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
