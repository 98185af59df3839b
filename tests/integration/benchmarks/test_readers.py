"""benchmarks.readers: its rows are written by hand, and must keep step with the models."""

from __future__ import annotations

import pytest

from newsletter.audience.models import Subscriber, Subscription
from newsletter.audience.segments import matching
from newsletter.editions.models import EditionState
from tests.benchmarks import readers

pytestmark = pytest.mark.django_db


def test_a_crowd_grows_and_shrinks_and_reads_the_newsletter() -> None:
    edition = readers.demo_edition()
    for number in (3, 8, 5):
        readers.crowd(edition, number)
        assert Subscription.objects.count() == matching(newsletter=edition.newsletter).count() == number
    assert set(Subscriber.objects.values_list("language", flat=True)) == {"pl", "en"}


def test_a_fresh_edition_is_approved_and_says_the_same() -> None:
    edition = readers.demo_edition()
    copies = [readers.fresh(edition) for _ in range(2)]
    assert {copy.state for copy in copies} == {EditionState.APPROVED}
    assert [copy.blocks.count() for copy in copies] == [edition.blocks.count()] * 2
