from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils.translation import override

from campaigns.calendar.observances import all_observances
from campaigns.content.models import Campaign, State
from campaigns.safeguarding.sensitivity import Sensitivity
from newsletter.delivery.launching import launch
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions import planning
from newsletter.editions.models import Edition
from newsletter.reports import agenda, agenda_stream
from newsletter.reports.agenda import INTERNATIONAL, Filter, Kind, Sight
from tests.builders import NOON, a_newsletter, an_approved_edition, an_edition
from tests.integration.editions.test_planning import occurrence
from tests.peers.calendars import events_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
EVERYTHING = Sight(campaigns=True, editions=True, mailings=True)
NOVEMBER = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def seen(*kinds: Kind, sight: Sight = EVERYTHING, days: tuple[dt.date, dt.date] = NOVEMBER, **more: Any) -> list[Any]:
    found = agenda.entries(*days, observances=all_observances(), sight=sight, **more)
    return [one for one in found if one.kind in kinds]


def a_campaign(slug: str = "winter", **facts: Any) -> Campaign:
    whole = {"owner": "We", "official_url": "https://example.org/", "launched_on": TODAY, "state": State.APPROVED}
    return Campaign.objects.create(slug=slug, **{**whole, **facts})


def test_observances_are_there_for_everybody_and_name_what_is_planned_for_them() -> None:
    edition, _new = planning.plan(occurrence=occurrence("black-friday", 2026), newsletter=a_newsletter(), today=TODAY)
    friday = next(one for one in seen(Kind.OBSERVANCE) if one.id == "black-friday")
    assert (friday.first, friday.last, friday.what) == (dt.date(2026, 11, 27), dt.date(2026, 11, 27), "observance")
    assert list(friday.editions) == [edition]
    blind = Sight(campaigns=False, editions=False, mailings=False)
    assert {one.kind for one in agenda.entries(*NOVEMBER, observances=all_observances(), sight=blind)} == {"observance"}
    assert not any(one.editions for one in seen(Kind.OBSERVANCE, sight=blind))


def test_a_campaigns_phases_lie_on_their_own_days_and_lead_to_the_campaign() -> None:
    campaign = a_campaign(launched_on=dt.date(2026, 1, 1), sensitivity=Sensitivity.SENSITIVE)
    campaign.texts.create(language="en", name="W", public_name="Winter", headline="W", message="W", call_to_action="Do")
    for order, (name, first) in enumerate({"Start": dt.date(2026, 11, 10), "Later": dt.date(2027, 1, 5)}.items()):
        phase = campaign.phases.create(first_day=first, last_day=first + dt.timedelta(days=2), order=order)
        phase.texts.create(language="en", name=name)
    whole, start = seen(Kind.CAMPAIGN)
    assert (whole.title, start.title) == ("winter", "winter: Start")
    assert (start.first, start.last) == (dt.date(2026, 11, 10), dt.date(2026, 11, 12))
    assert (whole.discreet, start.discreet) == ("Winter", "Winter")
    assert whole.id != start.id
    assert whole.page_id == start.page_id == str(campaign.pk)


def test_a_campaign_lies_on_its_days_and_one_without_an_end_on_all_that_follow() -> None:
    a_campaign("short", ends_on=TODAY + dt.timedelta(days=5))
    a_campaign("endless", launched_on=dt.date(2017, 6, 19))
    a_campaign("over", launched_on=dt.date(2020, 1, 1), ends_on=dt.date(2026, 10, 31))
    a_campaign("later", launched_on=dt.date(2026, 12, 1))
    a_campaign("withdrawn", state=State.WITHDRAWN)
    found = seen(Kind.CAMPAIGN)
    assert [(one.title, one.endless, one.said) for one in found] == [
        ("endless", True, "approved"),
        ("short", False, "approved"),
    ]


def test_an_edition_lies_on_its_day_with_its_state() -> None:
    draft, approved, gone = an_edition("draft"), an_approved_edition("approved"), an_edition("gone")
    Edition.objects.filter(pk=gone.pk).update(published_at=NOON)
    said = {one.id: (one.first, one.state, one.said) for one in seen(Kind.EDITION)}
    assert said == {
        str(draft.pk): (TODAY, "draft", "draft"),
        str(approved.pk): (TODAY, "approved", "approved"),
        str(gone.pk): (TODAY, "sent", "sent"),
    }


def test_a_mailing_on_the_editions_own_day_says_both() -> None:
    launch(edition=an_approved_edition(), now=NOON, due_at=NOON + dt.timedelta(hours=2))
    (mailing,) = seen(Kind.MAILING, Kind.EDITION)
    assert (mailing.kind, mailing.first, mailing.said) == (Kind.MAILING, TODAY, "scheduled, 15:00")
    assert [one.kind for one in seen(Kind.EDITION, sight=Sight(campaigns=False, editions=True, mailings=False))] == [
        Kind.EDITION
    ]


def test_a_mailing_on_another_day_stands_beside_its_edition() -> None:
    mailing = launch(edition=an_approved_edition(), now=NOON, due_at=NOON + dt.timedelta(days=3))
    assert [(one.kind, one.first.day) for one in seen(Kind.MAILING, Kind.EDITION)] == [
        (Kind.EDITION, 23),
        (Kind.MAILING, 26),
    ]
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENDING)
    assert seen(Kind.MAILING)[0].said == "sending"
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.FINISHED)
    assert (seen(Kind.MAILING)[0].state, seen(Kind.MAILING)[0].said) == ("sent", "sent")
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.CANCELLED)
    assert [one.kind for one in seen(Kind.MAILING, Kind.EDITION)] == [Kind.EDITION]


