"""content.completing: what each language still lacks."""

from __future__ import annotations

from django.utils import translation

from campaigns.content.completing import in_brief, lacking
from campaigns.content.models import Campaign, Image, NewsItem


def test_a_language_without_words_is_missing_and_one_with_them_whole(draft: NewsItem) -> None:
    with translation.override("en"):
        assert (lacking(draft, "pl"), lacking(draft, "en")) == ("missing", None)
    assert in_brief(draft) == "PL – · EN ✓"


def test_a_sensitive_item_needs_its_content_note(draft: NewsItem) -> None:
    draft.sensitivity = 2
    with translation.override("en"):
        assert lacking(draft, "en") == "without its content note"
    assert in_brief(draft) == "PL – · EN !"


def test_a_picture_needs_its_description(draft: NewsItem) -> None:
    draft.image = Image.objects.create(file="images/none.png", width=1, height=1)
    with translation.override("en"):
        assert lacking(draft, "en") == "without a description of its picture"
    draft.image.texts.create(language="en", alt="")
    assert lacking(draft, "en") is None, "decorative is a description"


def test_a_campaign_is_whole_with_its_words(campaign: Campaign) -> None:
    assert lacking(campaign, "en") is None
