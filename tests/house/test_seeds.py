"""seeds/: what we plant keeps the rules we ask of editors (G1-G8, W6, A4, A10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from campaigns.content.markup import words_of
from campaigns.helplines.models import REVIEW_WITHIN
from campaigns.safeguarding.neutrality import telling_words
from campaigns.safeguarding.terminology import findings
from newsletter.audience.addresses import parse
from newsletter.seeding.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = read(settings.BASE_DIR / "seeds")
LANGUAGES = {"pl", "en"}
(CAMPAIGN,) = SEEDS.campaigns
(EDITION,) = SEEDS.editions
HORUS = next(item for item in SEEDS.news if item.slug == "operation-horus")
TOLD: list[Any] = [*(item for item in SEEDS.news if item is not HORUS), HORUS, CAMPAIGN]
WRITTEN: list[Any] = [*TOLD, *SEEDS.helplines, *SEEDS.scam_examples, *SEEDS.newsletters, EDITION]
SENSITIVE = {
    "pl": r"seks|wymusz|intym|przemoc|wykorzyst|krzywd|ofiar|dzieci",
    "en": r"sex|abus|extort|intimate|victim|exploit|child",
}


def texts() -> Iterator[tuple[str, str, str]]:
    """Place, language and words of everything a reader can see."""
    for owner in WRITTEN:
        for language, words in owner.texts.items():
            for name, text in words.items():
                yield f"{owner.slug}.{language}.{name}", language, words_of(text) if name == "body" else text
    for number, block in enumerate(EDITION.blocks):
        for language, words in block.texts.items():
            for name, text in words.items():
                yield f"blocks[{number}].{language}.{name}", language, words_of(text)
    for topic in SEEDS.topics:
        yield from ((topic.slug, language, name) for language, name in topic.names.items())
    for picture in SEEDS.pictures:
        yield from ((picture.name, language, alt) for language, alt in picture.alt.items())


def urls() -> list[str]:
    """Every address in the seeds."""
    facts = [
        *[source.website for source in SEEDS.sources],
        *[item.source_url for item in SEEDS.news],
        *[campaign.official_url for campaign in SEEDS.campaigns],
        *[url for entry in SEEDS.helplines for url in (entry.source_url, entry.web_url, entry.chat_url) if url],
        *[block.target for block in EDITION.blocks if block.kind == "button"],
    ]
    bodies = [words["body"] for owner in TOLD for words in owner.texts.values()]
    return facts + [href for body in bodies for href in re.findall(r'href="([^"]*)"', body)]


def test_everything_is_written_in_both_languages() -> None:
    assert [owner.slug for owner in WRITTEN if set(owner.texts) != LANGUAGES] == []
    assert all(set(topic.names) == LANGUAGES for topic in SEEDS.topics)
    assert all(set(picture.alt) == LANGUAGES for picture in SEEDS.pictures)
    assert all(set(block.texts) in (LANGUAGES, set()) for block in EDITION.blocks)


def test_no_text_holds_a_term_of_the_legacy_list() -> None:
    assert [
        (place, each.found) for place, language, text in texts() for each in findings(text, language=language)
    ] == []


def test_no_text_shouts_in_the_hashtags_company() -> None:
    assert [
        place for place, _language, text in texts() if "!" in text.replace("Powiedz NIE!", "").replace("Say NO!", "")
    ] == []


def test_the_seed_articles_facts_are_all_there_in_both_languages() -> None:
    for language, thousand in (("pl", "1058"), ("en", "1,058")):
        words = HORUS.texts[language]
        told = words["title"] + words["lead"] + words_of(words["body"])
        assert all(fact in told for fact in ["Horus", "14", "2020", thousand, "50", "C3N", "EC3", "Europol"])
    assert HORUS.source_date.isoformat() == "2020-11-20"
    assert HORUS.campaigns == ["sayno"]


def test_the_seed_article_is_not_dated_or_placed_by_the_children_it_is_about() -> None:
    told = " ".join(words_of(words["body"]) for words in HORUS.texts.values())
    assert re.search(r"\b1[0-7][ -](?:lat|year)|\b(?:12|13)\b", told) is None


def test_the_campaign_names_its_launch_and_its_polish_name() -> None:
    assert (CAMPAIGN.slug, CAMPAIGN.hashtag, CAMPAIGN.owner) == ("sayno", "#SayNO", "Europol")
    assert CAMPAIGN.launched_on.isoformat() == "2017-06-19"
    assert CAMPAIGN.texts["pl"]["name"] == "Powiedz NIE!"


def test_the_campaign_leaves_the_steps_to_the_page_which_keeps_their_order() -> None:
    assert [words["body"] for words in CAMPAIGN.texts.values() if "<ol>" in words["body"]] == []


def test_what_others_see_of_the_campaign_on_a_shared_screen_does_not_tell() -> None:
    shared = [
        (language, words[name]) for language, words in CAMPAIGN.texts.items() for name in ("public_name", "share_text")
    ]
    assert [words for language, words in shared if telling_words(words, language=language)] == []


def test_the_figures_of_2017_name_their_year() -> None:
    for words in CAMPAIGN.texts.values():
        told = words_of(words["body"])
        assert all(figure in told for figure in ("84 %", "53 %", "32 %", "2 %", "2017", "NCMEC"))


def test_the_campaign_says_what_it_wants_to_reach_and_by_when() -> None:
    assert {"objective_what", "objective_measure", "objective_by"} <= CAMPAIGN.objective.keys()
    assert {target.stage for target in CAMPAIGN.targets} == {"outputs", "outtakes", "outcomes"}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_advice_to_victims_is_written_in_short_sentences(language: str) -> None:
    for owner in TOLD[-2:]:
        blocks = re.findall(r"<(?:p|li|h2)>(.*?)</(?:p|li|h2)>", owner.texts[language]["body"], re.DOTALL)
        sentences = [each for block in blocks for each in re.split(r"(?<=[.?!:])\s", words_of(block)) if each]
        assert sum(len(each.split()) for each in sentences) / len(sentences) <= 12
        assert max(len(each.split()) for each in sentences) <= 24


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_subject_preheader_and_slugs_are_neutral_because_devices_are_shared(language: str) -> None:
    words = EDITION.texts[language]
    outside = [words["subject"], words["preheader"], EDITION.slug, HORUS.slug, CAMPAIGN.slug]
    assert [text for text in outside if re.search(SENSITIVE[language], text, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_preheader_has_a_length_that_clients_show(language: str) -> None:
    assert 40 <= len(EDITION.texts[language]["preheader"]) <= 110


def test_sensitive_items_carry_a_content_note_and_help_follows_them_at_once() -> None:
    kinds = [(block.kind, block.target) for block in EDITION.blocks]
    assert all(words["content_note"] for sensitive in (HORUS, CAMPAIGN) for words in sensitive.texts.values())
    assert kinds[-3:] == [("campaign", "sayno"), ("news_item", "operation-horus"), ("help", "")]


def test_an_edition_shows_every_kind_of_block() -> None:
    assert {block.kind for block in EDITION.blocks} == {
        "news_item", "campaign", "text", "image", "scam_example", "button", "help", "divider",
    }  # fmt: skip


def test_every_address_is_an_official_page_reached_over_tls() -> None:
    assert [url for url in urls() if urlsplit(url).scheme != "https" or not urlsplit(url).hostname] == []


def test_every_item_names_source_date_and_licence() -> None:
    names = {source.name for source in SEEDS.sources}
    assert [item.slug for item in SEEDS.news if item.source not in names or not item.licence] == []


def test_the_polish_helplines_are_those_of_the_standard_each_checked_at_a_source() -> None:
    polish = [entry for entry in SEEDS.helplines if entry.country == "PL"]
    assert {entry.phone or entry.sms or entry.web_url for entry in polish} == {
        "112", "116 111", "800 12 12 12", "800 100 100", "116 000", "116 123", "8080", "https://dyzurnet.pl/",
        "https://www.policja.pl/",
    }  # fmt: skip
    assert all(entry.source_url for entry in polish)
    for entry in polish:
        assert entry.verified_on
        assert entry.review_by
        assert entry.review_by - entry.verified_on <= REVIEW_WITHIN


def test_every_other_country_of_the_standard_waits_for_somebody_to_check_it() -> None:
    foreign = [entry for entry in SEEDS.helplines if entry.country != "PL"]
    assert {entry.country for entry in foreign} == {
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    }
    assert [entry.slug for entry in foreign if entry.verified_on or entry.review_by or not entry.source_url] == []
    numbers = {(entry.country, entry.phone) for entry in foreign}
    for country in [
        "BG",
        "CZ",
        "DE",
        "DK",
        "EE",
        "GR",
        "ES",
        "FI",
        "HR",
        "HU",
        "IE",
        "LT",
        "LU",
        "LV",
        "NL",
        "NO",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "CY",
    ]:
        assert (country, "116 111") in numbers
    assert numbers >= {
        ("AT", "147"), ("BE", "102"), ("BE", "103"), ("CY", "1480"), ("FR", "119"), ("FR", "3018"), ("CH", "147"),
        ("IE", "1800 66 66 66"), ("IT", "19696"), ("IT", "114"), ("MT", "179"), ("NL", "0800 0432"), ("GR", "1056"),
        ("ES", "900 20 20 10"), ("ES", "017"), ("DE", "0800 111 0550"), ("GB", "0800 1111"),
    }  # fmt: skip
    reporting = {entry.country for entry in foreign if entry.kind == "report"}
    assert {entry.country for entry in foreign} - reporting == {"HR"}


def test_the_dead_number_of_cert_polska_stands_nowhere() -> None:
    assert [entry.slug for entry in SEEDS.helplines if "799" in entry.phone + entry.sms] == []


def test_thirty_people_who_cannot_exist_write_in_both_languages_and_some_give_no_name() -> None:
    people = [parse(person.address) for person in SEEDS.people]
    assert len({person.key for person in people}) == 30
    assert {person.wire.partition("@")[2] for person in people} == {"example.org", "example.com"}
    assert {person.language for person in SEEDS.people} == LANGUAGES
    assert any(not person.first_name for person in SEEDS.people)
    assert any("+" in person.address for person in SEEDS.people)


def test_polish_texts_use_polish_quotation_marks() -> None:
    assert [place for place, language, text in texts() if language == "pl" and re.search(r'"|“', text)] == []


def test_link_texts_say_where_they_lead() -> None:
    bodies = [words["body"] for owner in TOLD for words in owner.texts.values()]
    labels = [label.lower() for body in bodies for label in re.findall(r"<a [^>]*>(.*?)</a>", body)]
    assert labels
    assert {"tutaj", "tu", "here", "więcej", "more", "link"}.isdisjoint(labels)
