from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from campaigns.calendar.models import Follower

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
FOLLOW = "/admin/newsletter/edition/calendar/follow/"


def address_in(page: str) -> str:
    found = re.search(r'value="http://127\.0\.0\.1:8000(/k/[^"]+\.ics)"', page)
    assert found is not None
    return found[1]


def test_an_address_is_made_shown_once_and_works(chief: Client, client: Client) -> None:
    assert "Make my address" in chief.get(FOLLOW).content.decode()
    answer = chief.post(f"{FOLLOW}new/")
    address = address_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert client.get(address).status_code == 200
    page = chief.get(FOLLOW).content.decode()
    assert "/k/" not in page
    assert "Make a new address" in page


def test_a_new_address_closes_the_old_one_and_closing_closes_all(chief: Client, client: Client) -> None:
    old, new = (address_in(chief.post(f"{FOLLOW}new/").content.decode()) for _n in range(2))
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert "The address is closed." in chief.post(f"{FOLLOW}close/", follow=True).content.decode()
    assert client.get(new).status_code == 404


def test_opening_makes_and_closes_nothing(chief: Client) -> None:
    for place in ("new/", "close/", "wishes/"):
        assert chief.get(FOLLOW + place).status_code == 405
    assert not Follower.objects.exists()


def test_language_and_letters_are_chosen(chief: Client) -> None:
    answer = chief.post(f"{FOLLOW}wishes/", {"language": "pl"}, follow=True)
    assert "Saved." in answer.content.decode()
    row = Follower.objects.get()
    assert (row.language, row.wants_letters) == ("pl", False)
    assert chief.get(FOLLOW).context["form"]["wants_letters"].value() is False


def test_a_language_nobody_speaks_is_refused(chief: Client) -> None:
    page = chief.post(f"{FOLLOW}wishes/", {"language": "xx", "wants_letters": "on"})
    assert page.status_code == 200
    assert page.context["form"].errors["language"]
    assert not Follower.objects.exists()


def test_it_says_who_gets_no_letters(staff: Callable[..., Client]) -> None:
    assert "you may not" in staff("newsletter.view_edition").get(FOLLOW).content.decode()


def test_it_says_when_there_is_no_address_to_write_to(chief: Client, django_user_model: type) -> None:
    django_user_model.objects.update(email="")  # type: ignore[attr-defined]
    assert "no e-mail address" in chief.get(FOLLOW).content.decode()
