"""When beat runs what comes every few seconds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from celery import Celery

from newsletter import celery
from newsletter.celery import Every, Schedule

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def every_three_seconds() -> Every:
    return Every(3.0, nowfun=lambda: NOON)


def test_it_is_due_once_its_seconds_are_over() -> None:
    assert every_three_seconds().is_due(NOON - dt.timedelta(seconds=4)).is_due
    assert not every_three_seconds().is_due(NOON - dt.timedelta(seconds=1)).is_due


def test_after_the_clock_was_set_back_it_is_due_at_once_and_not_in_an_hour() -> None:
    assert every_three_seconds().is_due(NOON + HOUR) == (True, 3.0)


class Clock:
    """Stands still until it is set."""

    now = NOON

    def show(self) -> dt.datetime:
        return self.now

    def time(self) -> float:
        return self.now.timestamp()


class Counting(Schedule):
    """Sends nothing."""

    sent = 0

    def apply_entry(self, *_args: Any, **_kwargs: Any) -> None:
        self.sent += 1


def test_beat_goes_on_where_its_clock_is_set_back_by_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    app = Celery(broker="memory://")
    monkeypatch.setattr(app, "now", clock.show)
    monkeypatch.setattr(celery, "time", clock)
    app.conf.beat_schedule = {"sweep": {"task": "sweep", "schedule": Every(3.0, app=app)}}
    beat = Counting(app, schedule_filename=str(tmp_path / "schedule"))
    for moment, sent, sleeps in ((4, 1, 0), (5, 1, 2), (7, 2, 0), (-3593, 3, 0), (-3592, 3, 2), (-3590, 4, 0)):
        clock.now = NOON + dt.timedelta(seconds=moment)
        slept = beat.tick()
        assert (beat.sent, round(slept)) == (sent, sleeps), moment
    beat.close()
