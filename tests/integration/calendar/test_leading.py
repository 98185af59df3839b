from __future__ import annotations

import datetime as dt

import pytest

from campaigns.calendar import leading
from campaigns.calendar.models import ObservanceReminder
from campaigns.calendar.observances import all_observances, by_key

pytestmark = pytest.mark.django_db
INTERNET_DAY = dt.date(2027, 2, 9)


def due(today: dt.date) -> list[str]:
    return [one.mark for one in leading.due(today=today, among=all_observances())]


def test_a_day_is_announced_three_weeks_before_and_until_it_comes() -> None:
    assert "safer-internet-day:2027" not in due(INTERNET_DAY - dt.timedelta(days=22))
    assert "safer-internet-day:2027" in due(INTERNET_DAY - dt.timedelta(days=21))
    assert "safer-internet-day:2027" in due(INTERNET_DAY - dt.timedelta(days=1))
    assert "safer-internet-day:2027" not in due(INTERNET_DAY)


def test_a_week_or_a_month_is_announced_six_weeks_before() -> None:
    month, day = by_key("european-cybersecurity-month"), by_key("black-friday")
    assert month is not None
    assert day is not None
    assert (leading.usual_lead(month), leading.usual_lead(day)) == (42, 21)
    assert due(dt.date(2027, 8, 20)) == ["european-cybersecurity-month:2027"]


def test_staff_choose_another_lead_or_none() -> None:
    row = ObservanceReminder.objects.create(observance="safer-internet-day", days=60)
    assert "safer-internet-day:2027" in due(INTERNET_DAY - dt.timedelta(days=60))
    row.days, row.muted = None, False
    row.save()
    assert "safer-internet-day:2027" not in due(INTERNET_DAY - dt.timedelta(days=60))
    row.muted = True
    row.save()
    assert "safer-internet-day:2027" not in due(INTERNET_DAY - dt.timedelta(days=1))
    assert str(row) == "safer-internet-day"
