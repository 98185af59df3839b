from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.content.models import (
    Article,
    ArticleFigure,
    NewsItem,
    NewsItemText,
    ScamExample,
    ScamExampleText,
    Source,
    Topic,
    TopicText,
)
from campaigns.helplines.models import Helpline, HelplineText
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.composition.message import Message
from newsletter.delivery.models import Delivery, Mailing, MailingState
from newsletter.editions.models import Block, Edition, EditionText, Newsletter, NewsletterText

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

ROWS = 200
MOST_QUERIES = 16
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
LANGUAGES = ["pl", "en"]


def with_texts(rows: list[Any], text: Any, owner: str, **words: str) -> list[Any]:
    text.objects.bulk_create(text(**{owner: row}, language=code, **words) for row in rows for code in LANGUAGES)
    return rows


@pytest.fixture
def content() -> list[NewsItem]:
    source = Source.objects.create(name="CERT", website="https://cert.pl/")
    topics = Topic.objects.bulk_create(Topic(slug=f"topic-{n}") for n in range(ROWS))
    with_texts(topics, TopicText, "topic", name="T")
    facts = {"source": source, "source_url": "https://cert.pl/", "source_date": NOW.date()}
    items = NewsItem.objects.bulk_create(NewsItem(slug=f"item-{n}", **facts) for n in range(ROWS))
    lines = Helpline.objects.bulk_create(
        Helpline(
            slug=f"line-{n}", country="PL", kind="help", spoken_languages="pl", phone="112", source_url="https://a.pl"
        )
        for n in range(ROWS)
    )
    with_texts(lines, HelplineText, "helpline", name="H")
    examples = ScamExample.objects.bulk_create(
        ScamExample(slug=f"s-{n}", channel="sms", source=source) for n in range(ROWS)
    )
    with_texts(examples, ScamExampleText, "scam_example", title="S", words="W", how_to_tell="H")
    return with_texts(items, NewsItemText, "news_item", title="N", lead="L")


@pytest.fixture
def newsletters() -> list[Newsletter]:
    rows = Newsletter.objects.bulk_create(
        Newsletter(slug=f"n-{n}", sender_email="wici@example.org", reply_to="r@example.org", languages=LANGUAGES)
        for n in range(ROWS)
    )
    return with_texts(rows, NewsletterText, "newsletter", name="N")


@pytest.fixture
def editions(newsletters: list[Newsletter]) -> list[Edition]:
    rows = Edition.objects.bulk_create(
        Edition(newsletter=each, slug=f"e-{each.pk}", code=f"E-{each.pk}", dated=NOW.date()) for each in newsletters
    )
    return with_texts(rows, EditionText, "edition", subject="S", preheader="P")


@pytest.fixture
def people(newsletters: list[Newsletter]) -> list[Subscriber]:
    rows = Subscriber.objects.bulk_create(
        Subscriber(address=f"p{n}@example.org", address_key=f"p{n}@example.org", language="pl", created_at=NOW)
        for n in range(ROWS)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=row, newsletter=newsletters[n], state="active", asked_at=NOW, confirmed_at=NOW)
        for n, row in enumerate(rows)
    )
    ConsentEvent.objects.bulk_create(
        ConsentEvent(subscriber=row, newsletter=newsletters[n], kind="given", at=NOW, method="form")
        for n, row in enumerate(rows)
    )
    Suppression.objects.bulk_create(Suppression(fingerprint=f"{n:064d}", reason="bounced", at=NOW) for n in range(ROWS))
    return rows


@pytest.fixture
def mailings(editions: list[Edition], people: list[Subscriber]) -> list[Mailing]:
    rows = Mailing.objects.bulk_create(
        Mailing(edition=each, state=MailingState.FINISHED, unknown_policy="hold", due_at=NOW, created_at=NOW)
        for each in editions
    )
    message = Message.objects.create(edition=editions[0], language="pl", subject="S", digest="d")
    Delivery.objects.bulk_create(
        Delivery(mailing=rows[n], subscriber=each, message=message, state="sent", due_at=NOW)
        for n, each in enumerate(people)
    )
    return rows


@pytest.mark.usefixtures("content", "mailings")
@pytest.mark.parametrize(
    "page",
    [
        "campaigns/newsitem",
        "campaigns/helpline",
        "campaigns/topic",
        "campaigns/scamexample",
        "newsletter/newsletter",
        "newsletter/edition",
        "newsletter/subscriber",
        "newsletter/consentevent",
        "newsletter/suppression",
        "newsletter/mailing",
        "newsletter/delivery",
    ],
)
def test_a_list_of_two_hundred_costs_few_queries(chief: Client, page: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert chief.get(f"/admin/{page}/", {"all": ""}).status_code == 200


@pytest.mark.usefixtures("content", "mailings")
def test_the_overview_costs_few_queries(chief: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2 * MOST_QUERIES):
        assert chief.get("/admin/").status_code == 200


def test_the_page_of_a_long_article_costs_few_queries(
    chief: Client, content: list[NewsItem], django_assert_max_num_queries: Any
) -> None:
    article = Article.objects.create(news_item=content[0], language="pl", words="14", brought_at=NOW)
    ArticleFigure.objects.bulk_create(
        ArticleFigure(article=article, position=n, kind="number", found="14", value="14", sentence="14", checked_at=NOW)
        for n in range(ROWS)
    )
    with django_assert_max_num_queries(2 * MOST_QUERIES):
        assert chief.get(f"/admin/campaigns/newsitem/{content[0].pk}/change/").status_code == 200


def test_the_form_of_an_edition_costs_the_same_with_any_number_of_blocks(
    chief: Client, content: list[NewsItem], editions: list[Edition], django_assert_max_num_queries: Any
) -> None:
    Block.objects.bulk_create(
        Block(edition=editions[0], position=n, kind="news_item", news_item=each) for n, each in enumerate(content[:40])
    )
    with django_assert_max_num_queries(2 * MOST_QUERIES):
        assert chief.get(f"/admin/newsletter/edition/{editions[0].pk}/change/").status_code == 200
