"""content.revising: every version is kept, and what was approved last is what is printed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from campaigns.content import approving, revising
from campaigns.content.models import Campaign, Image, NewsItem, Source, State, Step, Topic
from tests.integration.content.conftest import NOW

if TYPE_CHECKING:
    import pytest
    from django.contrib.auth.models import User

LATER = NOW + dt.timedelta(hours=1)


def rewritten(item: NewsItem, **words: str) -> NewsItem:
    """The item after somebody changed its English words and saved."""
    item.texts.filter(language="en").update(**words)
    approving.edited(item=item, by=None, now=LATER)
    return NewsItem.objects.get(pk=item.pk)


def test_each_step_keeps_a_version_with_who_and_when(draft: NewsItem, writer: User) -> None:
    approving.edited(item=draft, by=writer, now=NOW)
    approving.submit(item=draft, by=writer, now=NOW, comment="please")
    approving.approve(item=draft, by=writer, now=LATER)
    kept = [(each.number, each.step, each.state, each.by, each.comment) for each in draft.revisions.order_by("number")]
    assert kept == [
        (1, Step.SAVED, State.DRAFT, writer, ""),
        (2, Step.SUBMITTED, State.IN_REVIEW, writer, "please"),
        (3, Step.APPROVED, State.APPROVED, writer, ""),
    ]
    assert draft.revisions.get(number=3).at == LATER


def test_saving_what_is_unchanged_keeps_no_version(draft: NewsItem) -> None:
    approving.edited(item=draft, by=None, now=NOW)
    assert not approving.edited(item=draft, by=None, now=LATER)
    assert draft.revisions.count() == 1


def test_while_it_stands_as_approved_its_rows_are_in_print(approved: NewsItem) -> None:
    assert revising.in_print(approved) is approved


def test_an_item_never_approved_is_shown_as_it_is_written(draft: NewsItem) -> None:
    assert revising.in_print(draft) is draft


def test_an_edited_item_is_a_draft_and_its_approved_version_stays_in_print(approved: NewsItem) -> None:
    item = rewritten(approved, title="Copies")
    printed = revising.in_print(item)
    assert (item.state, [text.title for text in item.texts.all()]) == (State.DRAFT, ["Copies"])
    assert (printed.state, printed.stands_in, printed.pk) == (State.APPROVED, True, item.pk)
    assert [(text.language, text.title, text.body) for text in printed.texts.all()] == [
        ("en", "Backups", "<p>Today.</p>")
    ]


def test_facts_and_choices_are_part_of_the_version(approved: NewsItem, writer: User) -> None:
    other = Source.objects.create(name="ENISA", website="https://enisa.example.org/")
    approved.source, approved.source_date = other, dt.date(2026, 11, 20)
    approved.save()
    approved.topics.set([Topic.objects.create(slug="copies")])
    approving.edited(item=approved, by=None, now=LATER)
    printed = revising.in_print(NewsItem.objects.get(pk=approved.pk))
    assert (printed.source.name, printed.source_date) == ("CERT Polska", dt.date(2026, 11, 1))
    assert [topic.slug for topic in printed.topics.all()] == ["backups"]
    assert (printed.checked_by, printed.checked_on) == (writer, dt.date(2026, 11, 24))


def test_the_new_version_takes_over_when_it_is_approved(approved: NewsItem) -> None:
    item = rewritten(approved, title="Copies")
    approving.approve(item=item, by=None, now=LATER)
    assert revising.in_print(item) is item
    assert item.in_use
    assert item.in_use.number == item.revisions.count()


def test_what_is_withdrawn_is_in_print_no_more_even_while_it_is_rewritten(approved: NewsItem) -> None:
    item = rewritten(approved, title="Copies")
    approving.withdraw(item=item, by=None, now=LATER)
    approving.return_to_draft(item=item, by=None, now=LATER)
    assert item.in_use is None
    assert not NewsItem.objects.approved().exists()


def test_an_embargo_set_anew_holds_before_it_is_approved(approved: NewsItem) -> None:
    approved.embargo_until = LATER
    approved.save()
    approving.edited(item=approved, by=None, now=NOW)
    assert not NewsItem.objects.readable(now=NOW).exists()
    assert revising.in_print(approved).embargo_until == LATER
    assert NewsItem.objects.readable(now=LATER).exists()


def test_an_embargo_taken_away_holds_until_that_is_approved(draft: NewsItem) -> None:
    draft.embargo_until = LATER
    draft.save()
    approving.approve(item=draft, by=None, now=NOW)
    draft.embargo_until = None
    draft.save()
    approving.edited(item=draft, by=None, now=NOW)
    assert not NewsItem.objects.readable(now=NOW).exists()
    assert revising.in_print(draft).embargo_until == LATER
    approving.approve(item=draft, by=None, now=NOW)
    assert NewsItem.objects.readable(now=NOW).exists()


def test_what_was_approved_before_versions_were_kept_is_kept_before_it_changes(draft: NewsItem) -> None:
    NewsItem.objects.update(state=State.APPROVED)
    item = NewsItem.objects.get(pk=draft.pk)
    revising.settle(item=item, by=None, now=NOW)
    item = rewritten(item, title="Copies")
    assert [text.title for text in revising.in_print(item).texts.all()] == ["Backups"]


def test_an_earlier_version_comes_back_as_a_draft_and_nothing_is_lost(approved: NewsItem, writer: User) -> None:
    item = rewritten(approved, title="Copies", body="")
    item.topics.clear()
    approving.edited(item=item, by=None, now=LATER)
    revising.restore(item=item, revision=item.revisions.get(number=1), by=writer, now=LATER)
    item = NewsItem.objects.get(pk=item.pk)
    assert [(text.title, text.body) for text in item.texts.all()] == [("Backups", "<p>Today.</p>")]
    assert [topic.slug for topic in item.topics.all()] == ["backups"]
    assert item.state == State.DRAFT
    last = item.revisions.order_by("-number")[0]
    assert (last.step, last.comment, last.by) == (Step.RESTORED, "1", writer)
    assert item.revisions.filter(content__rows__texts__0__title="Copies").exists()


def test_what_was_written_and_never_saved_as_a_version_survives_going_back(approved: NewsItem) -> None:
    approved.texts.update(title="Half a thought")
    revising.restore(item=approved, revision=approved.revisions.get(number=1), by=None, now=LATER)
    assert approved.revisions.filter(content__rows__texts__0__title="Half a thought").exists()


def test_entries_that_exist_no_more_are_left_out_or_stay(approved: NewsItem) -> None:
    first = approved.source
    approved.image = Image.objects.create(file="images/none.png", width=1, height=1)
    approved.save()
    revising.settle(item=approved, by=None, now=NOW)
    number = revising.newest_number(approved)
    approved.source, approved.image = Source.objects.create(name="ENISA", website="https://enisa.example.org/"), None
    approved.save()
    approving.edited(item=approved, by=None, now=LATER)
    first.delete()
    Image.objects.all().delete()
    Topic.objects.all().delete()
    revising.restore(item=approved, revision=approved.revisions.get(number=number), by=None, now=LATER)
    item = NewsItem.objects.get()
    assert (item.source.name, item.image, list(item.topics.all())) == ("ENISA", None, [])


def test_a_fact_invented_later_stays_as_the_item_has_it(approved: NewsItem) -> None:
    kept = approved.revisions.get()
    del kept.content["facts"]["licence"]
    kept.save()
    approved.licence = "CC BY 4.0"
    approved.save()
    approving.edited(item=approved, by=None, now=LATER)
    assert revising.in_print(NewsItem.objects.get()).licence == "CC BY 4.0"


def test_two_versions_never_share_a_number(approved: NewsItem) -> None:
    numbers = {revising.keep(item=approved, step=Step.SAVED, by=None, now=NOW).number for _ in range(3)}
    assert numbers == {2, 3, 4}


def test_a_campaign_keeps_versions_too(campaign: Campaign) -> None:
    approving.approve(item=campaign, by=None, now=NOW)
    campaign.texts.update(headline="Say it")
    approving.edited(item=campaign, by=None, now=LATER)
    found = Campaign.objects.get()
    assert (found.state, [text.headline for text in revising.in_print(found).texts.all()]) == (State.DRAFT, ["Say no"])


def test_printing_many_costs_no_query_for_what_did_not_change(
    approved: NewsItem, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    rewritten(approved, title="Copies")
    item = NewsItem.objects.select_related("source", "in_use").prefetch_related("texts").get()
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture is a context manager's maker
        printed = revising.in_print(item)
        assert (printed.source.name, [text.title for text in printed.texts.all()]) == ("CERT Polska", ["Backups"])
