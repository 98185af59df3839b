"""composition.freezing: a sensitive edition needs two different people; nobody is excepted but the operator (X13)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from campaigns.content.models import NewsItem
from newsletter.composition.freezing import (
    NotApprovedError,
    SamePersonError,
    SecondApproverError,
    approve,
    frozen_messages,
)
from newsletter.composition.message import Message
from newsletter.delivery.launching import launch
from newsletter.editions.editing import changed, duplicate
from newsletter.editions.models import Edition, EditionState, EditionText
from tests.builders import NOON, an_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return an_edition(sensitive=True)


@pytest.fixture
def press() -> User:
    return User.objects.create_superuser("press")


@pytest.fixture
def legal() -> User:
    return User.objects.create_user("legal")


def again(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def test_the_first_approval_is_noted_and_the_second_approves(edition: Edition, press: User, legal: User) -> None:
    assert approve(edition=edition, by=press, now=NOON) == []
    waiting = again(edition)
    assert (waiting.state, waiting.first_approved_by, waiting.first_approved_at) == (EditionState.DRAFT, press, NOON)
    assert not Message.objects.exists()
    with pytest.raises(NotApprovedError):
        launch(edition=waiting, now=NOON)
    assert len(approve(edition=waiting, by=legal, now=NOON)) == 2
    assert (again(edition).state, again(edition).approved_by) == (EditionState.APPROVED, legal)
    assert launch(edition=again(edition), now=NOON).pk


def test_one_person_cannot_approve_twice_not_even_a_superuser(edition: Edition, press: User) -> None:
    approve(edition=edition, by=press, now=NOON)
    with pytest.raises(SamePersonError):
        approve(edition=again(edition), by=press, now=NOON)
    assert again(edition).state == EditionState.DRAFT


def test_an_edition_changed_in_between_begins_anew(edition: Edition, press: User, legal: User) -> None:
    approve(edition=edition, by=press, now=NOON)
    EditionText.objects.filter(edition=edition, language="en").update(subject="Something else altogether")
    assert approve(edition=again(edition), by=legal, now=NOON) == []
    assert again(edition).first_approved_by == legal
    approve(edition=again(edition), by=press, now=NOON)
    assert again(edition).state == EditionState.APPROVED


def test_returning_it_to_draft_forgets_both(edition: Edition, press: User, legal: User) -> None:
    for person in (press, legal):
        approve(edition=again(edition), by=person, now=NOON)
    changed(edition=again(edition))
    forgotten = again(edition)
    assert (forgotten.first_approved_by, forgotten.first_approved_at, forgotten.first_approved_digest) == (
        None,
        None,
        "",
    )
    copy = duplicate(edition=forgotten, slug="copy", dated=NOON.date())
    assert copy.first_approved_by is None


def test_an_everyday_edition_and_the_operator_need_one(edition: Edition, press: User) -> None:
    assert len(approve(edition=an_edition("calm"), by=press, now=NOON)) == 2
    assert len(approve(edition=edition, by=None, now=NOON)) == 2
    assert frozen_messages(edition=again(edition), now=NOON)


def test_an_edition_that_became_sensitive_after_one_approval_is_not_sent(press: User) -> None:
    edition = an_edition(sensitive=True)
    NewsItem.objects.update(sensitivity=1)
    approve(edition=edition, by=press, now=NOON)
    NewsItem.objects.update(sensitivity=2)
    with pytest.raises(SecondApproverError):
        frozen_messages(edition=again(edition), now=NOON)


def test_an_approver_who_left_counts_as_they_did(edition: Edition, press: User, legal: User) -> None:
    for person in (press, legal):
        approve(edition=again(edition), by=person, now=NOON)
    press.delete()
    assert frozen_messages(edition=again(edition), now=NOON)
