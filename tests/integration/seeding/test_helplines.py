"""seeding.helplines: a record holds for what was checked, what staff did is theirs, what nobody checked is not printed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import override_settings

from campaigns.helplines import directory, verifying
from campaigns.helplines.countries import COUNTRIES
from campaigns.helplines.models import REVIEW_WITHIN, Helpline, HelplineCheck
from newsletter.seeding.helplines import plant_helplines
from newsletter.seeding.reading import read
from newsletter.seeding.records import Hours

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from newsletter.seeding.records import Helpline as Seed

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
CHECKED = dt.date(2026, 11, 16)
SEEDS = read(settings.BASE_DIR / "seeds").helplines
LINE = next(seed for seed in SEEDS if seed.slug == "pl-116-111")
in_earnest = override_settings(TRYING_OUT=False)


def plant(*seeds: Seed, days: int = 0) -> dict[str, int]:
    return plant_helplines(seeds or SEEDS, now=NOON + dt.timedelta(days=days))


def changed(**facts: Any) -> Seed:
    return dataclasses.replace(LINE, **facts)


def there() -> Helpline:
    return Helpline.objects.get(slug=LINE.slug)


def test_no_entry_that_nobody_checked_can_be_printed_anywhere() -> None:
    plant()
    for country in {*COUNTRIES, "XX"} - {"PL"}:
        for language in ("pl", "en"):
            asked: dict[str, Any] = {"country": country, "language": language, "today": NOON.date()}
            assert not [entry for level in range(4) for entry in directory.for_reader(sensitivity=level, **asked)]
    assert not Helpline.objects.exclude(country="PL").exclude(verified_on=None).exists()
    assert set(Helpline.objects.filter(country="PL").values_list("verified_on", flat=True)) == {CHECKED}


def test_planting_twice_changes_nothing_and_asks_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        first = plant()
    before = list(Helpline.objects.order_by("pk").values()), list(HelplineCheck.objects.values())
    with django_assert_max_num_queries(30):
        assert plant(days=7) == first
    assert (list(Helpline.objects.order_by("pk").values()), list(HelplineCheck.objects.values())) == before


def test_each_record_of_a_check_begins_the_history() -> None:
    plant()
    assert HelplineCheck.objects.count() == 9
    assert {(check.what, check.by_name, check.verified_on) for check in HelplineCheck.objects.all()} == {
        ("verified", "", CHECKED)
    }


@pytest.mark.parametrize("trying_out", [True, False])
def test_a_changed_number_loses_the_verification_however_often_it_is_planted(*, trying_out: bool) -> None:
    plant(LINE)
    with override_settings(TRYING_OUT=trying_out):
        for _ in range(2):
            assert plant(changed(phone="116 112"))["helplines to be checked"] == 1
    line = there()
    assert (line.phone, line.verified_on) == ("116 112", None)
    assert [check.what for check in line.checks.order_by("pk")] == ["verified", "changed"]


def test_a_changed_number_with_a_new_record_is_verified_anew() -> None:
    plant(LINE)
    plant(changed(phone="116 112", verified_on=NOON.date(), review_by=NOON.date() + REVIEW_WITHIN))
    assert (there().phone, there().verified_on) == ("116 112", NOON.date())


def test_a_new_record_alone_is_taken_over() -> None:
    plant(LINE)
    plant(changed(verified_on=NOON.date(), review_by=NOON.date() + REVIEW_WITHIN))
    assert (there().verified_on, verifying.is_as_checked(there())) == (NOON.date(), True)


def test_hours_are_planted_once() -> None:
    with_hours = changed(hours=[Hours(first_day=0, last_day=4, opens=dt.time(12), closes=dt.time(20))])
    plant(with_hours)
    ids = list(there().intervals.values_list("pk", flat=True))
    plant(with_hours)
    assert list(there().intervals.values_list("pk", flat=True)) == ids
    assert len(ids) == 1


def test_what_staff_edited_is_theirs() -> None:
    plant(LINE)
    there().texts.filter(language="pl").update(name="Nasza nazwa")
    plant(changed(phone="116 112"))
    assert (there().phone, there().texts.get(language="pl").name) == ("116 111", "Nasza nazwa")


def test_what_staff_verified_or_took_out_of_print_is_theirs(admin_user: User) -> None:
    plant(LINE)
    verifying.verify(helplines=[there()], by=admin_user, now=NOON)
    plant(changed(phone="116 112", verified_on=dt.date(2026, 12, 1), review_by=dt.date(2027, 5, 1)), days=10)
    assert (there().phone, there().verified_by) == ("116 111", admin_user)
    verifying.stop(helpline=there(), by=admin_user, now=NOON)
    plant(LINE)
    assert there().verified_on is None


def planted_before_digests_were_kept() -> None:
    plant(LINE)
    Helpline.objects.update(seeded_as="", checked_as="", charge="")
    HelplineCheck.objects.update(facts={})


def test_a_row_of_an_older_version_that_nobody_touched_is_brought_up_to_date() -> None:
    planted_before_digests_were_kept()
    plant(LINE)
    assert (there().charge, there().verified_on, verifying.is_as_checked(there())) == ("free", CHECKED, True)


def test_a_row_of_an_older_version_that_somebody_saved_is_theirs(admin_user: User) -> None:
    planted_before_digests_were_kept()
    LogEntry.objects.log_actions(admin_user.pk, [there()], CHANGE, change_message="", single_object=True)
    plant(LINE)
    assert there().charge == ""


def test_a_trial_installation_counts_overdue_helplines_as_checked_on_the_day_of_planting() -> None:
    for days in (400, 407):
        plant(days=days)
        verified = Helpline.objects.exclude(verified_on=None)
        assert set(verified.values_list("verified_on", flat=True)) == {(NOON + dt.timedelta(days=400)).date()}
        assert verified.count() == 9


@in_earnest
def test_a_production_installation_keeps_the_record_so_that_overdue_helplines_are_not_printed() -> None:
    for _ in range(2):
        assert plant(days=400)["helplines to be checked"] == len(SEEDS)
    assert HelplineCheck.objects.count() == 9


def test_an_editors_later_check_of_a_helpline_is_kept() -> None:
    plant(LINE)
    later = {"verified_on": dt.date(2026, 12, 1), "review_by": dt.date(2027, 5, 1)}
    Helpline.objects.update(**later)
    plant(LINE, days=20)
    assert Helpline.objects.filter(**later).exists()