def test_a_mailing_by_each_readers_clock_lies_on_the_day_their_clocks_show() -> None:
    mailing = launch(edition=an_approved_edition(), now=NOON, due_at=NOON + dt.timedelta(days=3))
    Mailing.objects.filter(pk=mailing.pk).update(
        wall_time="2026-11-30T08:00", due_at=dt.datetime(2026, 11, 29, 18, tzinfo=dt.UTC)
    )
    (shown,) = seen(Kind.MAILING)
    assert (shown.first, shown.said) == (dt.date(2026, 11, 30), "scheduled, 08:00")
    assert seen(Kind.MAILING, days=(dt.date(2026, 11, 1), dt.date(2026, 11, 29))) == []


def test_a_topic_chooses_observances_campaigns_editions_and_their_mailings() -> None:
    edition = an_approved_edition()
    launch(edition=edition, now=NOON, due_at=NOON + dt.timedelta(days=3))
    campaign = a_campaign()
    campaign.topics.add(edition.blocks.get(kind="news_item").news_item.topics.get())  # type: ignore[union-attr]
    an_edition("about-nothing").blocks.all().delete()
    found = seen(*Kind, chosen=Filter(topic="texts"))
    assert [one.kind for one in found] == [Kind.CAMPAIGN, Kind.EDITION, Kind.MAILING]
    assert {one.id for one in seen(*Kind, chosen=Filter(topic="trafficking"), days=(dt.date(2026, 1, 1), TODAY))} == {
        "anti-trafficking-un",
        "anti-trafficking-eu",
    }


def test_a_country_chooses_among_observances() -> None:
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    assert [one.id for one in seen(*Kind, chosen=Filter(country="PL"), days=year)] == ["childrens-day-pl"]
    assert "childrens-day-pl" not in {one.id for one in seen(*Kind, chosen=Filter(country=INTERNATIONAL), days=year)}


def test_any_number_of_rows_costs_the_same_queries(django_assert_max_num_queries: Any) -> None:
    newsletter = a_newsletter()
    for n in range(12):
        a_campaign(f"c-{n}")
        launch(edition=an_approved_edition(f"e-{n}", newsletter=newsletter), now=NOON)
    with django_assert_max_num_queries(15):
        assert len(seen(Kind.CAMPAIGN, Kind.MAILING)) == 24


def test_the_feed_gives_a_calendar_program_all_of_it_under_stable_names() -> None:
    a_campaign(ends_on=TODAY + dt.timedelta(days=5))
    a_campaign("old-and-endless", launched_on=dt.date(2017, 6, 19))
    new = a_campaign("new-and-endless", launched_on=dt.date(2026, 12, 24))
    edition = an_edition()
    body = agenda_stream.stream_for(sight=EVERYTHING, language="en", today=TODAY)
    events = {str(one["UID"]): one for one in events_of(body)}
    assert len(events) == len(events_of(body))
    (internet,) = (
        one for one in events.values() if one["SUMMARY"] == "Safer Internet Day" and one["DTSTART"].dt.year == 2027
    )
    assert str(internet["UID"]).endswith("-2027@127.0.0.1")
    assert "/calendar/dates/safer-internet-day/" in str(internet["URL"])
    assert str(events[f"edition-{edition.pk}@127.0.0.1"]["SUMMARY"]).endswith("(draft)")
    assert events[f"campaign-{new.pk}@127.0.0.1"]["DTEND"].dt == dt.date(2026, 12, 25)
    assert not [uid for uid in events if "old-and-endless" in str(events[uid]["SUMMARY"])]
    assert body == agenda_stream.stream_for(sight=EVERYTHING, language="en", today=TODAY)


def test_the_feed_speaks_the_language_asked_for() -> None:
    body = agenda_stream.stream_for(sight=EVERYTHING, language="pl", today=TODAY)
    assert "Dzień Bezpiecznego Internetu" in {str(one["SUMMARY"]) for one in events_of(body)}


def test_the_feed_tells_no_bystander_what_a_sensitive_thing_is_about() -> None:
    edition = an_edition("sensitive", sensitive=True)
    a_campaign("grave", hashtag="#TellingWord", sensitivity=Sensitivity.SEVERE)
    body = agenda_stream.stream_for(sight=EVERYTHING, language="en", today=TODAY)
    words = body.decode().replace("\r\n ", "")
    assert f"News from the net {edition.code} (draft)" in words
    assert str(edition) not in words
    assert "TellingWord" not in words
    assert "European day of child protection" in words
    assert "Sexual" not in words
    assert "sexual" not in words
    assert "abuse" not in words


def test_what_somebody_sees_goes_by_their_permissions() -> None:
    person = User.objects.create_user("reader")
    assert agenda.sight_of(person) == Sight(campaigns=False, editions=False, mailings=False)
    person.user_permissions.add(Permission.objects.get(codename="view_mailing"))
    assert not agenda.sight_of(User.objects.get(pk=person.pk)).mailings
    chief = User.objects.create_superuser("chief")
    assert agenda.sight_of(chief) == EVERYTHING
