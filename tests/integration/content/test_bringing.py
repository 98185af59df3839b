"""content.articles.bringing and content.checking: a draft, its original, and who compared what."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from campaigns.content import approving, checking
from campaigns.content.articles import bringing
from campaigns.content.articles.reading import MOST_CHARACTERS, ArticleRefusedError
from campaigns.content.articles.sources import known_source, source_named
from campaigns.content.models import ArticleFigure, NewsItem, Source, State
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture
def source() -> Source:
    return Source.objects.create(name="Europol", website="https://www.europol.europa.eu/")


@pytest.fixture
def chief() -> User:
    return User.objects.create_user("chief")


@pytest.fixture
def item(source: Source, chief: User) -> NewsItem:
    draft = replace(bringing.read_words(SHAPED_LIKE_THE_SEED), url="https://www.europol.europa.eu/x")
    return bringing.bring_in(draft=draft, source=source, by=chief, now=NOW, file_name="horus.txt")


def test_an_article_becomes_a_draft_with_a_neutral_address_and_its_original_beside_it(
    item: NewsItem, chief: User
) -> None:
    assert (item.state, item.slug, item.source_date) == (State.DRAFT, "news-2020-11-20", dt.date(2020, 11, 20))
    text = item.texts.get()
    assert (text.language, text.title[:8], text.lead[:8], text.body[:5]) == ("pl", "Francja:", "Operacja", "<p>Ża")
    assert item.article.words.splitlines()[0] == "Bezpieczny-2-Link"
    assert (item.article.brought_by, item.article.brought_at, str(item.article)) == (chief, NOW, "horus.txt")
    assert item.revisions.count() == 1


def test_its_figures_wait_to_be_checked(item: NewsItem) -> None:
    found = checking.check_list(item)
    assert found is not None
    assert [line.meant for line in found.lines if line.meant]
    assert {str(line.row): line.row.value for line in found.lines}["ośmiu"] == "8"
    assert (found.checked, len(found.lines)) == (0, 10)
    assert [term.found for term in found.terms] == ["pornografia dziecięca"]
    assert found.has_terms
    assert all(line.before + line.row.found + line.after == line.row.sentence for line in found.lines)


def test_a_second_article_of_the_same_day_gets_an_address_of_its_own(item: NewsItem, source: Source) -> None:
    draft = replace(bringing.read_words(SHAPED_LIKE_THE_SEED), url="https://a.pl", dated=item.source_date)
    slugs = [bringing.bring_in(draft=draft, source=source, by=None, now=NOW).slug for _time in range(2)]
    assert slugs == ["news-2020-11-20-2", "news-2020-11-20-3"]


def test_an_article_without_a_day_is_of_today(source: Source) -> None:
    draft = replace(bringing.read_words("Tytuł tego artykułu\n\nTekst."), language="pl", url="https://a.pl")
    assert bringing.bring_in(draft=draft, source=source, by=None, now=NOW).source_date == NOW.date()


def test_a_tick_notes_who_and_when_and_stays_theirs(item: NewsItem, chief: User) -> None:
    first, second, *_rest = ArticleFigure.objects.order_by("position")
    assert checking.tick(item=item, ticked=[first.pk], by=chief, now=NOW) == 1
    other = User.objects.create_user("other")
    assert checking.tick(item=item, ticked=[first.pk, second.pk], by=other, now=NOW + dt.timedelta(hours=1)) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.checked_by, first.checked_at, second.checked_by) == (chief, NOW, other)
    assert checking.tick(item=item, ticked=[second.pk], by=other, now=NOW) == 1
    first.refresh_from_db()
    assert (first.checked_by, first.checked_at) == (None, None)


def test_figures_of_another_item_cannot_be_ticked(item: NewsItem, source: Source, chief: User) -> None:
    draft = replace(bringing.read_words("Tytuł: 14 osób\n\nTekst o 15."), language="pl", url="https://a.pl")
    other = bringing.bring_in(draft=draft, source=source, by=None, now=NOW)
    assert checking.tick(item=item, ticked=[other.article.figures.all()[0].pk], by=chief, now=NOW) == 0


def test_what_is_gone_from_the_text_and_what_is_new_in_it_is_said(item: NewsItem, chief: User) -> None:
    item.texts.update(lead="Zatrzymano 41 osób.", title="Francja", body="<p>14 osób, ośmiu pokrzywdzonych.</p>")
    found = checking.check_list(item)
    assert found is not None
    assert [line.missing_in for line in found.lines if line.row.value == "14"] == [[], [], []]
    assert all(line.missing_in for line in found.lines if line.row.value == "1058")
    assert [figure.found for figure in found.written[0].differences.added] == ["41"]
    checking.tick(item=item, ticked=[line.row.pk for line in found.lines][:9], by=chief, now=NOW)
    with translation.override("en"):
        sentences, obstacles = checking.sentences(item), list(approving.obstacles(item))
    assert sentences[0].startswith(
        "The original has these figures, the text in Polish has not: “1,058”, “między 16 a 20"
    )
    assert sentences[1:] == ["The text in Polish has these figures, the original has not: “41”."]
    assert "Compare 1 figure with the source and tick it in the list beside the text." in obstacles


def test_a_text_that_says_the_same_and_is_checked_needs_no_sentence(item: NewsItem, chief: User) -> None:
    found = checking.check_list(item)
    assert found is not None
    checking.tick(item=item, ticked=[line.row.pk for line in found.lines], by=chief, now=NOW)
    assert checking.sentences(item) == list(checking.obstacles(item)) == []
    assert checking.sentences(NewsItem(pk=0)) == list(checking.obstacles(NewsItem(pk=0))) == []


def test_a_span_of_days_is_said_in_words_beside_how_it_is_written() -> None:
    def said(**facts: Any) -> str:
        with translation.override("en"):
            return checking.spoken(ArticleFigure(**facts))

    assert said(kind="date", found="x", value="2020-11-16/2020-11-20") == "16–20 November 2020"
    assert said(kind="date", found="x", value="2020-11-30/2020-12-02") == "30 November 2020 – 2 December 2020"
    assert said(kind="date", found="x", value="2020-11-16") == "16 November 2020"
    assert said(kind="date", found="x", value="2020-11") == ""
    assert said(kind="number", found="14", value="14") == ""


def test_the_check_list_of_a_long_article_costs_as_much_as_a_short_ones(
    item: NewsItem, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ArticleFigure.objects.bulk_create(
        ArticleFigure(article=item.article, position=100 + n, kind="number", found=str(n), value=str(n), sentence="")
        for n in range(300)
    )
    with django_assert_num_queries(3):
        checking.check_list(item)


def test_a_figure_that_is_not_in_its_sentence_is_shown_beside_it(item: NewsItem) -> None:
    ArticleFigure.objects.update(found="czternaście")
    found = checking.check_list(item)
    assert found is not None
    assert {line.before for line in found.lines} == {""}


def test_a_source_is_known_by_its_host_or_named_anew(source: Source) -> None:
    assert known_source("https://www.europol.europa.eu/x") == source
    assert known_source("https://news.europol.europa.eu/x") == source
    assert [known_source(page) for page in ("https://europa.example/x", "", "http://[", "https://localhost/x")] == [
        None
    ] * 4
    assert source_named("EUROPOL", page="https://a.pl/x") == source
    assert source_named("Policja", page="https://policja.example/x?y").website == "https://policja.example/"


def test_a_draft_that_travelled_through_a_form_is_trusted_as_little_as_a_file() -> None:
    kept = {
        "title": "T" * 200,
        "lead": "L",
        "body": "<script>x</script><p>b</p>",
        "original": "o\x00",
        "language": "xx",
        "url": "",
    }
    draft = bringing.again(kept)
    assert (len(draft.title), draft.body, draft.original, draft.language) == (160, "<p>b</p>", "o", "")
    with pytest.raises(ArticleRefusedError):
        bringing.again(kept | {"original": "x" * (2 * MOST_CHARACTERS + 1)})


def test_an_article_is_called_by_its_file_or_its_item(item: NewsItem) -> None:
    item.article.file_name = ""
    assert str(item.article) == str(item)
