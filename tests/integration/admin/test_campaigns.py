"""A campaign's form with what belongs to it, the page of its news items and editions, and its sharing kit."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.content.models import Campaign, Material, MaterialKind, NewsItem, NewsItemText, State
from campaigns.helplines.models import Helpline
from campaigns.sharing.models import KitVersion
from newsletter.editions.models import Block, Edition
from tests import public_site as builders
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"
PAGES = ["overview/", "kit/", "kit/card/wide/?language=en", "kit/poster/?language=en"]


@pytest.fixture
def campaign() -> Campaign:
    now = timezone.now()
    builders.helpline(now=now)
    return builders.campaign(now=now)


def at(campaign: Campaign, page: str = "change/") -> str:
    return f"/admin/campaigns/campaign/{campaign.pk}/{page}"


def posted(client: Client, campaign: Campaign, **changes: Any) -> Any:
    return client.post(at(campaign), filled(client, at(campaign), **changes))


def rows(prefix: str, **fields: Any) -> dict[str, Any]:
    """One new row of an inline, as its empty form would be posted."""
    return {f"{prefix}__TOTAL_FORMS": "1", **{f"{prefix}__0__{name}": value for name, value in fields.items()}}


def errors_of(page: Any, prefix: str) -> dict[str, list[str]]:
    assert page.status_code == 200
    formset = next(each.formset for each in page.context["inline_admin_formsets"] if each.formset.prefix == prefix)
    return dict(formset.errors[0])


def test_everything_is_written_in_one_form(chief: Client, campaign: Campaign) -> None:
    day = campaign.launched_on.isoformat()
    changes = {
        **rows("phases", name_pl="Start", name_en="Launch", first_day=day, last_day=day, order="0"),
        **rows("materials", title_en="Film", url="https://example.org/film", kind="video", language="en", order="0"),
        **rows("partners", name="NASK", url="https://nask.example.org/", order="0"),
        **rows("targets", stage="outtakes", indicator="page reads", value="2000"),
    }
    assert posted(chief, campaign, **changes).status_code == 302
    assert [text.name for text in campaign.phases.get().texts.order_by("language")] == ["Launch", "Start"]
    assert campaign.materials.get().texts.get().title == "Film"
    assert campaign.partners.get().name == "NASK"
    assert campaign.targets.get().value == 2000


def test_a_phase_outside_the_dates_is_told_at_the_day_and_nothing_typed_is_lost(
    chief: Client, campaign: Campaign
) -> None:
    early = (campaign.launched_on - dt.timedelta(days=1)).isoformat()
    changes = rows("phases", name_en="Launch", first_day=early, last_day=early, order="0")
    page = posted(chief, campaign, **changes, owner="Typed anew")
    assert set(errors_of(page, "phases")) == {"first_day", "last_day"}
    html = page.content.decode()
    assert all(f'value="{typed}"' in html for typed in ("Launch", early, "Typed anew"))
    assert not campaign.phases.exists()


def test_dates_moved_away_from_a_phase_are_told_at_the_phase(chief: Client, campaign: Campaign) -> None:
    campaign.phases.create(first_day=campaign.launched_on, last_day=campaign.launched_on)
    later = (campaign.launched_on + dt.timedelta(days=3)).isoformat()
    page = posted(chief, campaign, launched_on=later)
    assert set(errors_of(page, "phases")) == {"first_day", "last_day"}


def test_an_end_before_the_beginning_and_a_baseline_without_source_are_told_at_their_fields(
    chief: Client, campaign: Campaign
) -> None:
    page = posted(chief, campaign, ends_on="2001-01-01", hashtag="say no", baseline_value="30", baseline_unit="%")
    assert set(page.context["adminform"].form.errors) == {"ends_on", "hashtag"}
    page = posted(chief, campaign, baseline_value="30", baseline_unit="%", baseline_on="2026-01-01")
    assert set(page.context["adminform"].form.errors) == {"baseline_url"}


def test_words_for_others_of_a_sensitive_campaign_must_not_tell(chief: Client, campaign: Campaign) -> None:
    page = posted(chief, campaign, public_name_en="Help for victims", share_text_pl="Nie daj się szantażować.")
    assert set(page.context["adminform"].form.errors) == {"public_name_en", "share_text_pl"}
    assert posted(chief, campaign, public_name_en="Help for victims", sensitivity="1").status_code == 302


def test_a_file_is_taken_with_its_kind_and_size(chief: Client, campaign: Campaign) -> None:
    file = SimpleUploadedFile("Poster.pdf", PDF)
    assert (
        posted(chief, campaign, **rows("materials", title_en="Poster", kind="page", order="0", file=file)).status_code
        == 302
    )
    material = Material.objects.get()
    assert (material.kind, material.size) == (MaterialKind.PDF, len(PDF))
    assert re.fullmatch(r"materials/poster-[0-9a-f]{10}\w*\.pdf", str(material.file.name))
    assert posted(chief, campaign, materials__0__title_en="The poster").status_code == 302
    assert Material.objects.get().size == len(PDF)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title_en": "Poster", "file": ("poster.pdf", b"MZ\x90")}, {"file"}),
        ({"title_en": "Poster", "file": ("poster.png", PDF)}, {"file"}),
        ({"title_en": "Poster", "file": ("poster.png", b"\x89PNG\r\n\x1a\nrubbish")}, {"file"}),
        ({"title_en": "Poster"}, {"file"}),
        ({"url": "https://example.org/"}, {"title_pl"}),
        ({"title_en": "Film", "url": "https://example.org/", "language": "Polish"}, {"language"}),
    ],
)
def test_a_material_that_is_not_right_is_told_at_its_field(
    chief: Client, campaign: Campaign, fields: dict[str, Any], wrong: set[str]
) -> None:
    given = {name: SimpleUploadedFile(*value) if name == "file" else value for name, value in fields.items()}
    page = posted(chief, campaign, **rows("materials", kind="page", order="0", **given))
    assert set(errors_of(page, "materials")) == wrong
    assert not Material.objects.exists()


def test_only_people_who_work_here_can_be_responsible(chief: Client, campaign: Campaign) -> None:
    User.objects.create_user("reader")
    User.objects.create_user("gone", is_staff=True, is_active=False)
    form = chief.get(at(campaign)).context["adminform"].form
    assert [person.username for person in form.fields["responsible"].queryset] == ["chief"]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "waived"),
        ({"objective_waiver": ""}, "missing"),
        ({"objective_what": "x", "objective_measure": "1", "objective_by": "2027-01-01"}, "set"),
    ],
)
def test_the_list_says_whether_it_may_be_sent(
    chief: Client, campaign: Campaign, facts: dict[str, str], word: str
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(**facts)
    html = chief.get("/admin/campaigns/campaign/").content.decode()
    cell = re.search(r'class="[^"]*field-evaluation[^"]*"[^>]*>(.*?)</td>', html, re.DOTALL)
    assert cell
    assert re.sub(r"<[^>]+>", "", cell[1]).strip() == word


def test_its_page_lists_news_items_and_editions_with_states_and_dates(chief: Client, campaign: Campaign) -> None:
    now = timezone.now()
    item = builders.news_item(now=now, slug="operation", state=State.IN_REVIEW)
    item.campaigns.add(campaign)
    newsletter = builders.newsletter()
    through_news = builders.edition(newsletter, item, now=now)
    direct = builders.edition(newsletter, now=now, slug="direct", code="W-2", published_at=None, state="draft")
    Block.objects.create(edition=direct, kind="campaign", campaign=campaign)
    Block.objects.create(edition=direct, kind="news_item", news_item=item)
    builders.edition(newsletter, now=now, slug="other", code="W-3")
    page = chief.get(at(campaign, "overview/"))
    html = page.content.decode()
    listings = {listing.key: listing for listing in page.context["listings"]}
    assert [row.state for row in listings["items"].page.object_list] == ["in review"]
    assert {row.url for row in listings["editions"].page.object_list} == {
        reverse("admin:newsletter_edition_change", args=[each.pk]) for each in (through_news, direct)
    }
    assert "sent " in html
    assert "source of " in html


def test_its_page_shows_each_person_only_what_they_may_see(staff: Callable[..., Client], campaign: Campaign) -> None:
    page = staff("campaigns.view_campaign").get(at(campaign, "overview/"))
    assert page.context["listings"] == []


@pytest.mark.parametrize("page", PAGES)
def test_without_permission_its_pages_are_closed(
    staff: Callable[..., Client], client: Client, campaign: Campaign, page: str
) -> None:
    assert staff("campaigns.view_newsitem").get(at(campaign, page)).status_code == 403
    assert client.get(at(campaign, page)).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_its_pages_answer_who_may_look(staff: Callable[..., Client], campaign: Campaign, page: str) -> None:
    assert staff("campaigns.view_campaign").get(at(campaign, page)).status_code == 200


@pytest.mark.parametrize(
    "page", ["kit/card/round/?language=en", "kit/card/wide/?language=xx", "kit/poster/", "kit/99/", "kit/card/wide/"]
)
def test_what_is_not_there_is_not_found(chief: Client, campaign: Campaign, page: str) -> None:
    assert chief.get(at(campaign, page)).status_code == 404


def test_rubbish_in_the_address_shows_the_first_page(chief: Client, campaign: Campaign) -> None:
    for query in ("overview/?items=x&editions=-3", "kit/?language=xx", "kit/?language="):
        assert chief.get(at(campaign, query)).status_code == 200


def test_a_page_of_ten_thousand_items_costs_few_queries(
    chief: Client, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    source = builders.news_item(now=timezone.now()).source
    facts = {"source": source, "source_url": "https://example.org/", "source_date": timezone.localdate()}
    items = NewsItem.objects.bulk_create((NewsItem(slug=f"i-{n}", **facts) for n in range(10_000)), batch_size=2_000)
    campaign.news_items.add(*items)
    NewsItemText.objects.bulk_create(
        (NewsItemText(news_item=item, language="en", title="T", lead="L") for item in items), batch_size=2_000
    )
    with django_assert_max_num_queries(24):
        page = chief.get(at(campaign, "overview/?items=200"))
    assert page.context["listings"][0].page.number == 200
    assert "Page 200 of 400" in page.content.decode()
    with django_assert_max_num_queries(40):
        assert chief.get(at(campaign)).status_code == 200


def test_the_form_costs_the_same_with_any_number_of_belongings(
    chief: Client, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        campaign.phases.create(first_day=campaign.launched_on, last_day=campaign.launched_on, order=number)
        campaign.materials.create(url="https://example.org/", order=number).texts.create(language="en", title="T")
        campaign.partners.create(name="P", order=number)
    with django_assert_max_num_queries(40):
        assert chief.get(at(campaign)).status_code == 200


def test_a_kit_is_made_by_a_button_and_fetched_again(chief: Client, campaign: Campaign) -> None:
    assert "Make version 1" in chief.get(at(campaign, "kit/?language=en")).content.decode()
    assert chief.get(at(campaign, "kit/make/")).status_code == 405
    page = chief.post(at(campaign, "kit/make/"), {"language": "en"}, follow=True)
    assert "Version 1 is made." in page.content.decode()
    assert "Make version" not in page.content.decode()
    version = KitVersion.objects.get()
    assert version.made_by.username == "chief"  # type: ignore[union-attr]
    answer = chief.get(at(campaign, f"kit/{version.pk}/"))
    assert hashlib.sha256(b"".join(answer)).hexdigest() == version.sha256
    assert answer["Content-Disposition"] == 'attachment; filename="sayno-en-1.zip"'
    page = chief.post(at(campaign, "kit/make/"), {"language": "en"}, follow=True)
    assert "Nothing has changed since version 1" in page.content.decode()
    campaign.texts.update(public_name="Say NO")
    assert "Make version 2" in chief.get(at(campaign, "kit/?language=en")).content.decode()
    version.file.storage.delete(str(version.file.name))
    assert chief.get(at(campaign, f"kit/{version.pk}/")).status_code == 404


def test_a_kit_that_cannot_be_made_says_why(chief: Client, campaign: Campaign) -> None:
    Campaign.objects.update(state=State.DRAFT)
    assert "approved first" in chief.get(at(campaign, "kit/?language=en")).content.decode()
    page = chief.post(at(campaign, "kit/make/"), {"language": "en"}, follow=True)
    assert "approved first" in page.content.decode()
    assert not KitVersion.objects.exists()


def test_a_language_without_words_has_no_kit(chief: Client, campaign: Campaign) -> None:
    campaign.texts.filter(language="pl").delete()
    assert "no words in this language" in chief.get(at(campaign, "kit/?language=pl")).content.decode()
    assert chief.get(at(campaign, "kit/")).context["language"] == "en"
    campaign.texts.all().delete()
    assert chief.get(at(campaign, "kit/")).status_code == 200


def test_who_may_only_look_makes_no_kit(staff: Callable[..., Client], campaign: Campaign) -> None:
    looker = staff("campaigns.view_campaign")
    assert looker.post(at(campaign, "kit/make/"), {"language": "en"}).status_code == 403
    assert "Make version" not in looker.get(at(campaign, "kit/?language=en")).content.decode()


def test_a_version_with_a_number_that_changed_is_marked(chief: Client, campaign: Campaign) -> None:
    chief.post(at(campaign, "kit/make/"), {"language": "en"})
    Helpline.objects.update(phone="112")
    assert "must be checked anew" in chief.get(at(campaign, "kit/?language=en")).content.decode()


def test_an_edition_page_has_no_campaigns_of_others(chief: Client, campaign: Campaign) -> None:
    other = builders.campaign(now=timezone.now(), slug="other")
    item = builders.news_item(now=timezone.now())
    item.campaigns.add(other)
    builders.edition(builders.newsletter(), item, now=timezone.now())
    listings = chief.get(at(campaign, "overview/")).context["listings"]
    assert [listing.page.paginator.count for listing in listings] == [0, 0]
    assert Edition.objects.exists()
