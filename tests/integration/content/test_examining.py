"""content.examining: what is said about an item's words, who let what stand, and who must approve (G1-G3, X13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from campaigns.content import approving, examining
from campaigns.content.approving import NotReadyError
from campaigns.content.examining import NoSuchFindingError, findings_in, findings_of
from campaigns.content.models import Approval, Campaign, DecisionIsKeptError, Override, State
from campaigns.safeguarding.sensitivity import Sensitivity
from tests.builders import NOON, a_news_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.content.examining import Finding
    from campaigns.content.models import NewsItem

pytestmark = pytest.mark.django_db
LEGACY = "Police seized child pornography on Monday."


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def item() -> NewsItem:
    found = a_news_item(sensitivity=Sensitivity.UPSETTING)
    found.state = State.DRAFT
    found.save()
    found.texts.filter(language="en").update(lead=LEGACY)
    return found


@pytest.fixture
def lead() -> User:
    return User.objects.create_user("safeguarding-lead")


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_finding_says_field_language_place_sentence_and_what_instead(item: NewsItem) -> None:
    finding = only(findings_of(item))
    assert (finding.rule, finding.language, finding.field) == ("child-pornography", "en", "lead")
    assert LEGACY[finding.place : finding.end] == finding.found == "child pornography"
    assert finding.sentence == LEGACY
    assert finding.said == (
        "Replace “child pornography” with “child sexual abuse material” or “CSAM”. "
        "Pornography implies consent. What is shown is a crime against a child."
    )
    assert finding.blocking


def test_words_just_typed_are_looked_at_like_stored_ones() -> None:
    typed = {
        "en": {"title": "Arrest", "lead": LEGACY, "body": "<p>A <q>paedophile</q>, it says.</p>", "content_note": ""}
    }
    found = findings_in(typed, level=0)
    assert [(each.field, each.blocking) for each in found] == [("lead", False), ("body", False)]
    assert found[1].said.endswith("It stands in a quotation, so it may stay.")


def test_where_no_word_can_be_replaced_it_says_how_to_write_instead() -> None:
    finding = only(findings_in({"en": {"lead": "The girl was asking for it."}}, level=1))
    assert finding.said.startswith("“was asking for it”: The sentence burdens the person who was harmed.")
    assert "Say what the offender did" in finding.said


def test_pieces_that_identify_are_named_from_level_1_on_and_across_fields() -> None:
    words = {"en": {"title": "Pupil of Mill Hill Primary School", "lead": "The 12-year-old reported it on 3 May."}}
    assert findings_in(words, level=0) == []
    finding = only(findings_in(words, level=1))
    assert (finding.rule, finding.field, finding.blocking) == ("could-identify", "title", True)
    assert "school “Mill Hill Primary School”, age “12-year-old”, day “3 May”" in finding.said


def test_pieces_that_begin_in_a_later_field_are_placed_there() -> None:
    lead = "In short: a 12-year-old from Whitby reported it on 3 May."
    finding = only(findings_in({"en": {"title": "News", "lead": lead}}, level=1))
    assert (finding.field, lead[finding.place :].startswith("12-year-old")) == ("lead", True)


def test_a_text_under_another_language_is_named() -> None:
    english = "The police arrested three people who had posed as staff of a bank, and they are now in custody."
    finding = only(findings_in({"pl": {"lead": english}}, level=0))
    assert (finding.rule, finding.blocking) == ("wrong-language", True)
    assert finding.said == "This looks like English; it stands under Polish. Move it, or translate it."


def test_a_sentence_in_another_language_is_advice_to_mark_it() -> None:
    polish = "Policja zatrzymała trzy osoby, które podszywały się pod pracowników banku, a teraz są w areszcie."
    english = "The police arrested three people who had posed as staff of a bank, and they are now in custody."
    finding = only(findings_in({"pl": {"body": f"<p>{polish} {polish}</p><p>{english}</p><p>{polish}</p>"}}, level=0))
    assert (finding.rule, finding.blocking, finding.found) == ("unmarked-language", False, english)


def test_a_missing_content_note_can_not_be_argued_away(item: NewsItem, lead: User) -> None:
    item.sensitivity = 2
    item.texts.filter(language="en").update(lead="Fine.")
    missing = next(finding for finding in findings_of(item) if finding.rule == "content-note")
    assert not missing.can_stand
    with pytest.raises(NoSuchFindingError):
        examining.let_stand(item=item, finding=missing.key, reason="Because.", by=lead, now=NOON)


def test_a_finding_let_stand_blocks_no_more_until_its_sentence_changes(item: NewsItem, lead: User) -> None:
    finding = only(findings_of(item))
    override = examining.let_stand(
        item=item, finding=finding.key, reason=" A quote from the judgment. ", by=lead, now=NOON
    )
    assert (override.reason, override.by_name, override.at, override.about) == (
        "A quote from the judgment.",
        "safeguarding-lead",
        NOON,
        "Amber light: amber-texts",
    )
    stands = only(findings_of(item))
    assert (stands.blocking, stands.override) == (False, override)
    item.texts.filter(language="en").update(lead=f"On Tuesday, too. {LEGACY}")
    assert only(findings_of(item)).override == override
    item.texts.filter(language="en").update(lead=LEGACY.replace("Monday", "Tuesday"))
    assert only(findings_of(item)).blocking
    item.texts.filter(language="en").update(lead="Fine.", title=LEGACY)
    assert only(findings_of(item)).blocking


def test_what_is_not_there_cannot_be_let_stand(item: NewsItem, lead: User) -> None:
    finding = only(findings_of(item))
    item.texts.filter(language="en").update(lead="Fine.")
    with pytest.raises(NoSuchFindingError):
        examining.let_stand(item=item, finding=finding.key, reason="Because.", by=lead, now=NOON)
    assert not Override.objects.exists()


def test_an_override_is_never_changed_or_deleted_and_outlives_its_text(item: NewsItem, lead: User) -> None:
    override = examining.let_stand(item=item, finding=only(findings_of(item)).key, reason="Because.", by=lead, now=NOON)
    for attempt in (
        override.save,
        override.delete,
        Override.objects.all().delete,
        lambda: Override.objects.update(reason=""),
    ):
        with pytest.raises(DecisionIsKeptError):
            attempt()
    item.delete()
    lead.delete()
    kept = Override.objects.get()
    assert (kept.news_item, kept.by, kept.by_name) == (None, None, "safeguarding-lead")
    assert str(kept) == f"child pornography ({kept.about})"


def test_a_campaigns_finding_can_be_let_stand_too(lead: User) -> None:
    campaign = Campaign.objects.create(
        slug="sayno", owner="Europol", official_url="https://example.org/", launched_on=NOON.date(), sensitivity=1
    )
    campaign.texts.create(language="en", name="Say NO", headline="H", message=LEGACY, call_to_action="See how")
    override = examining.let_stand(
        item=campaign, finding=only(findings_of(campaign)).key, reason="Because.", by=lead, now=NOON
    )
    assert (override.campaign, override.news_item) == (campaign, None)
    approving.approve(item=campaign, by=lead, now=NOON)
    assert campaign.state == State.APPROVED


def test_what_was_let_stand_lets_it_be_approved(item: NewsItem, lead: User) -> None:
    with pytest.raises(NotReadyError):
        approving.approve(item=item, by=lead, now=NOON)
    examining.let_stand(item=item, finding=only(findings_of(item)).key, reason="Because.", by=lead, now=NOON)
    approving.approve(item=item, by=lead, now=NOON)
    assert item.state == State.APPROVED


@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("role", ["written_by", "submitted_by"])
def test_from_level_2_on_who_wrote_or_submitted_it_cannot_approve_it(
    item: NewsItem, role: str, *, superuser: bool
) -> None:
    writer = User.objects.create_user("writer", is_superuser=superuser)
    item.texts.update(lead="Fine.", content_note="It is hard to read.")
    item.sensitivity = 2
    setattr(item, role, writer)
    item.save()
    with pytest.raises(NotReadyError) as refused:
        approving.approve(item=item, by=writer, now=NOON)
    assert refused.value.sentences == [
        "At level 2 the person who wrote or submitted it cannot approve it. Ask somebody else who may approve."
    ]
    approving.approve(item=item, by=User.objects.create_user("press"), now=NOON)


def test_the_address_of_a_sensitive_item_must_not_tell(item: NewsItem, lead: User) -> None:
    item.texts.update(lead="Fine.", content_note="It is hard to read.")
    item.slug, item.sensitivity = "child-abuse-ring", 2
    assert list(examining.obstacles(item, by=lead)) == [
        "Its address (child-abuse-ring) gives a sensitive subject away. Choose a neutral one."
    ]
    item.sensitivity = 1
    assert list(examining.obstacles(item, by=lead)) == []


def test_below_level_2_one_person_is_enough_and_the_operator_always_is(item: NewsItem, lead: User) -> None:
    item.texts.update(lead="Fine.", content_note="It is hard to read.")
    item.written_by = lead
    item.save()
    approving.approve(item=item, by=lead, now=NOON)
    item.sensitivity = 3
    approving.return_to_draft(item=item, by=lead, now=NOON)
    approving.approve(item=item, by=None, now=NOON)
    assert item.state == State.APPROVED


def test_who_submitted_is_noted(item: NewsItem, lead: User) -> None:
    approving.submit(item=item, by=lead, now=NOON)
    assert item.submitted_by == lead
    item.refresh_from_db()
    assert item.submitted_by == lead


def test_an_approval_keeps_level_rules_findings_and_the_questions_answered(item: NewsItem, lead: User) -> None:
    examining.let_stand(item=item, finding=only(findings_of(item)).key, reason="A quote.", by=lead, now=NOON)
    approving.approve(item=item, by=lead, now=NOON, checklist=["no-blame", "figures", "rubbish"])
    approval = Approval.objects.get()
    assert (approval.news_item, approval.by_name, approval.level) == (item, "safeguarding-lead", 1)
    assert approval.checklist == ["figures", "no-blame"]
    assert approval.findings == [
        {
            "rule": "child-pornography",
            "language": "en",
            "field": "lead",
            "found": "child pornography",
            "let_stand": "A quote.",
        }
    ]
    assert "blame" in approval.rules["en"]["rules"]
    assert len(approval.rules["pl"]["fingerprint"]) == 16
    assert str(approval) == f"{approval.about} (2026-11-23)"
    with pytest.raises(DecisionIsKeptError):
        approval.delete()


def test_the_operators_approval_and_a_campaigns_are_kept_too() -> None:
    campaign = Campaign.objects.create(
        slug="sayno", owner="Europol", official_url="https://example.org/", launched_on=NOON.date()
    )
    campaign.texts.create(language="en", name="Say NO", headline="H", message="M", call_to_action="See how")
    approving.approve(item=campaign, by=None, now=NOON, checklist=["figures"])
    approval = Approval.objects.get()
    assert (approval.campaign, approval.by, approval.by_name, approval.checklist) == (campaign, None, "", [])


def test_passages_without_words_and_fields_that_hold_none_are_left_out() -> None:
    assert findings_in({"en": {"title": " ", "lead": ""}}, level=1) == []
    assert {"name", "public_name", "headline", "share_text"} <= set(examining.word_fields(Campaign))
