from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection

from campaigns.calendar.observances import Occurrence, by_key, occurrence_in
from campaigns.content.models import Campaign, CampaignRevision, State
from campaigns.safeguarding.neutrality import telling_words
from newsletter.editions import editing, planning
from newsletter.editions.models import BlockKind, Edition
from tests.builders import NOON, a_newsletter, an_edition

TODAY = dt.date(2026, 11, 25)


def occurrence(key: str = "safer-internet-day", year: int = 2027) -> Occurrence:
    observance = by_key(key)
    assert observance is not None
    found = occurrence_in(observance, year)
    assert found is not None
    return found


def a_campaign(slug: str, *, state: State = State.APPROVED, launched: dt.date = TODAY) -> Campaign:
    return Campaign.objects.create(
        slug=slug,
        owner="We",
        official_url="https://example.org/",
        launched_on=launched,
        state=state,
        observance="safer-internet-day",
    )


@pytest.mark.django_db
def test_a_draft_gets_the_day_a_neutral_address_and_a_code() -> None:
    edition, is_new = planning.plan(
        occurrence=occurrence("child-protection-coe"), newsletter=a_newsletter(), today=TODAY
    )
    assert is_new
    assert edition.dated == dt.date(2027, 11, 18)
    assert edition.slug == "net-2027-11-18"
    assert not telling_words(edition.slug, language="en")
    assert edition.state == "draft"
    assert edition.code
    assert not edition.blocks.exists()


@pytest.mark.django_db
def test_planning_twice_leads_to_the_edition_that_is_there() -> None:
    newsletter = a_newsletter()
    first, _new = planning.plan(occurrence=occurrence(), newsletter=newsletter, today=TODAY)
    again, is_new = planning.plan(occurrence=occurrence(), newsletter=newsletter, today=TODAY)
    assert again == first
    assert not is_new
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_another_year_and_another_newsletter_have_editions_of_their_own() -> None:
    newsletter = a_newsletter()
    for year, publication in ((2027, newsletter), (2028, newsletter), (2027, a_newsletter("other"))):
        assert planning.plan(occurrence=occurrence(year=year), newsletter=publication, today=TODAY)[1]
    assert planning.planned([occurrence()])["safer-internet-day:2027"] == list(
        Edition.objects.filter(observance_year=2027).order_by("pk")
    )


@pytest.mark.django_db
def test_its_youngest_approved_campaign_is_the_first_block() -> None:
    a_campaign("older", launched=TODAY - dt.timedelta(days=300))
    chosen = a_campaign("younger")
    a_campaign("draft", state=State.DRAFT, launched=TODAY + dt.timedelta(days=1))
    edition, _new = planning.plan(occurrence=occurrence(), newsletter=a_newsletter(), today=TODAY)
    block = edition.blocks.get()
    assert (block.kind, block.campaign) == (BlockKind.CAMPAIGN, chosen)


@pytest.mark.django_db
def test_a_campaign_that_is_being_rewritten_stands_there_as_it_was_approved() -> None:
    campaign = a_campaign("rewritten")
    campaign.in_use = CampaignRevision.objects.create(
        item=campaign, number=1, step="approved", state=State.APPROVED, at=NOON, content={}, sensitivity=0
    )
    campaign.state = State.DRAFT
    campaign.save()
    assert planning.campaign_of("safer-internet-day") == campaign


@pytest.mark.django_db
def test_a_span_that_has_begun_is_planned_for_today_and_one_that_is_over_not_at_all() -> None:
    sixteen = occurrence("sixteen-days", 2026)
    edition, _new = planning.plan(occurrence=sixteen, newsletter=a_newsletter(), today=dt.date(2026, 12, 1))
    assert edition.dated == dt.date(2026, 12, 1)
    with pytest.raises(planning.OverError):
        planning.plan(occurrence=sixteen, newsletter=a_newsletter("other"), today=dt.date(2026, 12, 11))


@pytest.mark.django_db
def test_a_taken_address_gets_a_number() -> None:
    newsletter = a_newsletter()
    for slug in ("net-2027-02-09", "net-2027-02-09-2"):
        Edition.objects.create(newsletter=newsletter, slug=slug, code=slug[-12:], dated=TODAY)
    edition, _new = planning.plan(occurrence=occurrence(), newsletter=newsletter, today=TODAY)
    assert edition.slug == "net-2027-02-09-3"


@pytest.mark.django_db
def test_a_long_newsletters_address_leaves_room_for_the_day() -> None:
    slug = planning.slug_for(a_newsletter("n" * 35 + "-" + "m" * 14), TODAY)
    assert slug == f"{'n' * 35}-2026-11-25"
    assert len(slug) <= 50


@pytest.mark.django_db
def test_what_goes_wrong_every_time_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    newsletter = a_newsletter()
    Edition.objects.create(newsletter=newsletter, slug="taken", code="T", dated=TODAY)
    monkeypatch.setattr(planning, "slug_for", lambda *_facts: "taken")
    with pytest.raises(IntegrityError):
        planning.plan(occurrence=occurrence(), newsletter=newsletter, today=TODAY)


@pytest.mark.django_db
def test_a_copy_is_not_planned_for_the_day_of_its_original() -> None:
    edition, _new = planning.plan(occurrence=occurrence(), newsletter=a_newsletter(), today=TODAY)
    copy = editing.duplicate(edition=edition, slug="copy", dated=TODAY)
    assert (copy.observance, copy.observance_year) == ("", None)


@pytest.mark.django_db
def test_the_database_refuses_a_key_without_a_year_and_a_second_edition() -> None:
    with pytest.raises(IntegrityError):
        Edition.objects.create(newsletter=a_newsletter(), slug="a", code="A", dated=TODAY, observance="black-friday")


@pytest.mark.django_db
def test_what_is_planned_is_found_in_two_queries(django_assert_num_queries: Any) -> None:
    an_edition()
    found = [occurrence(year=year) for year in range(2027, 2037)]
    newsletter = a_newsletter()
    for one in found:
        planning.plan(occurrence=one, newsletter=newsletter, today=TODAY)
    with django_assert_num_queries(2):
        planned = planning.planned(found)
    assert {mark: len(editions) for mark, editions in planned.items()} == {one.mark: 1 for one in found}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_plan_at_the_same_moment_get_one_edition() -> None:
    newsletter, barrier, made = a_newsletter(), threading.Barrier(2), []

    def plan() -> None:
        barrier.wait()
        made.append(planning.plan(occurrence=occurrence(), newsletter=newsletter, today=TODAY))
        connection.close()

    threads = [threading.Thread(target=plan) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [edition.pk for edition, _new in made] == [Edition.objects.get().pk] * 2
    assert sorted(is_new for _edition, is_new in made) == [False, True]
