"""A scam example in an edition: no address of it opens, in neither part, and nobody sends one that was not checked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import lxml.html
import pytest

from campaigns.content.models import NewsItem, ScamExample, ScamExampleText, Source
from newsletter.composition.composing import compose
from newsletter.composition.preflight import findings_for
from newsletter.editions.models import Block, BlockKind, Edition
from tests.builders import NOON, a_news_item, an_edition
from tests.properties.test_defanging import LINKIFIERS

if TYPE_CHECKING:
    from django.test import Client

    from newsletter.composition.message import Message

pytestmark = pytest.mark.django_db
TRAPS = "Zaloguj: https://раypal.com/x?a=1 lub www.evil.example, bok@evil.example, +48 700 123 456, http://10.0.0.1, bit.ly/a\n[[first_name]] <b>x</b>"


def an_example(slug: str = "parcel", *, checked: bool = True) -> ScamExample:
    source, _new = Source.objects.get_or_create(name="CERT Example", defaults={"website": "https://cert.example.org/"})
    example = ScamExample.objects.create(
        slug=slug, channel="sms", checked_on=NOON.date() if checked else None, source=source
    )
    for language in ("pl", "en"):
        ScamExampleText.objects.create(
            scam_example=example, language=language, title="Paczka z evil.example", sender="bok@evil.example", words=TRAPS,
            words_language="uk", how_to_tell="Nie evil.example.",
        )  # fmt: skip
    return example


@pytest.fixture
def edition() -> Edition:
    return an_edition()


def with_block(edition: Edition, example: ScamExample) -> Message:
    Block.objects.create(edition=edition, position=3, kind=BlockKind.SCAM_EXAMPLE, scam_example=example)
    return compose(edition=Edition.objects.get(pk=edition.pk), language="pl", today=NOON.date())


def test_nothing_in_either_part_can_be_opened(edition: Edition) -> None:
    before = compose(edition=edition, language="pl", today=NOON.date())
    message = with_block(edition, an_example())
    added = set(message.links) - set(before.links)
    assert added == {"https://cert.example.org/"}
    block = lxml.html.document_fromstring(message.html).xpath("//td[contains(@class, 'scam')]")[0]
    (quotation,) = block.xpath(".//blockquote")
    assert quotation.get("lang") == "uk"
    start = (
        message.text.index("[Przykład oszustwa")
        if "[Przykład oszustwa" in message.text
        else message.text.index("[Example of a scam")
    )
    said = message.text[start : message.text.index("https://cert.example.org/", start)]
    for words in [*block.itertext(), *said.split("\n")]:
        assert [name for name, rule in LINKIFIERS.items() if rule.search(words)] == [], words
    assert "[[first_name]] <b>x</b>" in quotation.text_content()
    assert "evil" not in message.preheader


def test_one_that_nobody_checked_stops_the_edition(edition: Edition) -> None:
    with_block(edition, an_example(checked=False))
    found = [finding for finding in findings_for(edition=Edition.objects.get(), now=NOON) if finding.blocking]
    assert [finding.rule for finding in found] == ["unchecked-example"]
    ScamExample.objects.update(checked_on=NOON.date())
    assert not [finding for finding in findings_for(edition=Edition.objects.get(), now=NOON) if finding.blocking]


def test_one_without_words_in_a_language_stops_the_edition_and_leaves_no_empty_frame(edition: Edition) -> None:
    example = an_example()
    example.texts.filter(language="pl").delete()
    message = with_block(edition, example)
    assert "scam-words" not in message.html.split("</style>")[-1]
    assert "variant-missing" in {finding.rule for finding in findings_for(edition=Edition.objects.get(), now=NOON)}


def test_a_legacy_term_in_a_quoted_scam_does_not_block_but_one_in_our_words_does(edition: Edition) -> None:
    example = an_example()
    example.texts.filter(language="pl").update(words="pornografia dziecięca")
    with_block(edition, example)
    assert not [finding for finding in findings_for(edition=Edition.objects.get(), now=NOON) if finding.blocking]
    example.texts.filter(language="pl").update(how_to_tell="pornografia dziecięca")
    assert "legacy-term" in {finding.rule for finding in findings_for(edition=Edition.objects.get(), now=NOON)}


def test_an_items_page_shows_its_checked_examples_and_no_others(client: Client) -> None:
    item: NewsItem = a_news_item()
    item.scam_examples.set([an_example(), an_example("unchecked", checked=False)])
    ScamExample.objects.filter(slug="parcel").update(seen_on=dt.date(2026, 11, 2))
    page = client.get(f"/pl/news/{item.slug}/", headers={"accept-language": "pl"})
    if page.status_code != 200:
        page = client.get(f"/pl/aktualnosci/{item.slug}/")
    tree = lxml.html.document_fromstring(page.content.decode())
    (shown,) = tree.xpath("//section[@class='scam']")
    assert [link.get("href") for link in shown.xpath(".//a")] == ["https://cert.example.org/"]
    assert shown.xpath(".//blockquote/@lang") == ["uk"]
    assert tree.xpath("//meta[@name='format-detection']")
