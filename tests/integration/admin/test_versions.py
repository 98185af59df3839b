"""The history of an item in the admin, saving beside somebody else, and links for early readers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.content import approving, early_reading
from campaigns.content.models import Campaign, EarlyReader, NewsItem, State
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

SOON = dt.timedelta(hours=1)


@pytest.fixture
def item(planted: None) -> NewsItem:
    """An approved item of the demo."""
    assert planted is None
    return NewsItem.objects.get(slug="backup")


def page_of(item: NewsItem | Campaign, name: str = "change", *more: int) -> str:
    return reverse(f"admin:campaigns_{item._meta.model_name}_{name}", args=[item.pk, *more])  # noqa: SLF001 (Django's documented model API)


def lead_of(item: NewsItem) -> str:
    return item.texts.get(language="en").lead


def test_an_edit_of_an_approved_item_keeps_the_approved_version_in_print(chief: Client, item: NewsItem) -> None:
    chief.post(page_of(item), filled(chief, page_of(item), lead_en="Written anew.", comment="Shorter."))
    item.refresh_from_db()
    assert (item.state, lead_of(item)) == (State.DRAFT, "Written anew.")
    assert item.in_use
    assert "Written anew." not in str(item.in_use.content)
    assert item.revisions.order_by("-number")[0].comment == "Shorter."
    listed = chief.get(reverse("admin:campaigns_newsitem_changelist")).content.decode()
    assert "older version in print" in listed


def test_the_history_shows_every_version_and_what_differs(chief: Client, item: NewsItem) -> None:
    before = lead_of(item)
    chief.post(page_of(item), filled(chief, page_of(item), lead_en=f"{before} And test it."))
    html = chief.get(page_of(item, "history")).content.decode()
    assert "in print" in html
    assert "<ins> And test it.</ins>" in html.replace("&nbsp;", " ")
    assert "Lead · English" in html


def test_any_two_versions_are_compared_the_older_first(chief: Client, item: NewsItem) -> None:
    for words in ("One.", "Two.", "Three."):
        chief.post(page_of(item), filled(chief, page_of(item), lead_en=words))
    html = chief.get(page_of(item, "history"), {"from": 4, "to": 2}).content.decode()
    assert "from version 2 to version 4" in html
    assert "<del>One.</del><ins>Three.</ins>" in html
    assert "Nothing: both say the same." in chief.get(page_of(item, "history"), {"from": 2, "to": 2}).content.decode()


def test_rubbish_in_the_address_shows_the_last_two(chief: Client, item: NewsItem) -> None:
    chief.post(page_of(item), filled(chief, page_of(item), lead_en="One."))
    for rubbish in ({"from": "x", "to": "-1"}, {"from": "99999999999999999999999"}, {"to": "%00"}):
        assert "from version 1 to version 2" in chief.get(page_of(item, "history"), rubbish).content.decode()
    assert chief.get(reverse("admin:campaigns_newsitem_history", args=[99999])).status_code == 404


def test_an_item_never_saved_says_what_will_be_kept(chief: Client, item: NewsItem) -> None:
    item.revisions.all().delete()
    assert "Nothing is kept yet" in chief.get(page_of(item, "history")).content.decode()


def test_going_back_makes_a_draft_of_an_earlier_version(chief: Client, item: NewsItem) -> None:
    before = lead_of(item)
    chief.post(page_of(item), filled(chief, page_of(item), lead_en="Worse."))
    page = chief.post(page_of(item, "restore", 1), follow=True)
    assert "Version 1 is the draft now" in page.content.decode()
    assert lead_of(item) == before
    assert chief.get(page_of(item, "restore", 1)).status_code == 405
    assert chief.post(page_of(item, "restore", 77)).status_code == 404


def test_who_may_not_look_sees_no_history_and_who_may_not_write_cannot_go_back(
    staff: Callable[..., Client], item: NewsItem
) -> None:
    reader = staff("campaigns.view_newsitem")
    assert "Go back to version" not in reader.get(page_of(item, "history")).content.decode()
    assert reader.post(page_of(item, "restore", 1)).status_code == 403


def test_a_stranger_gets_nothing(staff: Callable[..., Client], item: NewsItem) -> None:
    assert staff().get(page_of(item, "history")).status_code == 403


def test_two_people_who_write_at_once_are_told_and_nothing_typed_is_lost(chief: Client, item: NewsItem) -> None:
    opened = filled(chief, page_of(item))
    chief.post(page_of(item), filled(chief, page_of(item), lead_en="The other's words."))
    page = chief.post(page_of(item), opened | {"lead_en": "My words."})
    assert "Somebody else saved this while you were writing" in page.content.decode()
    assert "My words." in page.content.decode()
    assert lead_of(item) == "The other's words."
    chief.post(
        page_of(item), {**opened, "lead_en": "My words.", "seen": page.context["adminform"].form["seen"].value()}
    )
    assert lead_of(item) == "My words."
    assert "<del>The other&#x27;s</del><ins>My</ins> words." in chief.get(page_of(item, "history")).content.decode()


def test_returning_a_changed_item_to_draft_is_one_step(chief: Client, item: NewsItem) -> None:
    page = chief.post(
        page_of(item),
        filled(chief, page_of(item), lead_en="New.", campaigns_newsitem_return_to_draft="1"),
        follow=True,
    )
    item.refresh_from_db()
    assert item.state == State.DRAFT
    assert "quicker" not in page.content.decode()


def test_a_draft_with_a_version_in_print_can_be_withdrawn(chief: Client, item: NewsItem) -> None:
    chief.post(page_of(item), filled(chief, page_of(item), lead_en="New."))
    assert "campaigns_newsitem_withdraw" in chief.get(page_of(item)).content.decode()
    chief.post(page_of(item), filled(chief, page_of(item), campaigns_newsitem_withdraw="1"))
    item.refresh_from_db()
    assert (item.state, item.in_use) == (State.WITHDRAWN, None)


def test_the_address_of_what_was_once_approved_stays(chief: Client, item: NewsItem) -> None:
    approving.return_to_draft(item=item, by=None, now=timezone.now())
    approving.approve(item=item, by=None, now=timezone.now())
    assert "slug" not in chief.get(page_of(item)).context["adminform"].form.fields


def test_a_campaign_has_its_history_too(chief: Client, planted: None) -> None:
    assert planted is None
    campaign = Campaign.objects.get(slug="sayno")
    chief.post(page_of(campaign), filled(chief, page_of(campaign), headline_en="Changed."))
    assert "<ins>Changed.</ins>" in chief.get(page_of(campaign, "history")).content.decode()


def test_an_early_reader_gets_a_link_which_can_be_taken_back(chief: Client, item: NewsItem) -> None:
    NewsItem.objects.filter(pk=item.pk).update(embargo_until=timezone.now() + SOON)
    url = page_of(item)
    row = {"early_readers__TOTAL_FORMS": "1", "early_readers__0__name": "Gazeta Przykładowa"}
    chief.post(url, filled(chief, url, **row))
    reader = EarlyReader.objects.get()
    assert (reader.name, reader.invited_by and reader.invited_by.username) == ("Gazeta Przykładowa", "chief")
    assert f"/early/{early_reading.token_of(reader)}/" in chief.get(url).content.decode()
    chief.post(url, filled(chief, url, early_readers__0__revoke="on"))
    assert EarlyReader.objects.get().revoked_at
    assert "taken back" in chief.get(url).content.decode()


def test_the_log_of_a_link_stands_beside_it(chief: Client, item: NewsItem) -> None:
    NewsItem.objects.filter(pk=item.pk).update(embargo_until=timezone.now() + SOON)
    reader = early_reading.invite(item=item, name="Gazeta", by=None, now=timezone.now())
    reader.readings.create(at=timezone.now(), language="pl")
    assert "1 time, on" in chief.get(page_of(item)).content.decode()


def test_without_an_embargo_there_are_no_early_readers(chief: Client, item: NewsItem) -> None:
    assert "early_readers" not in chief.get(page_of(item)).content.decode()
