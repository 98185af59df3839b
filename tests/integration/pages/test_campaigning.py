"""A campaign's page: note, message, steps, help, what to take along; its files and its kit only while it is shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.content.models import Campaign, Image, Material, State
from campaigns.helplines.models import Helpline, Kind
from campaigns.sharing import making
from campaigns.sharing.content import place_of
from tests import public_site as builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/en/campaigns/sayno/"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def campaign() -> Campaign:
    now = timezone.now()
    builders.helpline(now=now)
    return builders.campaign(now=now)


@pytest.fixture
def poster(campaign: Campaign) -> Material:
    made = Material(campaign=campaign, kind="pdf", size=len(PDF), language="pl", licence="CC BY 4.0", source="NASK")
    made.file.save("poster.pdf", ContentFile(PDF), save=True)
    made.texts.create(language="en", title="The poster")
    return made


def read(client: Client, page: str = PAGE) -> str:
    return client.get(page).content.decode()


def in_order(html: str, *parts: str) -> bool:
    places = [html.find(part) for part in parts]
    assert -1 not in places, dict(zip(parts, places, strict=True))
    return places == sorted(places)


def test_note_message_steps_help_and_the_rest_stand_in_the_order_that_helps(client: Client, poster: Material) -> None:
    assert poster
    html = read(client)
    assert in_order(
        html,
        "This text speaks of threats.",
        "<h1>Somebody threatens you</h1>",
        "It is not your fault.",
        "116 111",
        "Send nothing more and pay nothing",
        "Get help: you are not alone",
        "Keep the evidence, delete nothing",
        "Stop the contact and block",
        "Report it",
        "Step by step",
        'id="help"',
        "The poster",
        "Pass it on",
        "About this campaign",
    )


def test_an_everyday_campaign_shows_no_steps(client: Client, campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(sensitivity=0)
    assert "Keep the evidence" not in read(client)
    assert "no-store" not in client.get(PAGE).headers.get("Cache-Control", "")


def test_a_sensitive_page_is_kept_by_no_browser_and_calls_itself_nothing(client: Client, campaign: Campaign) -> None:
    assert campaign
    answer = client.get(PAGE)
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.content.decode()
    assert "Say no" not in html.partition("</title>")[0]
    assert "data-quick-exit" in html
    assert not answer.cookies


def test_pictures_are_taken_down_only_where_the_directory_says(client: Client, campaign: Campaign) -> None:
    assert campaign
    assert "pictures are already online" not in read(client)
    builders.helpline(
        now=timezone.now(), slug="removing", kind=Kind.REMOVE, phone="", web_url="https://down.example.org/?a=1"
    )
    html = read(client)
    assert "pictures are already online" in html
    assert html.count('href="https://down.example.org/?a=1"') == 2
    Helpline.objects.filter(slug="removing").update(verified_on=None, review_by=None)
    assert "down.example.org" not in read(client)


def test_a_material_names_kind_size_language_source_and_licence(client: Client, poster: Material) -> None:
    Material.objects.create(campaign=poster.campaign, url="https://www.example.org/film", kind="video").texts.create(
        language="en", title="The film"
    )
    html = " ".join(read(client).split())
    assert "PDF, 15 bytes · language: Polish · NASK · CC BY 4.0" in html.replace("\u00a0", " ")
    assert "film · example.org" in html


def test_a_material_without_a_title_in_this_language_is_not_shown(client: Client, poster: Material) -> None:
    assert poster
    assert "poster.pdf" not in read(client, "/pl/campaigns/sayno/")


def test_a_file_is_saved_and_never_guessed_at(client: Client, poster: Material) -> None:
    answer: Any = client.get(f"{PAGE}materials/{poster.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_a_file_is_nowhere_among_the_public_pictures(client: Client, poster: Material) -> None:
    assert client.get(f"/media/{poster.file.name}").status_code == 404


@pytest.mark.parametrize("change", [{"state": State.DRAFT}, {"launched_on": dt.date(2999, 1, 1)}])
def test_before_approval_and_before_its_day_nothing_of_it_is_there(
    client: Client, poster: Material, change: dict[str, Any]
) -> None:
    Campaign.objects.update(**change)
    for page in ("", "kit/", "block/", f"materials/{poster.pk}/"):
        assert client.get(f"{PAGE}{page}").status_code == 404


def test_what_is_no_file_of_this_campaign_is_not_found(client: Client, poster: Material) -> None:
    link = Material.objects.create(campaign=poster.campaign, url="https://example.org/")
    other = builders.campaign(now=timezone.now(), slug="other")
    assert client.get(f"{PAGE}materials/{link.pk}/").status_code == 404
    assert client.get(f"/en/campaigns/{other.slug}/materials/{poster.pk}/").status_code == 404
    poster.file.storage.delete(str(poster.file.name))
    assert client.get(f"{PAGE}materials/{poster.pk}/").status_code == 404


def test_partners_stand_with_logo_and_name(client: Client, campaign: Campaign) -> None:
    logo = Image.objects.create(file="images/nask.png", width=120, height=40)
    logo.texts.create(language="en", alt="NASK")
    campaign.partners.create(name="NASK Institute", logo=logo, url="https://nask.example.org/")
    campaign.partners.create(name="A school")
    html = read(client)
    assert '<img src="/media/images/nask.png" width="120" height="40" alt="NASK"' in html
    assert "<span>A school</span>" in html


def test_the_kit_is_offered_once_it_is_made_and_while_its_numbers_hold(client: Client, campaign: Campaign) -> None:
    assert client.get(f"{PAGE}kit/").status_code == 404
    text = campaign.texts.get(language="en")
    version, _new = making.make(
        campaign=campaign,
        text=text,
        place=place_of(campaign, "en"),
        by=None,
        now=timezone.now(),
        today=timezone.localdate(),
    )
    assert "Sharing kit, version 1 (ZIP" in read(client)
    answer: Any = client.get(f"{PAGE}kit/")
    assert len(b"".join(answer.streaming_content)) == version.size
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sayno-en-1.zip"'
    assert client.get("/pl/campaigns/sayno/kit/").status_code == 404
    Helpline.objects.update(phone="112")
    assert client.get(f"{PAGE}kit/").status_code == 404
    assert "Sharing kit, version" not in read(client)


def test_the_block_is_served_as_text_to_copy(client: Client, campaign: Campaign) -> None:
    assert campaign
    answer = client.get(f"{PAGE}block/")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith('<section lang="en">')
    assert "&lt;section lang=&quot;en&quot;&gt;" in read(client)


def test_phases_stand_among_the_facts(client: Client, campaign: Campaign) -> None:
    phase = campaign.phases.create(first_day=campaign.launched_on, last_day=campaign.launched_on)
    phase.texts.create(language="en", name="First week")
    assert "First week" in read(client)
    assert "First week" not in read(client, "/pl/campaigns/sayno/")


def test_a_full_page_costs_few_queries(client: Client, campaign: Campaign, django_assert_max_num_queries: Any) -> None:
    logo = Image.objects.create(file="images/nask.png", width=120, height=40)
    for number in range(30):
        campaign.partners.create(name=f"P{number}", logo=logo, order=number)
        campaign.materials.create(url="https://example.org/", order=number).texts.create(language="en", title="T")
        campaign.phases.create(first_day=campaign.launched_on, last_day=campaign.launched_on).texts.create(
            language="en", name="N"
        )
    with django_assert_max_num_queries(22):
        assert client.get(PAGE).status_code == 200
