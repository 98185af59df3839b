"""What belongs to a campaign is part of its versions: changed, it waits for approval, and the version approved last stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from campaigns.content import approving
from campaigns.content.comparing import differences
from campaigns.content.models import Campaign, Material, State
from campaigns.content.revising import in_print, restore, settle
from tests import public_site as builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PAGE = "/en/campaigns/sayno/"


@pytest.fixture
def campaign() -> Campaign:
    made = builders.campaign(now=NOW)
    film = made.materials.create(url="https://example.org/film", kind="video", language="en", order=1)
    film.texts.create(language="en", title="The film")
    film.texts.create(language="pl", title="Film")
    made.partners.create(name="NASK")
    phase = made.phases.create(first_day=made.launched_on, last_day=made.launched_on)
    phase.texts.create(language="en", name="Launch")
    settle(item=made, by=None, now=NOW)
    return made


def edited(campaign: Campaign) -> Campaign:
    approving.edited(item=campaign, by=None, now=NOW)
    return Campaign.objects.select_related("in_use").get(pk=campaign.pk)


def test_what_belongs_to_it_waits_for_approval_like_its_words(campaign: Campaign, client: Client) -> None:
    campaign.materials.get().texts.filter(language="en").update(title="Not yet approved")
    campaign.partners.update(name="Not yet either")
    row = edited(campaign)
    assert row.state == State.DRAFT
    found = in_print(row)
    assert [text.title for text in found.materials.all()[0].texts.all()] == ["The film", "Film"]
    assert [partner.name for partner in found.partners.all()] == ["NASK"]
    html = client.get(PAGE).content.decode()
    assert "The film" in html
    assert "NASK" in html
    assert "Not yet" not in html


def test_a_file_taken_out_of_a_draft_is_given_out_until_that_is_approved(campaign: Campaign, client: Client) -> None:
    poster = Material(campaign=campaign, kind="pdf", size=5)
    poster.file.save("poster.pdf", ContentFile(b"%PDF-"), save=True)
    poster.texts.create(language="en", title="The poster")
    settle(item=campaign, by=None, now=NOW)
    address = f"{PAGE}materials/{poster.pk}/"
    Material.objects.filter(pk=poster.pk).delete()
    row = edited(campaign)
    answer: Any = client.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-"
    approving.approve(item=row, by=None, now=NOW)
    assert client.get(address).status_code == 404


def test_an_earlier_version_comes_back_with_everything_at_its_old_address(campaign: Campaign) -> None:
    old = campaign.materials.get()
    revision = campaign.revisions.get()
    campaign.materials.all().delete()
    campaign.phases.all().delete()
    restore(item=edited(campaign), revision=revision, by=None, now=NOW)
    back = Material.objects.get()
    assert (back.pk, back.url) == (old.pk, old.url)
    assert [text.title for text in back.texts.order_by("language")] == ["The film", "Film"]
    assert campaign.phases.get().texts.get().name == "Launch"


def test_a_change_in_the_words_of_a_material_is_shown_under_its_language(campaign: Campaign) -> None:
    campaign.materials.get().texts.filter(language="en").update(title="The long film")
    campaign.materials.update(licence="CC BY 4.0")
    edited(campaign)
    old, new = campaign.revisions.order_by("number")
    with translation.override("en"):
        found = {(each.label, each.language) for each in differences(old=old, new=new)}
    assert found == {("Licence · 1", ""), ("Title · English · 1", "en")}


def test_a_material_that_is_gone_is_shown_as_gone(campaign: Campaign) -> None:
    campaign.materials.all().delete()
    edited(campaign)
    old, new = campaign.revisions.order_by("number")
    with translation.override("en"):
        gone = {each.label: each.segments[0].words for each in differences(old=old, new=new)}
    assert gone["Title · English · 1"] == "The film"
