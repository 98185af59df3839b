"""The models of a campaign and of what belongs to it: what is said half, or in the wrong order, is told at its field."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import translation

from campaigns.content.models import Campaign, CampaignText, Material, Partner, Phase, Stage, Target

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
PLAN = {
    "objective_what": "Parents know where to report",
    "objective_measure": "from 30 % to 45 %",
    "objective_by": LAST,
    "audience": "parents",
    "baseline_value": 30,
    "baseline_unit": "% of parents",
    "baseline_on": FIRST,
    "baseline_url": "https://example.org/survey",
    "method": "The same poll before and after.",
    "measured_by": "Press office",
}


def a_campaign(**facts: object) -> Campaign:
    given = {
        "slug": "calm",
        "owner": "NASK",
        "official_url": "https://example.org/",
        "launched_on": FIRST,
        "ends_on": LAST,
    }
    return Campaign(**{**given, **facts})


def wrong_in(row: Campaign | Phase | Material, **kwargs: object) -> set[str]:
    try:
        row.full_clean(**kwargs)  # type: ignore[arg-type]
    except ValidationError as error:
        return set(error.message_dict)
    return set()


@pytest.mark.parametrize("hashtag", ["", "#SayNO", "#PowiedzNIE", "#Łączymy_2026"])
def test_a_hashtag_is_letters_digits_and_underscores(hashtag: str) -> None:
    assert wrong_in(a_campaign(hashtag=hashtag)) == set()


@pytest.mark.parametrize("hashtag", ["SayNO", "#", "#2026", "#Say NO", "#Say-NO", "##NO", "#NO\n", "#NO!"])
def test_another_hashtag_is_told_at_its_field(hashtag: str) -> None:
    assert wrong_in(a_campaign(hashtag=hashtag)) == {"hashtag"}


def test_an_end_before_the_beginning_is_told_at_the_end() -> None:
    assert wrong_in(a_campaign(ends_on=FIRST - dt.timedelta(days=1))) == {"ends_on"}


def test_a_campaign_is_called_by_its_hashtag_or_its_slug_and_its_words_by_their_name() -> None:
    assert (str(a_campaign(hashtag="#Calm")), str(a_campaign())) == ("#Calm", "calm")
    assert str(CampaignText(name="Calm down")) == "Calm down"


def test_a_day_is_within_the_campaign_or_not() -> None:
    assert a_campaign().holds(FIRST)
    assert not a_campaign().holds(LAST + dt.timedelta(days=1))
    assert a_campaign(ends_on=None).holds(LAST + dt.timedelta(days=900))


@pytest.mark.parametrize("name", ["baseline_value", "baseline_unit", "baseline_on", "baseline_url"])
def test_a_baseline_of_which_a_part_is_missing_is_told_at_that_part(name: str) -> None:
    empty = None if name in {"baseline_value", "baseline_on"} else ""
    assert wrong_in(a_campaign(**{**PLAN, name: empty})) == {name}


def test_a_baseline_of_zero_is_a_baseline() -> None:
    assert wrong_in(a_campaign(**{**PLAN, "baseline_value": 0})) == set()


@pytest.mark.parametrize("name", ["objective_what", "objective_measure", "objective_by"])
def test_an_objective_of_which_a_part_is_missing_is_told_at_that_part(name: str) -> None:
    assert wrong_in(a_campaign(**{**PLAN, name: None if name == "objective_by" else ""})) == {name}


def test_an_objective_before_the_campaign_begins_is_told() -> None:
    assert wrong_in(a_campaign(**{**PLAN, "objective_by": FIRST - dt.timedelta(days=1)})) == {"objective_by"}


def test_a_campaign_lacks_an_objective_until_it_has_one_or_a_reason() -> None:
    assert a_campaign().lacks_objective
    assert a_campaign(objective_waiver=" ").lacks_objective
    assert not a_campaign(objective_waiver="It was inherited.").lacks_objective
    assert not a_campaign(**PLAN).lacks_objective


def test_the_gaps_of_a_plan_are_named_until_it_is_whole() -> None:
    with translation.override("en"):
        assert [str(gap) for gap in a_campaign().gaps()] == [
            "objective", "audience", "baseline", "method", "who measures", "targets",
        ]  # fmt: skip
        assert a_campaign(objective_waiver="It was inherited.").gaps() == []
        whole = a_campaign(**PLAN)
        whole.save()
        assert [str(gap) for gap in whole.gaps()] == ["targets"]
    Target.objects.create(campaign=whole, stage=Stage.OUTTAKES, indicator="page reads", value=2000)
    assert whole.gaps() == []


def test_a_target_says_what_and_how_much() -> None:
    assert str(Target(indicator="answers", value=60, unit="%")) == "answers: 60 %"
    assert str(Target(indicator="reads", value=2000)) == "reads: 2000"


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        (0, 29, set()),
        (5, 5, set()),
        (5, 4, {"last_day"}),
        (-1, 4, {"first_day"}),
        (4, 30, {"last_day"}),
        (-9, -8, {"first_day", "last_day"}),
    ],
)
def test_a_phase_lies_within_its_campaign(first: int, last: int, wrong: set[str]) -> None:
    days = {"first_day": FIRST + dt.timedelta(days=first), "last_day": FIRST + dt.timedelta(days=last)}
    assert wrong_in(Phase(campaign=a_campaign(), **days), exclude=["campaign"]) == wrong


def test_a_phase_without_days_is_told_only_that() -> None:
    campaign = a_campaign(launched_on=None, ends_on=None)
    assert wrong_in(Phase(campaign=campaign), exclude=["campaign"]) == {"first_day", "last_day"}


def test_a_phase_is_called_by_its_name_or_its_days() -> None:
    campaign = a_campaign()
    campaign.save()
    phase = Phase.objects.create(campaign=campaign, first_day=FIRST, last_day=LAST)
    assert str(phase) == "2026-11-01 – 2026-11-30"
    assert str(phase.texts.create(language="en", name="Launch")) == "Launch"
    assert str(Phase.objects.prefetch_related("texts").get()) == "Launch"


def test_a_material_is_a_file_or_a_link() -> None:
    assert wrong_in(Material(), exclude=["campaign"]) == {"file"}
    assert wrong_in(Material(file="a.pdf", url="https://example.org/"), exclude=["campaign"]) == {"url"}
    assert wrong_in(Material(url="https://example.org/", language="pt-br"), exclude=["campaign"]) == set()
    assert wrong_in(Material(url="https://example.org/", language="Polish"), exclude=["campaign"]) == {"language"}


def test_a_material_says_its_language_and_where_it_leads() -> None:
    with translation.override("en"):
        assert Material(language="uk").language_name == "Ukrainian"
        assert Material(language="zz").language_name == "zz"
        assert Material().language_name == ""
    assert Material(url="https://www.example.org/film").host == "example.org"


def test_a_material_is_called_by_title_link_or_file() -> None:
    campaign = a_campaign()
    campaign.save()
    film = Material.objects.create(campaign=campaign, url="https://example.org/film")
    assert str(film) == "https://example.org/film"
    assert str(film.texts.create(language="en", title="The film")) == "The film"
    assert str(Material.objects.prefetch_related("texts").get()) == "The film"
    assert str(Material(file="materials/a.pdf")) == "materials/a.pdf"
    assert str(Partner(name="NASK")) == "NASK"


def test_who_leaves_does_not_take_the_campaign_along() -> None:
    person = User.objects.create_user("ola", is_staff=True)
    campaign = a_campaign(responsible=person)
    campaign.save()
    person.delete()
    campaign.refresh_from_db()
    assert campaign.responsible is None
