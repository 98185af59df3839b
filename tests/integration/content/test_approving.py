"""content.approving: named steps, each taken once, and nothing approved that is not ready."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from campaigns.content import approving
from campaigns.content.approving import NotReadyError, StepError
from campaigns.content.models import Campaign, NewsItem, Source, State

pytestmark = pytest.mark.django_db
LATE_EVENING = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def item() -> NewsItem:
    source = Source.objects.create(name="CERT Polska", website="https://cert.pl/")
    item = NewsItem.objects.create(
        slug="backup", source=source, source_url="https://cert.pl/", source_date=dt.date(2026, 11, 1)
    )
    item.texts.create(language="en", title="Backups", lead="Make one.", body="<p>Today.</p>")
    return item


@pytest.fixture
def approver() -> User:
    return User.objects.create_user("head-of-press")


def test_a_draft_goes_through_review_to_approved_to_withdrawn_and_back(item: NewsItem, approver: User) -> None:
    approving.submit(item=item, by=approver, now=LATE_EVENING)
    approving.approve(item=item, by=approver, now=LATE_EVENING)
    approving.withdraw(item=item, by=approver, now=LATE_EVENING)
    approving.return_to_draft(item=item, by=approver, now=LATE_EVENING)
    item.refresh_from_db()
    assert item.state == State.DRAFT


def test_approval_notes_who_checked_and_the_local_day(item: NewsItem, approver: User) -> None:
    approving.approve(item=item, by=approver, now=LATE_EVENING)
    item.refresh_from_db()
    assert (item.state, item.checked_by, item.checked_on) == (State.APPROVED, approver, dt.date(2026, 11, 24))


def test_a_step_somebody_else_took_first_is_refused(item: NewsItem, approver: User) -> None:
    seen_by_another = NewsItem.objects.get(pk=item.pk)
    approving.submit(item=item, by=approver, now=LATE_EVENING)
    with pytest.raises(StepError) as refused:
        approving.submit(item=seen_by_another, by=approver, now=LATE_EVENING)
    assert refused.value.state == State.IN_REVIEW


def test_what_is_not_approved_cannot_be_withdrawn(item: NewsItem, approver: User) -> None:
    with pytest.raises(StepError):
        approving.withdraw(item=item, by=approver, now=LATE_EVENING)


def test_an_item_without_words_is_not_ready(item: NewsItem, approver: User) -> None:
    item.texts.all().delete()
    with translation.override("en"), pytest.raises(NotReadyError) as refused:
        approving.approve(item=item, by=approver, now=LATE_EVENING)
    assert refused.value.sentences == ["Write it in at least one language."]


def test_a_sensitive_item_needs_a_content_note(item: NewsItem, approver: User) -> None:
    item.sensitivity = 2
    with pytest.raises(NotReadyError):
        approving.approve(item=item, by=approver, now=LATE_EVENING)
    item.texts.update(content_note="This text is about the abuse of children.")
    approving.approve(item=item, by=approver, now=LATE_EVENING)


def test_a_legacy_term_in_any_field_blocks_approval_unless_quoted(item: NewsItem, approver: User) -> None:
    item.sensitivity = 1
    item.texts.update(body="<p>They seized child <strong>pornography</strong>.</p>")
    with translation.override("en"), pytest.raises(NotReadyError) as refused:
        approving.approve(item=item, by=approver, now=LATE_EVENING)
    assert "child sexual abuse material" in refused.value.sentences[0]
    item.texts.update(body="<p>The directive is titled “… and child pornography”.</p>")
    approving.approve(item=item, by=approver, now=LATE_EVENING)


def test_a_sensitive_campaign_needs_a_content_note_in_every_language(approver: User) -> None:
    campaign = Campaign.objects.create(
        slug="sayno",
        owner="Europol",
        official_url="https://example.org/",
        launched_on=dt.date(2017, 6, 19),
        sensitivity=2,
    )
    for language, note in (("en", "This text is about threats."), ("pl", " ")):
        campaign.texts.create(language=language, name="Say NO", headline="…", message="…", content_note=note)
    with translation.override("en"), pytest.raises(NotReadyError) as refused:
        approving.approve(item=campaign, by=approver, now=LATE_EVENING)
    assert refused.value.sentences == ["Write a content note in Polish: one sentence that says what the text is about."]


def test_a_campaign_takes_the_same_steps(approver: User) -> None:
    campaign = Campaign.objects.create(
        slug="sayno", owner="Europol", official_url="https://www.europol.europa.eu/", launched_on=dt.date(2017, 6, 19)
    )
    campaign.texts.create(language="en", name="Say NO", headline="Say NO", message="Say NO.", call_to_action="See how")
    approving.approve(item=campaign, by=approver, now=LATE_EVENING)
    campaign.refresh_from_db()
    assert campaign.state == State.APPROVED
