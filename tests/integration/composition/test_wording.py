"""composition.wording: what preflight says of an edition's words, its items' and what was let stand in them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from campaigns.content import examining
from campaigns.content.models import NewsItem, NewsItemText
from newsletter.composition.preflight import Finding, findings_for
from newsletter.editions.models import BlockText, Edition, Newsletter
from tests.builders import NOON, a_newsletter, an_edition

pytestmark = pytest.mark.django_db
ENGLISH = "The police arrested three people who had posed as staff of a bank, and they are now in custody."


def found(edition: Edition, rule: str) -> list[Finding]:
    with translation.override("en"):
        return [
            each for each in findings_for(edition=Edition.objects.get(pk=edition.pk), now=NOON) if each.rule == rule
        ]


def test_what_was_let_stand_is_advice_with_the_reason_and_who_gave_it() -> None:
    edition = an_edition()
    item = NewsItem.objects.get()
    item.sensitivity = 1
    item.save()
    item.texts.filter(language="en").update(lead="They seized child pornography.")
    (blocking,) = found(edition, "legacy-term")
    assert blocking.blocking
    (finding,) = examining.findings_of(item)
    by = User.objects.create_user("lead")
    examining.let_stand(item=item, finding=finding.key, reason="The judgment says so.", by=by, now=NOON)
    (advice,) = found(edition, "legacy-term")
    assert not advice.blocking
    assert advice.sentence == "“child pornography” was let stand by lead on 23 November 2026: The judgment says so."


def test_pieces_that_identify_a_child_block() -> None:
    edition = an_edition(sensitive=True)
    NewsItemText.objects.filter(language="en", news_item__sensitivity=2).update(
        lead="A 12-year-old from Whitby reported it on 3 May."
    )
    (finding,) = found(edition, "could-identify")
    assert (finding.blocking, finding.language) == (True, "en")


def test_a_block_in_another_language_is_named() -> None:
    edition = an_edition()
    BlockText.objects.filter(language="pl", label="").update(body=f"<p>{ENGLISH}</p>")
    (finding,) = found(edition, "wrong-language")
    assert (finding.language, finding.blocking) == ("pl", True)


def test_a_block_without_words_in_a_language_is_no_finding_of_words() -> None:
    edition = an_edition()
    BlockText.objects.filter(language="pl").delete()
    assert found(edition, "legacy-term") == []


def test_the_name_in_list_id_must_not_tell() -> None:
    edition = an_edition(sensitive=True, newsletter=a_newsletter("child-abuse-news"))
    assert Newsletter.objects.get().slug == "child-abuse-news"
    assert any("list name" in finding.sentence for finding in found(edition, "telling-words"))


def test_findings_take_as_many_queries_for_many_items_as_for_one() -> None:
    counts = []
    for number in (1, 6):
        edition = an_edition(f"many-{number}")
        for extra in range(number):
            other = an_edition(f"other-{number}-{extra}")
            other.blocks.update(edition=edition)
        fresh = Edition.objects.get(pk=edition.pk)
        with CaptureQueriesContext(connection) as queries:
            findings_for(edition=fresh, now=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]
