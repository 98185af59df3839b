"""The demo edition, every kind of block in it: complete, the same in both parts, and small."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.html
import pytest
from django.utils import translation

from newsletter.composition.composing import compose
from newsletter.composition.merging import filled
from newsletter.composition.preflight import findings_for
from newsletter.editions.models import BlockKind, Edition
from newsletter.seeding.planting import plant
from tests.builders import NOON

if TYPE_CHECKING:
    from newsletter.composition.message import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Edition:
    """As `manage.py seed` leaves it."""
    plant(now=NOON)
    return Edition.objects.get(slug="wici-2026-11")


def as_read(text: str) -> str:
    return filled(text, lambda slot: slot.fallback or f"https://example.org/{slot.field}")


def composed(edition: Edition) -> list[Message]:
    return [compose(edition=edition, language=language, today=NOON.date()) for language in edition.newsletter.languages]


def test_it_shows_every_kind_of_block_and_nothing_is_left_to_mend(demo: Edition) -> None:
    assert set(demo.blocks.values_list("kind", flat=True)) == set(BlockKind.values)
    assert findings_for(edition=demo, now=NOON) == []


def test_both_parts_say_the_same_and_hold_the_same_links(demo: Edition) -> None:
    for message in composed(demo):
        tree = lxml.html.document_fromstring(as_read(message.html))
        links = {link for link in tree.xpath("//a/@href") if not link.startswith("tel:")}
        text = as_read(message.text)
        tree.remove(tree.head)
        words, said = re.findall(r"\w+", " ".join(tree.body.itertext("*"))), set(re.findall(r"\w+", text))
        assert sum(word in said for word in words) / len(words) >= 0.98
        assert set(re.findall(r"https?://[^\s)]+", text)) == links


def test_it_is_small_and_its_pictures_have_words_and_sizes(demo: Edition) -> None:
    for message in composed(demo):
        assert len(message.html.encode()) < 60_000
        for picture in lxml.html.document_fromstring(message.html).iter("img"):
            assert picture.get("alt")
            assert 0 < int(picture.get("width")) <= 536
            assert int(picture.get("height")) > 0
            assert picture.get("src").startswith("http://127.0.0.1:8000/media/")


def test_each_variant_is_in_its_own_language_throughout(demo: Edition) -> None:
    polish, english = composed(demo)
    with translation.override("pl"):
        unsubscribe = translation.gettext("Unsubscribe")
    assert unsubscribe in polish.text
    assert "Unsubscribe" not in polish.text
    assert unsubscribe not in english.text
