"""The page where an article is brought in, and the check list beside the draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.content.articles.reading import MOST_BYTES
from campaigns.content.models import Article, ArticleFigure, NewsItem, Source, State
from tests.integration.admin.filled import filled
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED
from tests.unit.content.articles.word_file import document, paragraph, run, word_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/admin/campaigns/newsitem/bring-in/"
EUROPOL = "https://www.europol.europa.eu/newsroom/x"


@pytest.fixture(autouse=True)
def source() -> Source:
    return Source.objects.create(name="Europol", website="https://www.europol.europa.eu/")


def sent(client: Client, **fields: Any) -> Any:
    return client.post(PAGE, {"words": "", "source_url": EUROPOL, **fields})


def test_a_pasted_article_leads_to_its_draft_with_the_check_list(chief: Client) -> None:
    answer = sent(chief, words=SHAPED_LIKE_THE_SEED)
    item = NewsItem.objects.get()
    assert answer["Location"] == reverse("admin:campaigns_newsitem_change", args=[item.pk])
    assert (item.source.name, item.state, item.texts.get().language) == ("Europol", State.DRAFT, "pl")
    page = chief.get(answer["Location"]).content.decode()
    assert "Compare with the original" in page
    assert "16–20 November 2020" in page
    assert page.count('name="figure"') == 10
    assert "The original says “pornografia dziecięca”" in page


def test_what_is_missing_is_asked_at_its_field_and_nothing_is_lost(chief: Client) -> None:
    page = sent(chief, file=SimpleUploadedFile("a.txt", SHAPED_LIKE_THE_SEED.encode("cp1250")), source_url="")
    assert set(page.context["form"].errors) == {"source_url", "source"}
    shown = page.content.decode()
    assert "Francja: żandarmi zatrzymali" in shown
    kept = page.context["form"]["kept"].value()
    answer = sent(
        chief, kept=kept, source_date=page.context["form"]["source_date"].value(), language="pl", new_source="Policja"
    )
    item = NewsItem.objects.select_related("source").get()
    assert answer.status_code == 302
    assert (item.source.name, item.source_date.isoformat()) == ("Policja", "2020-11-20")
    assert Article.objects.get().file_name == "a.txt"


def test_what_was_read_once_survives_a_second_omission(chief: Client) -> None:
    page = sent(chief, file=SimpleUploadedFile("a.txt", SHAPED_LIKE_THE_SEED.encode()), source_url="")
    page = sent(chief, kept=page.context["form"]["kept"].value(), source_url="no address", source_date="2020-11-20")
    assert "source_url" in page.context["form"].errors
    assert "Francja: żandarmi" in page.content.decode()
    assert sent(chief, kept=page.context["form"]["kept"].value(), source_date="2020-11-20").status_code == 302


def test_whoever_pastes_and_chooses_a_file_is_asked_which_and_loses_neither(chief: Client) -> None:
    both = {"words": "Tytuł wklejony tutaj\n\nTekst, który jest wklejony.", "source_date": "2026-11-02"}
    page = sent(chief, file=SimpleUploadedFile("a.txt", SHAPED_LIKE_THE_SEED.encode()), **both)
    form = page.context["form"]
    assert "Empty this field" in form.errors["words"][0]
    assert form["words"].value() == both["words"]
    assert "Read from a.txt" in page.content.decode()
    sent(chief, **both | {"words": "", "kept": form["kept"].value()})
    sent(chief, **both | {"kept": form["kept"].value()})
    titles = set(NewsItem.objects.values_list("texts__title", flat=True))
    assert {title[:14] for title in titles} == {"Francja: żanda", "Tytuł wklejony"}


def test_a_word_file_is_read_whatever_it_is_called(chief: Client) -> None:
    content = word_file(
        document(paragraph(run("Tytuł tego artykułu")), paragraph(run("To jest tekst, który ma się nadać.")))
    )
    assert sent(chief, file=SimpleUploadedFile("x.txt", content), source_date="2026-11-02").status_code == 302
    assert NewsItem.objects.get().texts.get().title == "Tytuł tego artykułu"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.txt", b"\x89PNG\r\n"),
        ("empty.txt", b""),
        ("big.txt", b"x" * (MOST_BYTES + 1)),
    ],
    ids=["locked", "picture", "empty", "huge"],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(chief: Client, name: str, content: bytes) -> None:
    page = sent(chief, file=SimpleUploadedFile(name, content), new_source="Policja")
    assert page.status_code == 200
    assert page.context["form"].errors["file"][0].endswith(".")
    assert page.context["form"]["new_source"].value() == "Policja"
    assert not NewsItem.objects.exists()


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"title": "x"}', "null"])
def test_nothing_at_all_is_told_at_the_first_field(chief: Client, kept: str) -> None:
    assert "There are no words in it." in sent(chief, kept=kept).context["form"].errors["words"][0]


def test_an_unknown_language_and_a_day_to_come_are_told(chief: Client) -> None:
    page = sent(chief, words="Lorem ipsum dolor sit amet.", source_date="2999-01-01")
    assert set(page.context["form"].errors) == {"language", "source_date"}
    later = sent(chief, words="Spotkanie, które się odbędzie, jest 1 maja 2999 r. w mieście.")
    assert "source_date" in later.context["form"].errors
    wrong = sent(chief, words="x", source_date="31.31.2026", source="999", kind="klingon")
    assert {"source_date", "source", "kind"} <= set(wrong.context["form"].errors)


def test_the_list_leads_there_and_whoever_may_not_add_is_kept_out(chief: Client, staff: Callable[..., Client]) -> None:
    assert PAGE in chief.get("/admin/campaigns/newsitem/to-bring-in").headers.get("Location", "") or re.search(
        r"to-bring-in", chief.get("/admin/campaigns/newsitem/").content.decode()
    )
    assert chief.get("/admin/campaigns/newsitem/to-bring-in", follow=True).redirect_chain[-1][0] == PAGE
    reader = staff("campaigns.view_newsitem")
    assert reader.get(PAGE).status_code == 403
    assert reader.post(PAGE, {"words": "x"}).status_code == 403
    assert "to-bring-in" not in reader.get("/admin/campaigns/newsitem/").content.decode()


def test_ticks_are_saved_with_the_form_and_show_whose_they_are(chief: Client) -> None:
    sent(chief, words=SHAPED_LIKE_THE_SEED)
    item = NewsItem.objects.get()
    url = reverse("admin:campaigns_newsitem_change", args=[item.pk])
    first, second = ArticleFigure.objects.order_by("position")[:2]
    chief.post(
        url, filled(chief, url, check_list="1", figure=[str(first.pk), "rubbish"], lead_pl="Zatrzymano 41 osób.")
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.checked_by and first.checked_by.username, second.checked_by) == ("chief", None)
    page = chief.get(url).content.decode()
    assert "Checked by chief" in page
    assert "Not in the original (Polish)" in page
    assert "1 of 10 figures are checked" in page


def test_a_form_that_shows_no_check_list_takes_no_tick_away(chief: Client) -> None:
    sent(chief, words=SHAPED_LIKE_THE_SEED)
    ArticleFigure.objects.update(checked_at="2026-11-23T09:00Z")
    url = reverse("admin:campaigns_newsitem_change", args=[NewsItem.objects.get().pk])
    chief.post(url, filled(chief, url))
    assert not ArticleFigure.objects.filter(checked_at=None).exists()


def test_who_only_reads_sees_the_check_list_and_cannot_tick(chief: Client, staff: Callable[..., Client]) -> None:
    sent(chief, words=SHAPED_LIKE_THE_SEED)
    url = reverse("admin:campaigns_newsitem_change", args=[NewsItem.objects.get().pk])
    reader = staff("campaigns.view_newsitem")
    assert reader.get(url).content.decode().count("disabled>") >= 10
    reader.post(url, {"check_list": "1", "figure": [str(ArticleFigure.objects.all()[0].pk)]})
    assert not ArticleFigure.objects.exclude(checked_at=None).exists()
