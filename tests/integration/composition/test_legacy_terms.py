"""composition.preflight: a legacy term anywhere in an edition stops it, with a better one offered (G1)."""

from __future__ import annotations

import pytest
from django.utils import translation

from campaigns.content.models import NewsItem, NewsItemText
from newsletter.composition.preflight import Finding, findings_for
from newsletter.editions.models import BlockText, Edition, EditionText
from tests.builders import NOON, an_edition

pytestmark = pytest.mark.django_db


def terms(edition: Edition) -> list[Finding]:
    with translation.override("en"):
        found = findings_for(edition=Edition.objects.get(pk=edition.pk), now=NOON)
    return [finding for finding in found if finding.rule == "legacy-term"]


def test_fitting_words_are_no_finding() -> None:
    assert terms(an_edition(sensitive=True)) == []


@pytest.mark.parametrize(
    ("model", "field"),
    [(EditionText, "preheader"), (NewsItemText, "lead"), (BlockText, "body"), (BlockText, "heading")],
)
def test_a_term_in_any_place_is_named_with_its_replacement_and_blocks(model: type[EditionText], field: str) -> None:
    edition = an_edition()
    NewsItem.objects.update(sensitivity=1)
    model.objects.filter(language="en").update(**{field: "They seized child pornography last week, the police say."})
    found = terms(edition)
    assert found
    assert {(finding.blocking, finding.language) for finding in found} == {(True, "en")}
    assert "child sexual abuse material" in found[0].sentence


def test_at_level_0_a_term_is_advice() -> None:
    edition = an_edition()
    NewsItemText.objects.filter(language="en").update(lead="They seized child pornography last week, the police say.")
    assert [finding.blocking for finding in terms(edition)] == [False]


def test_a_number_out_of_use_blocks_at_every_level() -> None:
    edition = an_edition()
    NewsItemText.objects.filter(language="pl").update(lead="Podejrzany SMS przekaż na 799 448 084.")
    assert [finding.blocking for finding in terms(edition)] == [True]


def test_a_term_in_quotation_marks_is_shown_but_does_not_block() -> None:
    edition = an_edition()
    NewsItemText.objects.filter(language="pl").update(lead="Ustawa mówi o „pornografii dziecięcej”.")
    assert [finding.blocking for finding in terms(edition)] == [False]
