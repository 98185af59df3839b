"""composition.composing: one edition, two languages, each an accessible mail with a text part that says the same."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import lxml.html
import nh3
import pytest

from campaigns.content.models import Campaign, Image, NewsItem, Topic, TopicText
from campaigns.helplines.models import Helpline
from newsletter.composition.composing import compose
from newsletter.composition.measuring import faults_of
from newsletter.composition.merging import filled
from newsletter.composition.web import public_subject, web_version
from newsletter.editions.models import Block, BlockKind, BlockText, Edition, Newsletter
from tests.builders import NOON, a_news_item, an_edition

if TYPE_CHECKING:
    from newsletter.composition.message import Message

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
LANGUAGES = ["pl", "en"]
TAGS_OF_A_MAIL = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3", "h4",
    "a", "strong", "em", "br", "img", "ul", "ol", "li", "blockquote", "span",
}  # fmt: skip


def composed(language: str, *, sensitive: bool = True) -> Message:
    return compose(edition=an_edition(sensitive=sensitive), language=language, today=TODAY)


def tree_of(message: Message) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(as_read(message.html))


def as_read(text: str) -> str:
    return filled(text, lambda slot: slot.fallback or f"https://example.org/{slot.field}")


def visible_words(message: Message) -> list[str]:
    tree = tree_of(message)
    for hidden in tree.xpath("//head | //comment() | //div[contains(@class, 'preheader')]"):
        hidden.getparent().remove(hidden)
    return re.findall(r"\w+", " ".join(tree.itertext()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_rows_give_the_same_bytes(language: str) -> None:
    edition = an_edition(sensitive=True)
    first = compose(edition=edition, language=language, today=TODAY)
    again = compose(edition=Edition.objects.get(pk=edition.pk), language=language, today=TODAY)
    assert (first.digest, first.html, first.text) == (again.digest, again.html, again.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_part_says_what_the_html_shows(language: str) -> None:
    message = composed(language)
    words, said = visible_words(message), set(re.findall(r"\w+", as_read(message.text)))
    assert sum(word in said for word in words) / len(words) >= 0.98


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_hold_the_same_links(language: str) -> None:
    message = composed(language)
    linked = {link for link in tree_of(message).xpath("//a/@href") if not link.startswith("tel:")}
    assert set(re.findall(r"https?://[^\s)]+", as_read(message.text))) == linked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_part_is_plain_and_narrow(language: str) -> None:
    text = as_read(composed(language).text)
    assert not re.search(r"&(amp|lt|gt|quot|nbsp|#\d+);|</?(p|a|td|strong|br)\b|[\u200b\u200c\u200d]", text)
    assert all(len(line) <= 78 or "://" in line for line in text.split("\n"))


def test_language_and_direction_stand_outside_and_inside_the_body() -> None:
    tree = tree_of(composed("pl"))
    for element in (tree, tree.xpath("//body/div")[0]):
        assert (element.get("lang"), element.get("dir")) == ("pl", "ltr")


def test_tables_are_for_layout_and_headings_skip_no_level() -> None:
    tree = tree_of(composed("en"))
    assert {table.get("role") for table in tree.iter("table")} == {"presentation"}
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert tree.findtext(".//title")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_link_lead_to_one_place(language: str) -> None:
    targets: dict[str, set[str]] = {}
    for link in tree_of(composed(language)).iter("a"):
        targets.setdefault(" ".join(link.text_content().split()), set()).add(link.get("href"))
    assert all(len(urls) == 1 for urls in targets.values()), targets
    assert "" not in targets


def test_a_mail_holds_no_active_or_foreign_thing() -> None:
    html = composed("pl").html
    assert {element.tag for element in lxml.html.document_fromstring(html).iter("*")} <= TAGS_OF_A_MAIL
    assert not re.search(r"javascript:|data:image|@import|url\(|<link\b| on\w+=", html, re.IGNORECASE)
    assert nh3.is_html(html)


def test_a_mail_of_five_blocks_is_far_below_the_clip_and_shows_the_ways_out() -> None:
    message = composed("pl")
    assert len(message.html.encode()) < 40_000
    assert not list(faults_of(message))


def test_helplines_come_before_the_link_of_a_sensitive_item_in_both_parts() -> None:
    message = composed("en")
    link = next(url for url in message.links if "news/net-2026-11-2" in url)
    for part in (message.html, message.text):
        assert 0 < part.index("116 111") < part.index(link)


def test_a_content_note_stands_before_the_sensitive_text() -> None:
    text = composed("en").text
    assert text.index("This text is hard to read.") < text.index("Amber light: net-2026-11-2")


def test_a_campaigns_content_note_stands_before_its_headline_when_it_is_sensitive() -> None:
    edition = an_edition()
    subject = Campaign.objects.create(
        slug="threats", owner="x", official_url="https://example.org/", launched_on=TODAY, sensitivity=2
    )
    subject.texts.create(language="en", name="x", headline="Say NO", message="x", content_note="It speaks of threats.")
    Block.objects.create(edition=edition, position=7, kind=BlockKind.CAMPAIGN, campaign=subject)
    message = compose(edition=Edition.objects.get(pk=edition.pk), language="en", today=TODAY)
    for part in (message.html, message.text):
        assert 0 < part.index("It speaks of threats.") < part.index("Say NO")
    Campaign.objects.update(sensitivity=1)
    message = compose(edition=Edition.objects.get(pk=edition.pk), language="en", today=TODAY)
    assert "It speaks of threats." not in message.html + message.text


def test_help_links_are_the_directorys_to_the_byte() -> None:
    links = composed("pl").links
    assert {Helpline.objects.get().web_url, "tel:116111"} <= set(links)


def test_the_help_block_says_hours_cost_and_languages_in_both_parts_and_never_now() -> None:
    edition = an_edition(sensitive=True)
    Helpline.objects.update(
        charge="free", round_the_clock=True, on_holidays="same", chat_url="https://chat.example.org/?a=1&b=2"
    )
    for text in Helpline.objects.get().texts.all():
        text.accessibility = "Czat & SMS"
        text.save()
    english = compose(edition=edition, language="en", today=TODAY)
    for part in (english.html.replace("&amp;", "&"), english.text):
        flat = " ".join(part.split())
        assert "Day and night, also on public holidays; 24/7; free of charge" in flat
        assert "They answer in: Polish" in flat
        assert "Czat & SMS" in flat
        assert "pen now" not in flat
    assert "https://chat.example.org/?a=1&b=2" in english.links
    polish = compose(edition=edition, language="pl", today=TODAY)
    assert "Języki rozmowy" not in polish.html + polish.text


def test_an_overdue_helpline_is_not_printed() -> None:
    edition = an_edition(sensitive=True)
    Helpline.objects.update(verified_on="2025-01-01", review_by="2025-06-01")
    message = compose(edition=edition, language="pl", today=TODAY)
    assert "116 111" not in message.html + message.text


def test_words_of_an_editor_are_never_a_template() -> None:
    edition = an_edition()
    block = Block.objects.create(edition=edition, position=3, kind=BlockKind.TEXT)
    BlockText.objects.create(
        block=block,
        language="pl",
        heading="{{ edition.pk }} <b>",
        body="<p>{% now 'Y' %} ${x} {0}</p><script>x</script>",
    )
    message = compose(edition=edition, language="pl", today=TODAY)
    assert "{{ edition.pk }} &lt;b&gt;" in message.html
    assert "{% now 'Y' %} ${x} {0}" in message.html
    assert "{{ edition.pk }} <b>" in message.text
    assert "<script" not in message.html


def test_a_block_without_words_in_a_language_leaves_no_empty_frame() -> None:
    edition = an_edition()
    whole = compose(edition=edition, language="pl", today=TODAY)
    for position, kind in enumerate((BlockKind.TEXT, BlockKind.BUTTON, BlockKind.CAMPAIGN)):
        campaign = Campaign.objects.create(
            slug=f"silent-{position}", owner="x", official_url="https://example.org/", launched_on=TODAY
        )
        Block.objects.create(
            edition=edition, position=20 + position, kind=kind, url="https://example.org/", campaign=campaign
        )
    again = compose(edition=Edition.objects.get(pk=edition.pk), language="pl", today=TODAY)
    assert (again.html, again.text) == (whole.html, whole.text)


def test_a_topic_without_words_in_a_language_gives_way_to_the_next() -> None:
    edition = an_edition()
    TopicText.objects.filter(language="en").delete()
    second = Topic.objects.create(slug="second")
    NewsItem.objects.get().topics.add(second)
    assert "SMS" not in composed_again(edition, "en").text
    TopicText.objects.create(topic=second, language="en", name="Second topic")
    assert "Second topic" in composed_again(edition, "en").html


def test_the_archive_calls_an_edition_by_its_subject_without_anybodys_name() -> None:
    edition = an_edition()
    edition.texts.filter(language="en").update(subject="[[first_name|Hello]], news for November")
    assert public_subject(message=composed_again(edition, "en")) == "Hello, news for November"


def composed_again(edition: Edition, language: str) -> Message:
    return compose(edition=Edition.objects.get(pk=edition.pk), language=language, today=TODAY)


def test_a_picture_may_be_a_link_and_a_newsletter_may_have_a_logo() -> None:
    edition = an_edition()
    picture = Image.objects.create(file="images/x.png", width=1000, height=500, credit="Ewa")
    picture.texts.create(language="pl", alt="Żółty znak")
    Block.objects.create(
        edition=edition, position=3, kind=BlockKind.IMAGE, image=picture, url="https://example.org/big"
    )
    Newsletter.objects.update(logo=picture)
    NewsItem.objects.update(image=picture)
    message = compose(edition=Edition.objects.get(pk=edition.pk), language="pl", today=TODAY)
    sizes = [(img.get("width"), img.get("height"), img.get("alt")) for img in tree_of(message).iter("img")]
    assert sizes == [("80", "40", ""), ("536", "268", "Żółty znak"), ("536", "268", "Żółty znak")]
    assert tree_of(message).xpath("//a[@href='https://example.org/big']/img")
    assert "Żółty znak" in message.text
    assert "https://example.org/big" in message.text


def test_two_sources_of_one_day_are_told_apart_by_their_pages() -> None:
    edition = an_edition()
    for name in ("one", "two"):
        item = a_news_item(name)
        NewsItem.objects.filter(pk=item.pk).update(source_url=f"https://www.cert.example.org/{name}/")
        Block.objects.create(edition=edition, position=3, kind=BlockKind.NEWS_ITEM, news_item=item)
    text = compose(edition=Edition.objects.get(pk=edition.pk), language="en", today=TODAY).text
    assert "CERT Example, 16 November 2026 (cert.example.org/one)." in text.replace("\n", ". ").replace("..", ".")
    assert "(cert.example.org/two)" in text


def test_a_right_to_left_language_is_set_from_right_to_left() -> None:
    html = compose(edition=an_edition(), language="ar", today=TODAY).html
    assert html.count('dir="rtl"') == 2
    assert "text-align:right" in html


def test_two_readers_copies_differ_only_in_their_slots() -> None:
    assert len(re.findall(r"zqslot0unsubscribeurl00qz", composed("pl").html)) == 1


def test_the_web_version_holds_nobodys_link_and_asks_not_to_be_indexed() -> None:
    page = web_version(message=composed("pl"))
    assert "zqslot" not in page
    assert "Dzień dobry" in page
    assert page.count("/pl/my-link/") == 2
    assert '<meta name="robots" content="noindex">' in page


def test_the_preheader_comes_first_and_is_repeated_for_everybody_to_see() -> None:
    message = composed("pl")
    assert message.html.count(message.preheader) == 2
    assert message.preheader.split(",")[0] in message.text
