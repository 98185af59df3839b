"""The Celery application. Every task may run twice: acks late, result ignored; the rows hold the truth."""

from __future__ import annotations

import gc
import os
import time
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.beat import PersistentScheduler
from celery.schedules import schedstate, schedule
from celery.signals import worker_process_init

if TYPE_CHECKING:
    import datetime as dt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

app = Celery("newsletter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsletter"])


class Every(schedule):
    """Every so many seconds, also after the clock was set back: Celery's own would wait until it shows that time again."""

    def is_due(self, last_run_at: dt.datetime) -> schedstate:
        """Whether to run now, and after how many seconds to ask again."""
        if last_run_at > self.now():
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


class Schedule(PersistentScheduler):
    """Celery's, also after the clock was set back under it: else beat sleeps until the moment that it had written down."""

    _last_seen = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due; the seconds until something is."""
        before, self._last_seen = self._last_seen, time.time()
        if self._last_seen < before:
            self._heap = None  # it is made anew, from what each entry says
        return float(super().tick(*args, **kwargs))


GARBAGE_AFTER = 20_000
"""New objects after which Python looks for circles among them: a batch in a worker's hands makes thousands, and none."""


@worker_process_init.connect
def spare_the_collector(**_facts: object) -> None:
    """What was loaded before the fork is never garbage: neither look through it again and again, nor copy its pages for that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
