from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from campaigns.content.models import NewsItem, State
from newsletter.composition import freezing
from newsletter.delivery.launching import launch
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions.models import Edition
from tests.integration.admin.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]


def test_it_says_what_was_sent_last(chief: Client) -> None:
    assert "Last mailing" not in chief.get("/admin/").content.decode()
    edition = Edition.objects.get()
    freezing.approve(edition=edition, by=None, now=NOW)
    mailing = launch(edition=edition, now=NOW)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.FINISHED, finished_at=NOW)
    page = chief.get("/admin/").content.decode()
    assert "Last mailing" in page
    assert f"/admin/newsletter/mailing/{mailing.pk}/change/" in page


def test_it_shows_where_to_begin_as_far_as_one_is_let(chief: Client, staff: Callable[..., Client]) -> None:
    assert "Write a news item" in chief.get("/admin/").content.decode()
    reader = staff("newsletter.view_subscriber").get("/admin/").content.decode()
    assert "Look at the site" in reader
    assert "Write a news item" not in reader
    assert "no role yet" not in reader


def test_it_leads_to_the_inbox_only_where_mail_is_caught(chief: Client, settings: Settings) -> None:
    settings.CATCHING_MAIL = False
    assert "/inbox/" not in chief.get("/admin/").content.decode()


def test_it_tells_whoever_has_no_role_whom_to_ask(staff: Callable[..., Client]) -> None:
    page = staff().get("/admin/").content.decode()
    assert "no role yet" in page
    assert "Where to begin" not in page


def test_who_only_writes_sees_no_step_that_is_not_theirs(staff: Callable[..., Client]) -> None:
    edition = Edition.objects.get()
    writer = staff("newsletter.view_edition", "newsletter.add_edition", "newsletter.change_edition")
    for approved in (False, True):
        if approved:
            freezing.approve(edition=edition, by=None, now=NOW)
        desk = writer.get(f"/admin/newsletter/edition/{edition.pk}/desk/").content.decode()
        assert f"edition/{edition.pk}/test/" in desk
        assert not [step for step in ("approve", "reopen", "launch") if f"edition/{edition.pk}/{step}/" in desk]
    for step in ("approve", "reopen", "launch"):
        assert writer.post(f"/admin/newsletter/edition/{edition.pk}/{step}/", {"when": "now"}).status_code == 403
    assert not Mailing.objects.exists()


def test_a_text_that_waits_shows_which_languages_are_whole(chief: Client) -> None:
    item = NewsItem.objects.get(slug="backup")
    item.texts.get(language="en").delete()
    NewsItem.objects.filter(pk=item.pk).update(state=State.DRAFT)
    page = chief.get("/admin/").content.decode()
    assert "English: missing" in page
    assert "Polish: written" in page


def test_a_chooser_says_which_languages_are_whole_and_where_the_item_stands(chief: Client) -> None:
    asked = {"app_label": "newsletter", "model_name": "block", "field_name": "news_item", "term": "backup"}
    found = chief.get("/admin/autocomplete/", asked).json()["results"]
    assert [each["text"].partition(" · ")[2] for each in found] == ["PL ✓ · EN ✓ · approved"]
    topics = {"app_label": "campaigns", "model_name": "newsitem", "field_name": "topics", "term": "device"}
    assert [each["text"] for each in chief.get("/admin/autocomplete/", topics).json()["results"]] == [
        "Data and devices"
    ]
