"""Letters about what falls due: once per step, to who is responsible, or to everybody who can act."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.utils import timezone, translation

from campaigns.helplines import reminding, verifying
from campaigns.helplines.models import Helpline, HelplineReminder
from newsletter import tasks
from newsletter.lib import notifying
from tests.builders import NOON, a_helpline

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

DUE = NOON.date() + dt.timedelta(days=90)


def keeper(name: str, **facts: Any) -> User:
    user = User.objects.create_user(name, **{"email": f"{name}@example.org", "is_staff": True, **facts})
    user.user_permissions.add(Permission.objects.get(codename="change_helpline"))
    return user


class Post:
    """Keeps what would be sent; refuses while the server is away."""

    def __init__(self) -> None:
        self.notices: list[reminding.Notice] = []
        self.away = False

    def __call__(self, notice: reminding.Notice) -> bool:
        if not self.away:
            self.notices.append(notice)
        return not self.away

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        return [(each.person.username, [line.slug for line in each.entries]) for each in self.notices]


@pytest.fixture
def post() -> Post:
    return Post()


def days_before(days: int, hour: int = 9) -> dt.datetime:
    return dt.datetime.combine(DUE - dt.timedelta(days=days), dt.time(hour), timezone.get_current_timezone())


def test_through_half_a_year_the_responsible_person_gets_two_letters(post: Post) -> None:
    a_helpline()
    Helpline.objects.update(responsible=keeper("anna"))
    keeper("bert")
    days = [
        day for day in range(60, -30, -1) for _twice in range(2) if reminding.remind(now=days_before(day), send=post)
    ]
    assert (days, post.told) == ([30, 7], [("anna", ["pl-listening"])] * 2)


def test_a_beat_that_rested_still_writes_and_the_steps_it_missed_are_one_letter(post: Post) -> None:
    a_helpline()
    keeper("anna")
    assert [reminding.remind(now=days_before(day), send=post) for day in (31, 3, 2)] == [0, 1, 0]


def test_one_letter_lists_everything_that_falls_due_the_most_urgent_first(post: Post) -> None:
    a_helpline("pl-late")
    a_helpline("pl-soon")
    a_helpline("pl-overdue")
    a_helpline("pl-far")
    Helpline.objects.filter(slug="pl-late").update(review_by=DUE + dt.timedelta(days=5))
    Helpline.objects.filter(slug="pl-overdue").update(review_by=DUE - dt.timedelta(days=40))
    Helpline.objects.filter(slug="pl-far").update(review_by=DUE + dt.timedelta(days=60))
    keeper("anna")
    reminding.remind(now=days_before(20), send=post)
    assert post.told == [("anna", ["pl-overdue", "pl-soon", "pl-late"])]
    with translation.override("en"):
        context: Any = post.notices[0].context
    assert [(line["days"], line["is_overdue"]) for line in context["lines"]] == [(-20, True), (20, False), (25, False)]


@pytest.mark.parametrize(
    "left", [{"is_active": False}, {"is_staff": False}, {"email": ""}], ids=["inactive", "no staff", "no address"]
)
def test_where_the_responsible_person_left_everybody_who_may_change_helplines_is_told(
    post: Post, left: dict[str, Any]
) -> None:
    a_helpline()
    Helpline.objects.update(responsible=keeper("gone", **left))
    keeper("anna")
    User.objects.create_superuser("chief", "chief@example.org")
    User.objects.create_user("reader", "reader@example.org", is_staff=True)
    reminding.remind(now=days_before(30), send=post)
    assert [name for name, _slugs in post.told] == ["anna", "chief"]


def test_a_letter_that_no_server_took_is_tried_again_and_then_not_once_more(post: Post) -> None:
    a_helpline()
    keeper("anna")
    post.away = True
    assert reminding.remind(now=days_before(30, 8), send=post) == 0
    post.away = False
    assert [reminding.remind(now=days_before(30, hour), send=post) for hour in (9, 10)] == [1, 0]


def test_two_workers_at_once_send_one_letter(post: Post) -> None:
    a_helpline()
    keeper("anna")
    second: list[int] = []

    def while_the_first_is_sending(notice: reminding.Notice) -> bool:
        second.append(reminding.remind(now=days_before(30), send=post))
        return post(notice)

    assert reminding.remind(now=days_before(30), send=while_the_first_is_sending) == 1
    assert (second, len(post.notices)) == ([0], 1)


def test_a_worker_that_died_with_a_letter_in_hand_is_followed_by_another(post: Post) -> None:
    a_helpline()
    keeper("anna")

    def die(_notice: reminding.Notice) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reminding.remind(now=days_before(30), send=die)
    assert reminding.remind(now=days_before(30) + dt.timedelta(minutes=5), send=post) == 0
    assert reminding.remind(now=days_before(30) + reminding.LEASE, send=post) == 1


def test_a_new_check_begins_anew(post: Post) -> None:
    a_helpline()
    anna = keeper("anna")
    reminding.remind(now=days_before(7), send=post)
    verifying.verify(helplines=Helpline.objects.all(), by=anna, now=days_before(6))
    assert reminding.remind(now=days_before(5), send=post) == 0
    assert reminding.remind(now=days_before(6) + dt.timedelta(days=151), send=post) == 1


def test_nobody_is_written_to_at_midnight_when_the_date_changes(post: Post) -> None:
    a_helpline()
    keeper("anna")
    assert [reminding.remind(now=days_before(30, hour), send=post) for hour in (0, 6, 7)] == [0, 0, 1]


def test_the_letter_is_in_the_language_in_which_the_person_works(post: Post) -> None:
    line = a_helpline()
    anna, bert = keeper("anna"), keeper("bert")
    with translation.override("en"):
        verifying.verify(helplines=[line], by=bert, now=NOON)
    Helpline.objects.update(review_by=DUE)
    reminding.remind(now=days_before(30), send=post)
    assert {notice.person: notice.language for notice in post.notices} == {anna: "pl", bert: "en"}


def test_the_task_sends_a_letter_that_leads_to_the_entry(settings: Settings) -> None:
    settings.SITE_URL = "https://wici.example.org"
    anna = keeper("anna")
    line = a_helpline("pl-listening", today=timezone.localdate())
    with translation.override("en"):
        verifying.verify(helplines=[line], by=anna, now=timezone.now())
    Helpline.objects.update(review_by=timezone.localdate() + dt.timedelta(days=7))
    told = reminding.remind(now=timezone.localtime().replace(hour=12), send=tasks._sent_to_keeper)  # noqa: SLF001 (what the task hands over)
    (letter,) = mail.outbox
    assert (told, letter.to, letter.subject) == (1, ["anna@example.org"], "1 helpline must be checked")
    html = str(letter.alternatives[0][0])  # type: ignore[union-attr]  # Letter makes a message with alternatives
    for part in (str(letter.body), html):
        assert f"https://wici.example.org/admin/campaigns/helpline/{line.pk}/check/" in part
        assert "https://wici.example.org/admin/campaigns/helpline/?standing=due" in part
        assert "116 111" in part
        assert "in 7 days" in part
        assert "somebody asked for it" not in part
    (said,) = HelplineReminder.objects.filter(told_at__isnull=False)
    assert str(said) == f"{line.pk} {said.review_by} -7"
    tasks.remind_of_helplines()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("backend", "settled"),
    [
        ("tests.integration.helplines.servers.NobodyThere", False),
        ("tests.integration.helplines.servers.RefusesForGood", True),
    ],
)
def test_what_a_server_may_take_later_is_not_settled(settings: Settings, backend: str, *, settled: bool) -> None:
    settings.EMAIL_BACKEND = backend
    context: dict[str, object] = {"lines": [], "list_url": "https://wici.example.org/"}
    sent = notifying.notify(
        to="anna@example.org", language="en", template="helplines_due", context=context, occasion="x"
    )
    assert sent is settled
