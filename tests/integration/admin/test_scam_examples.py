"""Scam examples in the admin: typed as they were, checked by a person, shown harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from campaigns.content.models import ScamExample
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/scamexample/add/"
WORDS = {"title_pl": "Paczka", "words_pl": "Dopłać: https://evil.example/x", "how_to_tell_pl": "Pośpiech."}


def written(client: Client, **changes: str) -> ScamExample:
    page = client.post(ADD, filled(client, ADD, slug="parcel", channel="sms", **{**WORDS, **changes}))
    assert page.status_code == 302, page.context["errors"]
    return ScamExample.objects.get()


def change_url(example: ScamExample) -> str:
    return reverse("admin:campaigns_scamexample_change", args=[example.pk])


def test_it_is_kept_as_typed_and_shown_harmless(chief: Client) -> None:
    example = written(chief, words_language_pl="uk")
    assert example.texts.get().words == WORDS["words_pl"]
    assert example.texts.get().words_language == "uk"
    page = chief.get(change_url(example)).content.decode()
    assert "hxxps[:]//evil[.]example/x" in page
    assert 'href="https://evil.example' not in page


def test_half_a_language_and_an_unknown_one_are_told(chief: Client) -> None:
    page = chief.post(ADD, filled(chief, ADD, slug="x", channel="fax", title_pl="Paczka", words_language_pl="xx"))
    assert {"words_pl", "how_to_tell_pl", "channel", "words_language_pl"} <= set(page.context["adminform"].form.errors)


def test_somebody_checks_it_and_changing_it_takes_the_check_away(chief: Client) -> None:
    example = written(chief)
    url = change_url(example)
    chief.post(url, filled(chief, url, campaigns_scamexample_checked="1", title_pl="Paczka!"))
    example.refresh_from_db()
    assert example.is_checked
    assert example.checked_by
    assert example.checked_by.username == "chief"
    chief.post(url, filled(chief, url))
    example.refresh_from_db()
    assert example.is_checked
    page = chief.post(url, filled(chief, url, title_pl="Inna paczka"), follow=True)
    example.refresh_from_db()
    assert not example.is_checked
    assert "it must be checked anew" in page.content.decode()


def test_a_check_can_be_taken_back(chief: Client) -> None:
    example = written(chief)
    ScamExample.objects.update(checked_on="2026-11-23")
    url = change_url(example)
    chief.post(url, filled(chief, url, campaigns_scamexample_not_checked="1"))
    example.refresh_from_db()
    assert not example.is_checked


def test_without_words_it_cannot_be_checked(chief: Client) -> None:
    example = ScamExample.objects.create(slug="x", channel="sms")
    url = change_url(example)
    page = chief.post(url, filled(chief, url, campaigns_scamexample_checked="1"), follow=True)
    example.refresh_from_db()
    assert not example.is_checked
    assert "has no words yet" in page.content.decode()


def test_who_writes_but_may_not_check_has_no_button(staff: Callable[..., Client], chief: Client) -> None:
    example = written(chief)
    url = change_url(example)
    writer = staff(
        "campaigns.view_scamexample", "campaigns.change_scamexample", "campaigns.view_source", "campaigns.view_newsitem"
    )
    assert "scamexample_checked" not in writer.get(url).content.decode()
    writer.post(url, filled(writer, url, campaigns_scamexample_checked="1"))
    example.refresh_from_db()
    assert not example.is_checked


def test_the_list_filters_by_checking(chief: Client) -> None:
    written(chief)
    for value, there in (("no", True), ("yes", False), ("rubbish", True)):
        page = chief.get("/admin/campaigns/scamexample/", {"checked": value}).content.decode()
        assert ("Paczka" in page or "parcel" in page.split("result_list")[-1]) is there
