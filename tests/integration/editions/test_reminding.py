from __future__ import annotations

import datetime as dt
import smtplib
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from campaigns.calendar.models import Follower, LetterState, ObservanceReminder, ReminderLetter
from newsletter import tasks
from newsletter.editions import planning, reminding
from tests.builders import a_newsletter
from tests.integration.editions.test_planning import occurrence

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import Settings

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2027, 1, 19, 8, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
"""Safer Internet Day 2027 is three weeks away, and Data Protection Day nine days."""
ANSWERS: list[Exception] = []


class Scripted(BaseEmailBackend):
    """Raises what stands in ANSWERS, one at a time; then delivers to the test's outbox."""

    def send_messages(self, messages: Any) -> int:
        if ANSWERS:
            raise ANSWERS.pop(0)
        mail.outbox.extend(messages)
        return len(messages)


@pytest.fixture(autouse=True)
def _scripted(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Scripted"
    ANSWERS.clear()


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("editor", "editor@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_edition"))
    return user


def at(moment: dt.datetime) -> Callable[[], dt.datetime]:
    return lambda: moment


def days_later(days: float) -> Callable[[], dt.datetime]:
    return at(MORNING + dt.timedelta(days=days))


def subjects() -> list[str]:
    return [str(letter.subject) for letter in mail.outbox]


def test_whoever_may_plan_editions_is_told_once_in_their_language(editor: User) -> None:
    Follower.objects.create(person=editor, language="en")
    assert reminding.remind(clock=at(MORNING)) == 1
    (letter,) = mail.outbox
    assert letter.to == ["editor@example.org"]
    assert letter.subject == "2 dates for your editions draw near"
    assert "Safer Internet Day" in letter.body
    assert "9 February 2027, in 21 days" in letter.body
    assert "No edition is planned yet." in letter.body
    assert "/calendar/dates/safer-internet-day/" in letter.body
    assert [reminding.remind(clock=days_later(days)) for days in (0.1, 1, 2)] == [0, 0, 0]
    assert ReminderLetter.objects.get().state == LetterState.SENT


def test_the_sites_language_is_taken_where_nobody_chose_one(editor: User) -> None:
    reminding.remind(clock=at(MORNING))
    assert "Dzień Bezpiecznego Internetu" in mail.outbox[0].body
    assert str(ReminderLetter.objects.get()) == "2027-01-19 sent"
    assert editor.pk


def test_what_is_planned_already_is_said_by_its_code(editor: User) -> None:
    edition, _new = planning.plan(occurrence=occurrence(), newsletter=a_newsletter(), today=MORNING.date())
    Follower.objects.create(person=editor, language="en")
    reminding.remind(clock=at(MORNING))
    assert f"Planned: {edition.code}" in mail.outbox[0].body


def test_a_later_date_comes_in_a_letter_of_its_own(editor: User) -> None:
    Follower.objects.create(person=editor, language="en")
    reminding.remind(clock=at(MORNING))
    assert reminding.remind(clock=days_later(14)) == 1
    assert "European Day for Victims of Crime" in mail.outbox[1].body
    assert "Safer Internet Day" not in mail.outbox[1].body
    assert subjects()[1] == "A date for your editions draws near"


def test_nobody_is_told_who_may_not_plan_has_no_address_or_wants_no_letters(editor: User) -> None:
    User.objects.create_user("reader", "reader@example.org", is_staff=True)
    User.objects.create_superuser("silent", "", "an unguessable phrase")
    User.objects.create_superuser("gone", "gone@example.org", "an unguessable phrase", is_active=False)
    Follower.objects.create(person=editor, language="en", wants_letters=False)
    assert reminding.remind(clock=at(MORNING)) == 0
    assert mail.outbox == []


def test_nothing_is_written_at_night_nor_when_nothing_draws_near(editor: User) -> None:
    assert reminding.remind(clock=at(MORNING.replace(hour=6))) == 0
    assert reminding.remind(clock=at(MORNING.replace(month=6, day=6))) == 0
    assert not ReminderLetter.objects.exists()
    assert editor.pk


def test_a_muted_date_is_not_mentioned(editor: User) -> None:
    ObservanceReminder.objects.create(observance="safer-internet-day", muted=True)
    Follower.objects.create(person=editor, language="en")
    reminding.remind(clock=at(MORNING))
    assert subjects() == ["A date for your editions draws near"]


def test_a_letter_that_was_put_off_goes_out_on_the_next_try(editor: User) -> None:
    ANSWERS.append(smtplib.SMTPServerDisconnected("gone"))
    assert reminding.remind(clock=at(MORNING)) == 0
    assert reminding.remind(clock=days_later(0.1)) == 1
    assert len(mail.outbox) == 1
    assert editor.pk


def test_what_was_put_off_all_day_is_named_on_the_next(editor: User) -> None:
    ANSWERS.append(smtplib.SMTPServerDisconnected("gone"))
    reminding.remind(clock=at(MORNING))
    Follower.objects.create(person=editor, language="en")
    assert reminding.remind(clock=days_later(1)) == 1
    assert "Safer Internet Day" in mail.outbox[0].body


def test_an_address_that_is_refused_is_not_asked_again(editor: User) -> None:
    ANSWERS.append(smtplib.SMTPRecipientsRefused({"editor@example.org": (550, b"nobody here")}))
    assert [reminding.remind(clock=days_later(days)) for days in (0, 0.1, 1)] == [0, 0, 0]
    assert ReminderLetter.objects.get().state == LetterState.REFUSED
    assert editor.pk


def test_a_letter_in_another_workers_hands_is_left_to_it_for_an_hour(editor: User) -> None:
    marks = ["safer-internet-day:2027"]
    ReminderLetter.objects.create(person=editor, day=MORNING.date(), marks=marks, taken_at=MORNING)
    assert reminding.remind(clock=at(MORNING + dt.timedelta(minutes=30))) == 0
    assert reminding.remind(clock=at(MORNING + dt.timedelta(minutes=61))) == 1
    assert len(mail.outbox) == 1


def test_a_letter_whose_dates_were_muted_meanwhile_is_not_sent(editor: User) -> None:
    ReminderLetter.objects.create(person=editor, day=MORNING.date(), marks=["black-friday:2027"])
    assert reminding.remind(clock=at(MORNING)) == 0
    assert mail.outbox == []


def test_one_letter_carries_one_message_id_however_often_it_is_handed_over(editor: User) -> None:
    reminding.remind(clock=at(MORNING))
    ReminderLetter.objects.update(state=LetterState.WAITING, taken_at=None)
    reminding.remind(clock=days_later(0.1))
    first, second = (str(letter.message()["Message-ID"]) for letter in mail.outbox)
    assert first == second
    assert editor.pk


def test_beat_asks_for_letters_and_the_task_may_run_twice(editor: User, settings: Settings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["dates"]["task"] == tasks.remind_of_dates.name
    for _time in range(2):
        tasks.remind_of_dates()
    assert len(mail.outbox) == ReminderLetter.objects.filter(person=editor, state=LetterState.SENT).count() <= 1
