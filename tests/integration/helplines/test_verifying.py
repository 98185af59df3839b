"""A check holds for exactly what was checked (G7), and every step is kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.helplines import verifying
from campaigns.helplines.digesting import digest_of
from campaigns.helplines.models import (
    REVIEW_WITHIN,
    Helpline,
    HelplineCheck,
    HelplineHours,
    HelplineText,
    HistoryIsAppendOnlyError,
    Standing,
)
from tests.builders import NOON, a_helpline

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
CHANGES: dict[str, Callable[[Helpline], object]] = {
    "number": lambda _line: Helpline.objects.update(phone="116 112"),
    "sms": lambda _line: Helpline.objects.update(sms="8080"),
    "chat": lambda _line: Helpline.objects.update(chat_url="https://chat.example.org/"),
    "web": lambda _line: Helpline.objects.update(web_url="https://other.example.org/"),
    "source": lambda _line: Helpline.objects.update(source_url="https://other.example.org/"),
    "country": lambda _line: Helpline.objects.update(country="DE"),
    "kind": lambda _line: Helpline.objects.update(kind="fraud"),
    "audience": lambda _line: Helpline.objects.update(audience="adults"),
    "cost": lambda _line: Helpline.objects.update(charge="free"),
    "languages": lambda _line: Helpline.objects.update(spoken_languages=["pl", "uk"]),
    "round the clock": lambda _line: Helpline.objects.update(round_the_clock=True),
    "holidays": lambda _line: Helpline.objects.update(on_holidays="closed"),
    "zone": lambda _line: Helpline.objects.update(time_zone="Europe/Berlin"),
    "hours": lambda line: HelplineHours.objects.create(
        helpline=line, first_day=0, last_day=4, opens=dt.time(12), closes=dt.time(20)
    ),
    "name": lambda _line: HelplineText.objects.filter(language="en").update(name="Else"),
    "words": lambda _line: HelplineText.objects.filter(language="pl").update(accessibility="Czat dla głuchych"),
    "a language": lambda _line: HelplineText.objects.filter(language="pl").delete(),
}


@pytest.fixture
def line(admin_user: User) -> Helpline:
    """An entry that the chief verified at noon."""
    verifying.verify(helplines=[a_helpline()], by=admin_user, now=NOON)
    return Helpline.objects.get()


def test_verifying_sets_the_next_look_as_late_as_the_directory_allows(line: Helpline, admin_user: User) -> None:
    assert (line.verified_on, line.review_by, line.verified_by) == (TODAY, TODAY + REVIEW_WITHIN, admin_user)
    (check,) = line.checks.all()
    assert (check.what, check.by_name, check.source_url) == ("verified", "admin", line.source_url)
    assert check.facts["phone"] == "116 111"


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_that_a_reader_sees_takes_the_verification_away(
    line: Helpline, admin_user: User, change: str
) -> None:
    before = verifying.digest_at_rest(line)
    CHANGES[change](line)
    assert not verifying.is_as_checked(Helpline.objects.get())
    assert verifying.edited(helpline=line, before=before, by=admin_user, now=NOON)
    after = Helpline.objects.get()
    assert (after.verified_on, after.review_by, after.verified_by, after.checked_as) == (None, None, None, "")
    assert [check.what for check in line.checks.order_by("pk")] == ["verified", "changed"]


def test_what_readers_do_not_see_may_change(line: Helpline, admin_user: User) -> None:
    before = verifying.digest_at_rest(line)
    Helpline.objects.update(order=1, responsible=admin_user, slug="renamed")
    assert not verifying.edited(helpline=line, before=before, by=admin_user, now=NOON)
    assert verifying.is_as_checked(Helpline.objects.get())


def test_an_unverified_entry_has_nothing_to_lose(admin_user: User) -> None:
    Helpline.objects.filter(pk=a_helpline().pk).update(verified_on=None, review_by=None)
    assert not verifying.edited(helpline=Helpline.objects.get(), before="", by=admin_user, now=NOON)
    assert not verifying.stop(helpline=Helpline.objects.get(), by=admin_user, now=NOON)
    assert not HelplineCheck.objects.exists()


def test_an_entry_is_taken_out_of_print_at_once(line: Helpline, admin_user: User) -> None:
    assert verifying.stop(helpline=line, by=admin_user, now=NOON)
    assert not Helpline.objects.printable(today=TODAY).exists()
    assert line.checks.latest("pk").what == "stopped"


def test_nobody_vouches_for_what_they_did_not_see(line: Helpline, admin_user: User) -> None:
    seen = digest_of(line)
    verifying.verify_as_seen(helpline=line, seen=seen, by=admin_user, now=NOON)
    Helpline.objects.update(phone="116 112")
    with pytest.raises(verifying.ChangedMeanwhileError):
        verifying.verify_as_seen(helpline=line, seen=seen, by=admin_user, now=NOON)
    assert line.checks.count() == 2


def test_a_day_written_by_hand_is_bound_to_what_stands_there(line: Helpline, admin_user: User) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    Helpline.objects.update(phone="116 112", verified_on=yesterday, review_by=TODAY)
    verifying.dated(helpline=line, by=admin_user, now=NOON)
    after = Helpline.objects.get()
    assert (after.verified_on, after.verified_by) == (yesterday, admin_user)
    assert verifying.is_as_checked(after)
    Helpline.objects.update(verified_on=None, review_by=None)
    verifying.dated(helpline=line, by=admin_user, now=NOON)
    assert [check.what for check in line.checks.order_by("pk")] == ["verified", "verified", "stopped"]
    assert Helpline.objects.get().verified_by is None


def test_an_entry_not_yet_written_has_no_digest() -> None:
    assert verifying.digest_at_rest(Helpline()) == ""


def test_history_cannot_be_rewritten_and_outlives_its_entry(line: Helpline) -> None:
    (check,) = HelplineCheck.objects.all()
    assert str(check).startswith("2026-11-23 pl-listening: ")
    with pytest.raises(HistoryIsAppendOnlyError):
        check.save()
    with pytest.raises(HistoryIsAppendOnlyError):
        check.delete()
    line.delete()
    assert [(left.slug, left.helpline) for left in HelplineCheck.objects.all()] == [("pl-listening", None)]


@pytest.mark.parametrize(
    ("verified", "review", "standing"),
    [
        (None, None, Standing.UNVERIFIED),
        (1, 100, Standing.UNVERIFIED),
        (-10, -1, Standing.EXPIRED),
        (-10, 0, Standing.EXPIRING),
        (-10, 30, Standing.EXPIRING),
        (-10, 31, Standing.VERIFIED),
    ],
)
def test_each_entry_has_one_standing(verified: int | None, review: int | None, standing: Standing) -> None:
    dates = [None if days is None else TODAY + dt.timedelta(days=days) for days in (verified, review)]
    Helpline.objects.filter(pk=a_helpline().pk).update(verified_on=dates[0], review_by=dates[1])
    shown: Any = Helpline.objects.with_standing(today=TODAY).get()
    assert shown.standing == standing
    due = Helpline.objects.falling_due(today=TODAY).exists()
    assert due == (standing in {Standing.EXPIRED, Standing.EXPIRING})
