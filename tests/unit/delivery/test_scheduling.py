"""delivery.scheduling: may it send at this moment, and if not, why and until when."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from newsletter.delivery import sentences
from newsletter.delivery.models import Lane, Mailing
from newsletter.delivery.scheduling import LOOK_AGAIN, Wait, may_begin, may_send
from newsletter.editions.models import Edition, Newsletter

TUESDAY = dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 11, 28, 11, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def mailing(**facts: object) -> Mailing:
    office = Newsletter(window_days=[1, 2, 3, 4, 5], window_from=dt.time(8), window_to=dt.time(18))
    return Mailing(edition=Edition(newsletter=office), due_at=TUESDAY, **facts)


def test_within_its_hours_it_sends() -> None:
    assert may_send(mailing=mailing(), now=TUESDAY) is None


def test_outside_its_hours_it_says_when_it_goes_on_and_looks_again_soon() -> None:
    wait = may_send(mailing=mailing(), now=SATURDAY)
    assert wait
    assert wait.sentence == ("Sending goes on Monday at 8:00 (Europe/Warsaw), when this newsletter's window opens.")
    assert wait.until == SATURDAY + LOOK_AGAIN


def test_just_before_its_hours_it_waits_no_longer_than_until_then() -> None:
    opening = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
    wait = may_send(mailing=mailing(), now=opening - MINUTE / 2)
    assert wait
    assert wait.until == opening


def test_a_polish_reader_hears_the_day_bent_as_polish_bends_it() -> None:
    wait = may_send(mailing=mailing(), now=SATURDAY)
    assert wait
    with translation.override("pl"):
        assert "w poniedziałek o 8:00" in sentences.said(text=wait.sentence)


def test_an_urgent_mailing_knows_no_hours() -> None:
    assert may_send(mailing=mailing(lane=Lane.URGENT), now=SATURDAY) is None


def test_what_has_expired_is_not_sent_whatever_the_hour() -> None:
    for lane in Lane:
        old = mailing(lane=lane, expires_at=TUESDAY)
        assert may_send(mailing=old, now=TUESDAY - MINUTE) is None
        assert may_send(mailing=old, now=TUESDAY) == Wait(sentences.EXPIRED, TUESDAY)


def test_an_urgent_mailing_begins_only_when_a_second_person_released_it() -> None:
    wait = may_begin(mailing=mailing(lane=Lane.URGENT), now=SATURDAY)
    assert wait
    assert wait.sentence == sentences.RELEASE
    assert may_begin(mailing=mailing(lane=Lane.URGENT, released_at=SATURDAY), now=SATURDAY) is None


def test_what_expired_before_it_began_begins_so_that_its_rows_say_so() -> None:
    assert may_begin(mailing=mailing(expires_at=TUESDAY), now=SATURDAY) is None
