from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.editions.models import Edition

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]


@pytest.mark.parametrize(
    ("path", "polish", "english"),
    [
        ("newsletter/mailing/", "Wysyłki", "Mailings"),
        ("newsletter/edition/add/", "Nowe wydanie", "New edition"),
        ("campaigns/newsitem/add/", "Nowa aktualność", "New news item"),
        ("auth/user/add/", "Nowa osoba", "New person"),
    ],
)
def test_a_page_is_called_what_people_call_it(path: str, polish: str, english: str, chief: Client) -> None:
    for language, title in (("pl", polish), ("en", english)):
        chief.cookies["django_language"] = language
        assert chief.get(f"/admin/{path}").context["title"] == title


def test_an_entry_is_called_by_its_own_name(chief: Client) -> None:
    edition = Edition.objects.prefetch_related("texts").get()
    title = chief.get(f"/admin/newsletter/edition/{edition.pk}/change/").context["title"]
    assert title in {text.subject for text in edition.texts.all()}


def test_a_list_counts_its_entries_as_the_language_does(chief: Client) -> None:
    chief.cookies["django_language"] = "pl"
    assert "1 wpis<" in chief.get("/admin/newsletter/edition/").content.decode()
    assert "0 wpisów" in chief.get("/admin/newsletter/mailing/").content.decode()
