"""composition.freezing: what was approved is what is sent, or somebody learns why not."""

from __future__ import annotations

import pytest

from campaigns.content.models import State
from newsletter.composition.freezing import (
    ChangedSinceApprovalError,
    FindingsError,
    NotApprovedError,
    approve,
    frozen_messages,
)
from newsletter.composition.message import Message
from newsletter.editions.editing import changed
from newsletter.editions.models import Edition, EditionState, EditionText
from tests.builders import NOON, an_approved_edition, an_edition

pytestmark = pytest.mark.django_db


def again(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def test_approving_keeps_a_message_per_language_and_finds_them_again() -> None:
    edition = an_edition(sensitive=True)
    messages = approve(edition=edition, by=None, now=NOON)
    assert [message.language for message in messages] == ["pl", "en"]
    assert again(edition).state == EditionState.APPROVED
    assert frozen_messages(edition=again(edition), now=NOON) == messages


def test_approving_twice_keeps_the_same_messages() -> None:
    edition = an_approved_edition()
    approve(edition=again(edition), by=None, now=NOON)
    assert Message.objects.count() == 2


def test_a_draft_is_never_sent() -> None:
    with pytest.raises(NotApprovedError):
        frozen_messages(edition=an_edition(), now=NOON)


def test_an_edited_edition_is_a_draft_again() -> None:
    edition = an_approved_edition()
    changed(edition=edition)
    with pytest.raises(NotApprovedError):
        frozen_messages(edition=again(edition), now=NOON)


def test_a_word_changed_behind_the_approvers_back_is_noticed() -> None:
    edition = an_approved_edition()
    EditionText.objects.filter(edition=edition, language="pl").update(subject="Coś zupełnie innego niż zatwierdzono")
    with pytest.raises(ChangedSinceApprovalError):
        frozen_messages(edition=again(edition), now=NOON)


def test_an_item_withdrawn_after_approval_is_not_sent() -> None:
    edition = an_approved_edition()
    item = edition.blocks.get(kind="news_item").news_item
    assert item is not None
    item.state = State.WITHDRAWN
    item.save()
    with pytest.raises(FindingsError) as refused:
        frozen_messages(edition=again(edition), now=NOON)
    assert [finding.rule for finding in refused.value.findings] == ["withdrawn"]


def test_what_must_be_mended_stops_approval_and_changes_nothing() -> None:
    edition = an_edition()
    EditionText.objects.filter(edition=edition, language="en").delete()
    with pytest.raises(FindingsError) as refused:
        approve(edition=again(edition), by=None, now=NOON)
    assert {finding.language for finding in refused.value.findings} == {"en"}
    assert again(edition).state == EditionState.DRAFT
    assert not Message.objects.exists()
