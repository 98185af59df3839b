"""composition.preflight: everything that is still wrong, found, named and said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from campaigns.content import approving, revising
from campaigns.content.models import Campaign, CampaignText, Image, NewsItem, NewsItemText, State
from campaigns.helplines.models import Helpline
from newsletter.composition.preflight import Finding, examined, findings_for
from newsletter.editions.models import Block, BlockKind, BlockText, Edition, EditionText, Newsletter, NewsletterText
from tests.builders import NOON, an_edition

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def found(edition: Edition) -> list[Finding]:
    with translation.override("en"):
        return findings_for(edition=Edition.objects.get(pk=edition.pk), now=NOON)


def rules(edition: Edition) -> set[str]:
    return {finding.rule for finding in found(edition)}


def an_item(edition: Edition, **fields: object) -> None:
    NewsItem.objects.filter(slug=f"{edition.slug}-2").update(**fields)


def a_text_block(edition: Edition, body: str) -> None:
    block = Block.objects.create(edition=edition, position=4, kind=BlockKind.TEXT)
    for language in ("pl", "en"):
        BlockText.objects.create(block=block, language=language, body=body)


def a_picture(edition: Edition) -> None:
    picture = Image.objects.create(file="images/x.png", width=10, height=10)
    Block.objects.create(edition=edition, position=4, kind=BlockKind.IMAGE, image=picture)


def subject(edition: Edition, words: str) -> None:
    EditionText.objects.filter(edition=edition, language="en").update(subject=words)


def preheader(edition: Edition, words: str) -> None:
    EditionText.objects.filter(edition=edition, language="en").update(preheader=words)


def newsletter(**fields: object) -> None:
    Newsletter.objects.update(**fields)


SPOILT: dict[str, Callable[[Edition], object]] = {
    "variant-missing": lambda edition: NewsItemText.objects.filter(
        news_item__blocks__edition=edition, language="en"
    ).delete(),
    "subject-empty": lambda edition: EditionText.objects.filter(edition=edition, language="en").delete(),
    "subject-reply": lambda edition: subject(edition, "Re: your account"),
    "subject-characters": lambda edition: subject(edition, "a\u202eb"),
    "subject-long": lambda edition: subject(
        edition, "[[first_name|" + "ż" * 60 + "]]" * 1 + " [[first_name|" + "ż" * 50 + "]]"
    ),
    "preheader-empty": lambda edition: preheader(edition, " "),
    "preheader-length": lambda edition: preheader(edition, "too short"),
    "unapproved": lambda edition: an_item(edition, state=State.DRAFT),
    "withdrawn": lambda edition: an_item(edition, state=State.WITHDRAWN),
    "embargo": lambda edition: an_item(edition, embargo_until=NOON + dt.timedelta(hours=1)),
    "expired": lambda edition: an_item(edition, valid_until=NOON.date() - dt.timedelta(days=1)),
    "telling-address": lambda edition: an_item(edition, slug="child-sexual-abuse"),
    "help-missing": lambda edition: Block.objects.filter(edition=edition, kind=BlockKind.HELP).delete(),
    "help-empty": lambda _edition: Helpline.objects.update(country="DE"),
    "content-note-missing": lambda edition: NewsItemText.objects.filter(news_item__slug=f"{edition.slug}-2").update(
        content_note=""
    ),
    "telling-words": lambda edition: preheader(edition, "Sexual coercion and extortion, and where victims find help."),
    "alt-missing": a_picture,
    "link-words": lambda edition: a_text_block(
        edition, "<p><a href='https://example.org/'>tutaj</a> <a href='https://example.org/'>Here</a></p>"
    ),
    "unknown-field": lambda edition: a_text_block(edition, "<p>[[surname]]</p>"),
    "too-large": lambda edition: a_text_block(edition, "<p>" + "long words " * 9000 + "</p>"),
    "unsubscribe-late": lambda edition: a_text_block(edition, "<p>" + "long words " * 6000 + "</p>"),
    "no-block": lambda edition: Block.objects.filter(edition=edition).delete(),
    "reply-address": lambda _edition: newsletter(reply_to="no-reply@example.org"),
    "sender-address": lambda _edition: newsletter(sender_email="żółw@example.org"),
    "postal-address": lambda _edition: newsletter(postal_address=" "),
    "no-language": lambda _edition: newsletter(languages=[]),
    "contrast": lambda _edition: newsletter(brand_colour="#7FC6D6"),
}
ADVICE = {"preheader-length", "reply-address", "contrast"}


def test_a_complete_edition_has_no_finding() -> None:
    assert found(an_edition(sensitive=True)) == []


@pytest.mark.parametrize("rule", sorted(SPOILT))
def test_each_fault_is_found_and_said(rule: str) -> None:
    edition = an_edition(sensitive=True)
    SPOILT[rule](edition)
    finding = next(finding for finding in found(edition) if finding.rule == rule)
    assert finding.blocking == (rule not in ADVICE)
    assert finding.sentence.endswith(".")
    assert "%" not in finding.sentence
    assert finding.place


def test_a_missing_newsletter_text_is_found_in_its_language() -> None:
    edition = an_edition()
    NewsletterText.objects.filter(language="en").delete()
    assert [(finding.rule, finding.language) for finding in found(edition)] == [("variant-missing", "en")]


def test_a_picture_marked_as_decorative_is_only_asked_about() -> None:
    edition = an_edition()
    a_picture(edition)
    picture = Image.objects.get()
    for language in ("pl", "en"):
        picture.texts.create(language=language, alt="")
    assert {(finding.rule, finding.blocking) for finding in found(edition)} == {("alt-empty", False)}


def a_campaign(edition: Edition, **fields: object) -> None:
    subject = Campaign.objects.create(
        slug="yes",
        owner="x",
        official_url="https://example.org/",
        launched_on=dt.date(2025, 1, 1),
        state=State.APPROVED,
        **{"objective_waiver": "It shows what an edition can hold.", **fields},
    )
    for language in ("pl", "en"):
        subject.texts.create(
            language=language, name="Tak", headline="Tak", message="Tak.", call_to_action="Zobacz kroki"
        )
    Block.objects.create(edition=edition, position=4, kind=BlockKind.CAMPAIGN, campaign=subject)


def test_a_running_campaign_is_fine_and_one_that_ended_is_not() -> None:
    edition = an_edition()
    a_campaign(edition)
    assert rules(edition) == set()
    Campaign.objects.update(ends_on=dt.date(2026, 11, 22))
    assert rules(edition) == {"expired"}


def test_a_sensitive_campaign_needs_a_content_note_and_a_neutral_address() -> None:
    edition = an_edition()
    a_campaign(edition, sensitivity=2)
    place = "Block 4, campaign: yes"
    missing = {
        (finding.language, finding.place) for finding in found(edition) if finding.rule == "content-note-missing"
    }
    assert missing == {("pl", place), ("en", place)}
    CampaignText.objects.update(content_note="This text is about threats.")
    assert rules(edition) == set()
    Campaign.objects.update(slug="sexual-extortion")
    assert rules(edition) == {"telling-address"}


def test_a_sensitive_editions_own_address_stays_neutral() -> None:
    edition = an_edition("wykorzystywanie", sensitive=True)
    assert {(finding.rule, finding.place) for finding in found(edition)} >= {("telling-address", "Edition")}


def test_help_that_comes_too_late_is_moved_up() -> None:
    edition = an_edition()
    a_text_block(edition, "<p>" + "long words " * 5700 + "</p>")
    assert rules(edition) == {"help-late", "unsubscribe-late"}


def test_everyday_editions_may_say_what_they_are_about() -> None:
    edition = an_edition()
    subject(edition, "Extortion by e-mail: what to do")
    assert rules(edition) == set()


def test_a_colour_that_reads_well_and_a_block_without_words_of_its_own_are_fine() -> None:
    edition = an_edition()
    newsletter(brand_colour="#003366", signal_colour="#7a0000")
    Block.objects.create(edition=edition, position=6, kind=BlockKind.DIVIDER)
    assert found(edition) == []


def test_an_unknown_field_in_a_subject_is_found_too() -> None:
    edition = an_edition()
    subject(edition, "Hello [[surname]], news for November")
    assert "unknown-field" in rules(edition)


def test_an_item_being_rewritten_is_printed_as_approved_and_that_is_said() -> None:
    edition = an_edition()
    item = NewsItem.objects.get()
    revising.settle(item=item, by=None, now=NOON)
    item.texts.filter(language="en").update(title="Not yet approved")
    approving.edited(item=item, by=None, now=NOON)
    edition = Edition.objects.get()
    findings, messages = examined(edition=edition, now=NOON)
    assert {(finding.rule, finding.blocking) for finding in findings} == {("newer-version", False)}
    assert "Not yet approved" not in "".join(message.html for message in messages)
    assert "Amber light" in "".join(message.html for message in messages)


def test_an_embargo_set_on_an_item_being_rewritten_holds_at_once() -> None:
    edition = an_edition()
    item = NewsItem.objects.get()
    revising.settle(item=item, by=None, now=NOON)
    NewsItem.objects.update(embargo_until=NOON + dt.timedelta(hours=1))
    approving.edited(item=NewsItem.objects.get(), by=None, now=NOON)
    assert rules(edition) == {"embargo", "newer-version"}
