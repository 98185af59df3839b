from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow

from campaigns.content.models import Image, NewsItem, NewsItemText, Source, State
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

ADD = "/admin/campaigns/newsitem/add/"
WRITER = ["view_newsitem", "add_newsitem", "change_newsitem"]


def change_url(item: NewsItem) -> str:
    return reverse("admin:campaigns_newsitem_change", args=[item.pk])


@pytest.fixture
def item() -> NewsItem:
    source = Source.objects.create(name="CERT Polska", website="https://cert.pl/")
    written = NewsItem.objects.create(
        slug="a-new-password", source=source, source_url="https://cert.pl/passwords", source_date="2026-11-02"
    )
    NewsItemText.objects.create(news_item=written, language="en", title="A new password", lead="Choose a long one.")
    return written


def test_a_news_item_is_written_in_two_languages_in_one_form(chief: Client, item: NewsItem) -> None:
    page = chief.post(
        ADD,
        filled(
            chief,
            ADD,
            slug="long-passwords",
            source=item.source_id,
            source_url="https://cert.pl/long",
            source_date="2026-11-03",
            title_pl="Długie hasła",
            lead_pl="Cztery słowa wystarczą.",
            body_pl="<p>Zdanie <strong>ważne</strong>.</p><script>alert(1)</script>",
            title_en="Long passwords",
            lead_en="Four words will do.",
        ),
    )
    assert page.status_code == 302, page.context["errors"]
    texts = {text.language: text for text in NewsItem.objects.get(slug="long-passwords").texts.all()}
    assert texts["pl"].body == "<p>Zdanie <strong>ważne</strong>.</p>"
    assert texts["en"].title == "Long passwords"


def test_a_language_left_empty_has_no_row(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    chief.post(url, filled(chief, url, title_en="A newer password"))
    assert [(text.language, text.title) for text in item.texts.all()] == [("en", "A newer password")]


def test_a_language_emptied_loses_its_row(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    chief.post(url, filled(chief, url, title_en="", lead_en=""))
    assert not item.texts.exists()


def test_a_language_half_written_is_told_at_the_field(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    page = chief.post(url, filled(chief, url, title_pl="Nowe hasło"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors == {"lead_pl": ["Write this too, or leave the whole language empty."]}


def test_wrong_dates_and_choices_are_told_and_never_break_the_page(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    page = chief.post(url, filled(chief, url, source_date="31.31.2026", embargo_until_0="soon", source="999999"))
    assert page.status_code == 200
    assert {"source_date", "embargo_until", "source"} <= set(page.context["adminform"].form.errors)


def test_dates_that_cannot_be_are_told_and_nothing_typed_is_lost(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    page = chief.post(url, filled(chief, url, source_date=tomorrow.isoformat(), lead_en="Typed for a while."))
    assert set(page.context["adminform"].form.errors) == {"source_date"}
    assert "Typed for a while." in page.content.decode()
    page = chief.post(url, filled(chief, url, source_date="2026-11-01", valid_until="2026-10-31"))
    assert set(page.context["adminform"].form.errors) == {"valid_until"}


def test_it_goes_to_review_and_is_approved(chief: Client, item: NewsItem) -> None:
    url = change_url(item)
    chief.post(url, filled(chief, url, campaigns_newsitem_send_to_review="1"))
    item.refresh_from_db()
    assert item.state == State.IN_REVIEW
    chief.post(url, filled(chief, url, campaigns_newsitem_approve="1"))
    item.refresh_from_db()
    assert (item.state, item.checked_by and item.checked_by.username) == (State.APPROVED, "chief")


def test_words_written_together_with_approval_are_what_is_judged(chief: Client, item: NewsItem) -> None:
    item.texts.all().delete()
    url = change_url(item)
    chief.post(url, filled(chief, url, title_en="Now", lead_en="Written.", campaigns_newsitem_approve="1"))
    item.refresh_from_db()
    assert item.state == State.APPROVED


def test_without_words_it_is_saved_and_not_approved(chief: Client, item: NewsItem) -> None:
    item.texts.all().delete()
    url = change_url(item)
    page = chief.post(url, filled(chief, url, campaigns_newsitem_approve="1"), follow=True)
    item.refresh_from_db()
    assert item.state == State.DRAFT
    assert "Write it in at least one language." in page.content.decode()


def test_changing_an_approved_text_makes_it_a_draft_and_says_so(chief: Client, item: NewsItem) -> None:
    NewsItem.objects.update(state=State.APPROVED)
    url = change_url(item)
    page = chief.post(url, filled(chief, url, lead_en="Choose a longer one."), follow=True)
    item.refresh_from_db()
    assert item.state == State.DRAFT
    assert "it is a draft again" in page.content.decode()


def test_saving_an_approved_text_unchanged_leaves_it_approved(chief: Client, item: NewsItem) -> None:
    NewsItem.objects.update(state=State.APPROVED)
    url = change_url(item)
    chief.post(url, filled(chief, url))
    item.refresh_from_db()
    assert item.state == State.APPROVED


def test_who_writes_but_may_not_approve_sees_no_such_button_and_cannot_press_it(
    staff: Callable[..., Client], item: NewsItem
) -> None:
    writer = staff(*(f"campaigns.{name}" for name in WRITER), "campaigns.view_source")
    url = change_url(item)
    assert "campaigns_newsitem_approve" not in writer.get(url).content.decode()
    assert "campaigns_newsitem_send_to_review" in writer.get(url).content.decode()
    writer.post(url, filled(writer, url, campaigns_newsitem_approve="1"))
    item.refresh_from_db()
    assert item.state == State.DRAFT


def test_who_only_reads_sees_no_buttons(staff: Callable[..., Client], item: NewsItem) -> None:
    reader = staff("campaigns.view_newsitem")
    page = reader.get(change_url(item)).content.decode()
    assert 'name="_save"' not in page
    assert "campaigns_newsitem_send_to_review" not in page
    assert reader.post(change_url(item), {}).status_code == 403


def test_a_picture_is_encoded_anew_and_described_per_language(chief: Client) -> None:
    url = reverse("admin:campaigns_image_add")
    file = io.BytesIO()
    Pillow.new("RGB", (60, 40), "teal").save(file, "PNG")
    upload = SimpleUploadedFile("a night sky.png", file.getvalue(), "image/png")
    page = chief.post(url, filled(chief, url, file=upload, alt_pl="Nocne niebo", alt_en="A night sky"))
    assert page.status_code == 302, page.context["errors"]
    image = Image.objects.get()
    assert (image.width, image.height) == (60, 40)
    assert {text.language: text.alt for text in image.texts.all()} == {"pl": "Nocne niebo", "en": "A night sky"}


def test_what_is_no_picture_is_refused_with_a_sentence(chief: Client) -> None:
    url = reverse("admin:campaigns_image_add")
    upload = SimpleUploadedFile("letter.png", b"no picture", "image/png")
    page = chief.post(url, filled(chief, url, file=upload))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["file"]
