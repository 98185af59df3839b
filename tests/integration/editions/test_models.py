"""Editions as the public may read them, and what a row calls itself when it has words in several languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from campaigns.content import approving, revising
from campaigns.content.models import NewsItem, Topic
from campaigns.safeguarding.sensitivity import Sensitivity
from newsletter.editions.models import Edition, EditionState
from tests.builders import NOON, a_newsletter, an_approved_edition, an_edition

pytestmark = pytest.mark.django_db


def public(now: dt.datetime = NOON) -> list[Edition]:
    return list(Edition.objects.public(now=now))


def test_the_public_reads_what_went_out_and_still_stands_as_approved() -> None:
    edition = an_approved_edition()
    assert public() == []
    Edition.objects.update(published_at=NOON)
    assert public() == [edition]
    assert public(NOON - dt.timedelta(seconds=1)) == []
    Edition.objects.update(state=EditionState.DRAFT)
    assert public() == []


def test_nothing_under_embargo_is_public() -> None:
    edition = an_approved_edition()
    Edition.objects.update(published_at=NOON)
    NewsItem.objects.update(embargo_until=NOON + dt.timedelta(hours=1))
    assert public() == []
    assert public(NOON + dt.timedelta(hours=1)) == [edition]


def test_an_embargo_taken_away_in_a_draft_still_closes_the_edition() -> None:
    edition = an_approved_edition()
    Edition.objects.update(published_at=NOON)
    item = NewsItem.objects.get()
    item.embargo_until = NOON + dt.timedelta(hours=1)
    item.save()
    revising.settle(item=item, by=None, now=NOON)
    item.embargo_until = None
    item.save()
    approving.edited(item=item, by=None, now=NOON)
    assert public() == []
    assert public(NOON + dt.timedelta(hours=1)) == [edition]


def test_an_edition_is_as_sensitive_as_what_it_prints_and_what_is_being_written() -> None:
    edition = an_edition("hard", sensitive=True)
    for item in NewsItem.objects.all():
        revising.settle(item=item, by=None, now=NOON)
    NewsItem.objects.update(sensitivity=0)
    for item in NewsItem.objects.all():
        approving.edited(item=item, by=None, now=NOON)
    assert edition.sensitivity == Sensitivity.SENSITIVE


def test_an_edition_is_as_sensitive_as_the_most_sensitive_thing_in_it() -> None:
    assert an_edition("calm").sensitivity == Sensitivity.EVERYDAY
    assert an_edition("hard", sensitive=True).sensitivity == Sensitivity.SENSITIVE
    assert Edition.objects.create(newsletter=a_newsletter(), slug="empty", code="E", dated=NOON.date()).sensitivity == 0


def test_rows_are_called_by_their_words_in_the_language_at_hand() -> None:
    an_edition()
    edition = Edition.objects.prefetch_related("texts", "newsletter__texts").get()
    topic, item = (kind.objects.prefetch_related("texts").get() for kind in (Topic, NewsItem))
    with translation.override("en"):
        assert str(edition) == "News for November: texts at amber"
        assert str(edition.newsletter) == "News from the net"
        assert str(topic) == "SMS"
        assert str(item).startswith("Amber light")
