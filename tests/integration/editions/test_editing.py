"""editions.editing: codes people can read aloud, and a copy that shares nothing with its original."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from newsletter.editions.editing import changed, duplicate, next_code
from newsletter.editions.models import Block, Edition, EditionState
from tests.builders import a_newsletter, an_approved_edition, an_edition

pytestmark = pytest.mark.django_db


def test_a_code_names_the_newsletter_and_has_no_letter_that_looks_like_another() -> None:
    code = next_code(newsletter=a_newsletter("wici"))
    assert re.fullmatch(r"WICI-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}", code)
    assert len(next_code(newsletter=a_newsletter("a-very-long-newsletter-name"))) <= 20


def test_a_changed_edition_has_no_approval_left() -> None:
    edition = an_approved_edition()
    changed(edition=edition)
    again = Edition.objects.get(pk=edition.pk)
    assert (again.state, again.approved_at, again.approved_digest) == (EditionState.DRAFT, None, "")


def test_a_copy_has_the_same_blocks_and_words_and_a_code_of_its_own() -> None:
    edition = an_edition()
    copy = duplicate(edition=edition, slug="next", dated=dt.date(2026, 12, 1))
    assert (copy.state, copy.dated) == (EditionState.DRAFT, dt.date(2026, 12, 1))
    assert copy.code != edition.code
    assert [str(block) for block in copy.blocks.order_by("position")] == [
        str(block) for block in edition.blocks.order_by("position")
    ]
    assert copy.texts.count() == edition.texts.count()
    assert Block.objects.filter(edition=copy, texts__language="pl").count() == 2


def test_a_code_already_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = an_edition()
    Edition.objects.filter(pk=edition.pk).update(code="NET-AAAA-AA")
    drawn = iter("AAAAAABBBBBB")
    monkeypatch.setattr("newsletter.editions.editing.secrets.choice", lambda _letters: next(drawn))
    assert next_code(newsletter=edition.newsletter) == "NET-BBBB-BB"
